// The searches made last in this browser.
import { queryAddress } from "./addresses.js";
import { keep, kept } from "./storage.js";

const NAME = "recent";
const MOST = 8;

/** The queries, the latest first. */
export function recentSearches() {
  const found = kept(NAME, []);
  return Array.isArray(found) ? found.filter((one) => typeof one === "string") : [];
}

/** Put a query first. */
export function rememberSearch(query) {
  const text = query.trim();
  if (text) {
    const others = recentSearches().filter((one) => one !== text);
    keep(NAME, [text, ...others].slice(0, MOST));
  }
}

/** List them on the first page, if there are any, with a way to forget them. */
export function showRecent(form) {
  const section = document.getElementById("recent");
  const queries = recentSearches();
  if (!section || queries.length === 0) {
    return;
  }
  section.querySelector("ul").replaceChildren(
    ...queries.map((query) => {
      const item = document.createElement("li");
      const link = document.createElement("a");
      link.className = "chip";
      link.lang = "vi";
      link.href = queryAddress(form, query);
      link.textContent = query;
      item.append(link);
      return item;
    }),
  );
  section.querySelector("[data-forget]").addEventListener("click", () => {
    keep(NAME, []);
    section.hidden = true;
    form.elements.q.focus();
  });
  section.hidden = false;
}
