// Results that change in place: the address, the title and the focus stay what they should be.
import { announce } from "./announce.js";
import { revealKeys } from "./keys.js";

const PAUSE_MS = 350; // after the last letter
const SLOW_MS = 250; // before it is said that results are on their way

/**
 * Show other results in the page at hand. `remember` is called with each query that was meant.
 * Gives null where the page shows no results.
 */
export function startUpdates(form, remember) {
  if (!document.body.classList.contains("searched")) {
    return null;
  }
  const input = form.elements.q;
  const main = document.getElementById("main");
  let shown = addressOf(location.href);
  let asking = null;
  let timer = 0;
  let typing = false; // letters typed one after the other are one step back in the history

  async function show(address, how) {
    asking?.abort();
    asking = new AbortController();
    const { signal } = asking;
    const busy = setTimeout(() => main.setAttribute("aria-busy", "true"), SLOW_MS);
    try {
      const response = await fetch(address, { signal, headers: { Accept: "text/html" } });
      const page = new DOMParser().parseFromString(await response.text(), "text/html");
      if (!response.ok || !page.body.classList.contains("searched")) {
        throw new Error(`${response.status} is no page of results`);
      }
      // Half a word finds nothing: what is there stays until there is something better.
      if (how !== "typed" || page.querySelector(".hits")) {
        replace(page, address, how);
      }
    } catch {
      if (!signal.aborted && how !== "typed") {
        location.assign(address); // the browser says best what is wrong
      }
    } finally {
      clearTimeout(busy);
      if (!signal.aborted) {
        main.removeAttribute("aria-busy");
      }
    }
  }

  function replace(page, address, how) {
    const focused = main.contains(document.activeElement) ? document.activeElement : null;
    if (how === "step" || (how === "typed" && !typing)) {
      history.replaceState({ y: scrollY }, "");
      history.pushState(null, "", address);
    } else if (how === "typed") {
      history.replaceState(history.state, "", address);
    }
    typing = how === "typed";
    shown = addressOf(address);
    document.title = page.title;
    for (const selector of ["link[rel=canonical]", "meta[name=description]", "#kept", ".foot nav"]) {
      document.querySelector(selector)?.replaceWith(page.querySelector(selector));
    }
    revealKeys();
    main.replaceChildren(...page.getElementById("main").childNodes);
    if (how !== "typed") {
      input.value = page.getElementById("q").value;
      remember(input.value);
    }
    if (focused) {
      const same = [...main.querySelectorAll("[data-key]")].find(
        (one) => one.dataset.key === focused.dataset.key,
      );
      (same ?? document.getElementById("results-title")).focus({ preventScroll: true });
    }
    if (how === "step") {
      scrollTo({ top: 0, behavior: "instant" });
    } else if (how === "back") {
      scrollTo({ top: history.state?.y ?? 0, behavior: "instant" });
    }
    announce(document.getElementById("count").textContent.trim());
  }

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    clearTimeout(timer);
    typing = false;
    const address = formAddress(form);
    if (addressOf(address) === shown) {
      remember(input.value); // it was shown while it was typed
    } else {
      show(address, "step");
    }
  });

  main.addEventListener("submit", (event) => {
    if (event.target.matches("form.dates")) {
      event.preventDefault();
      show(formAddress(event.target), "step");
    }
  });

  main.addEventListener("click", (event) => {
    const link = event.target.closest("a[href]");
    const plain = event.button === 0 && !(event.metaKey || event.ctrlKey || event.shiftKey || event.altKey);
    if (!link || !plain) {
      return;
    }
    if (link.closest(".hit")) {
      remember(input.value);
    } else if (link.pathname === new URL(form.action).pathname && !link.hasAttribute("data-in-page")) {
      event.preventDefault();
      typing = false;
      show(link.href, "step");
    }
  });

  addEventListener("popstate", () => {
    if (addressOf(location.href) !== shown) {
      typing = false;
      show(location.href, "back");
    }
  });

  input.addEventListener("blur", () => {
    typing = false;
  });

  if (main.querySelector(".hits")) {
    remember(input.value);
  }

  return {
    /** The text of the box has changed. */
    typed() {
      clearTimeout(timer);
      timer = setTimeout(() => {
        const address = formAddress(form);
        if (input.value.trim() && addressOf(address) !== shown) {
          show(address, "typed");
        }
      }, PAUSE_MS);
    },
  };
}

/** Path and parameters: what decides which results are shown. */
function addressOf(address) {
  const { pathname, searchParams } = new URL(address, location.href);
  return `${pathname}?${searchParams}`;
}

/** Where a form leads, without its empty fields. */
function formAddress(form) {
  const fields = [...new FormData(form)].filter(([, value]) => value !== "");
  return `${form.action}?${new URLSearchParams(fields)}`;
}
