// Results that change in place: the address, the title and the focus stay what they should be.
import { announce } from "./announce.js";
import { addressOf, formAddress } from "./addresses.js";
import { revealKeys } from "./keys.js";
import { keepOpen } from "./sheet.js";

const PAUSE_MS = 350; // after the last letter
const SLOW_MS = 250; // before it is shown that results are on their way
const SCROLLED_MS = 150; // after the last movement
const REPLACED = ["link[rel=canonical]", "meta[name=description]", "#kept", ".foot nav"];

/**
 * Show other results in the page at hand. `remember` is called with each query that was meant, and
 * `usage` is told what was typed, and what of that was meant.
 * Gives null where the page shows no results.
 *
 * There are three ways to other results: a "step" (a link or a form was followed), "back" (or
 * forward) in the history, and "typed". The first two are never given up for the third.
 */
export function startUpdates(form, remember, usage) {
  if (!document.body.classList.contains("searched")) {
    return null;
  }
  const input = form.elements.q;
  const main = document.getElementById("main");
  let shown = addressOf(location.href);
  let shownQuery = input.value;
  let asking = null; // the request under way: how it came, and what ends it
  let timer = 0;
  let typing = false; // letters typed one after the other are one step back in the history

  async function show(address, how) {
    clearTimeout(timer);
    asking?.controller.abort();
    const mine = { how, controller: new AbortController() };
    asking = mine;
    const { signal } = mine.controller;
    const before = input.value;
    const busy = setTimeout(() => main.setAttribute("aria-busy", "true"), SLOW_MS);
    try {
      const headers = { Accept: "text/html", "Searchapp-Step": how };
      const response = await fetch(address, { signal, headers });
      const page = new DOMParser().parseFromString(await response.text(), "text/html");
      if (!response.ok || !page.body.classList.contains("searched")) {
        throw new Error(`${response.status} is no page of results`);
      }
      usage.show(page);
      if (how !== "typed" || page.querySelector(".hits")) {
        replace(page, address, how, input.value === before);
      } else {
        sayNothingYet();
      }
    } catch {
      if (!signal.aborted && how !== "typed") {
        location.assign(address); // the browser says best what is wrong
      }
    } finally {
      clearTimeout(busy);
      if (asking === mine) {
        asking = null;
        main.removeAttribute("aria-busy");
        if (how !== "typed" && input.value !== before) {
          typed(); // what was typed meanwhile, among what is shown now
        }
      }
    }
  }

  /** Half a word finds nothing: what is there stays, but not as if it were the answer. */
  function sayNothingYet() {
    const count = document.getElementById("count");
    main.classList.add("stale");
    count.textContent = form.dataset.sayNothing.replace("{query}", input.value.trim());
    announce(count.textContent);
  }

  function replace(page, address, how, isUntouched) {
    const focused = main.contains(document.activeElement) ? document.activeElement : null;
    const unfolded = [...main.querySelectorAll(".facet details[open]")].map(facetOf);
    const reopen = keepOpen();
    if (how === "step" || (how === "typed" && !typing)) {
      history.replaceState({ y: scrollY }, "");
      history.pushState(null, "", address);
    } else if (how === "typed") {
      history.replaceState(history.state, "", address);
    }
    typing = how === "typed";
    shown = addressOf(address);
    shownQuery = page.getElementById("q").value;
    document.title = page.title;
    for (const selector of REPLACED) {
      document.querySelector(selector)?.replaceWith(page.querySelector(selector));
    }
    revealKeys();
    main.classList.remove("stale");
    main.replaceChildren(...page.getElementById("main").childNodes);
    for (const details of main.querySelectorAll(".facet details")) {
      details.open = unfolded.includes(facetOf(details));
    }
    reopen();
    if (how !== "typed" && isUntouched) {
      input.value = shownQuery;
    }
    if (how !== "typed" && main.querySelector(".hits")) {
      remember(shownQuery);
    }
    if (focused) {
      focusOn(focused.dataset.key);
    }
    if (how === "step") {
      scrollTo({ top: 0, behavior: "instant" });
    } else if (how === "back") {
      scrollTo({ top: history.state?.y ?? 0, behavior: "instant" });
    }
    announce(countText());
  }

  function focusOn(key) {
    const same = [...main.querySelectorAll("[data-key]")].find((one) => one.dataset.key === key);
    const fold = same?.closest("details");
    if (fold) {
      fold.open = true;
    }
    same?.focus({ preventScroll: true });
    if (!same || document.activeElement !== same) {
      document.getElementById("results-title").focus({ preventScroll: true });
    }
  }

  function countText() {
    const count = document.getElementById("count").cloneNode(true);
    count.querySelector(".took")?.remove();
    return count.textContent.trim();
  }

  function typed() {
    clearTimeout(timer);
    usage.wait();
    timer = setTimeout(() => {
      if (asking && asking.how !== "typed") {
        return; // it is looked at again when that is shown
      }
      const address = formAddress(form);
      if (input.value.trim() && addressOf(address) !== shown) {
        show(address, "typed");
      } else {
        asking?.controller.abort();
        if (main.classList.contains("stale")) {
          show(location.href, "typed");
        }
      }
    }, PAUSE_MS);
  }

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    typing = false;
    const address = formAddress(form);
    if (addressOf(address) !== shown || main.classList.contains("stale")) {
      show(address, "step");
    } else {
      clearTimeout(timer);
      asking?.controller.abort();
      remember(input.value); // it was shown while it was typed
      usage.settle();
    }
  });

  main.addEventListener("submit", (event) => {
    if (event.target.matches("form.dates")) {
      event.preventDefault();
      typing = false;
      show(formAddress(event.target), "step");
    }
  });

  main.addEventListener("click", (event) => {
    const link = event.target.closest("a[href]");
    const isPlain =
      event.button === 0 && !(event.metaKey || event.ctrlKey || event.shiftKey || event.altKey);
    if (!link || !isPlain || event.defaultPrevented) {
      return;
    }
    if (link.closest(".hit")) {
      remember(shownQuery);
    } else if (link.pathname === new URL(form.action).pathname && !link.hash) {
      event.preventDefault();
      typing = false;
      show(link.href, "step");
    }
  });

  addEventListener("popstate", () => {
    if (addressOf(location.href) === shown) {
      asking?.controller.abort(); // there and back again before it came
    } else {
      typing = false;
      show(location.href, "back");
    }
  });

  // Where one was is kept with the step, for going forward to it as well as back.
  let scrolled = 0;
  addEventListener(
    "scroll",
    () => {
      clearTimeout(scrolled);
      scrolled = setTimeout(() => {
        if (addressOf(location.href) === shown) {
          history.replaceState({ y: scrollY }, "");
        }
      }, SCROLLED_MS);
    },
    { passive: true },
  );

  input.addEventListener("blur", () => {
    typing = false;
  });

  if (main.querySelector(".hits")) {
    remember(input.value);
  }
  return { typed };
}

function facetOf(details) {
  return details.closest(".facet").getAttribute("aria-labelledby");
}
