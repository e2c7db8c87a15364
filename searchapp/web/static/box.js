// Completions as one types: WAI-ARIA's editable combobox with a list of options.
//
// An input method (Telex, VNI, a phone's keyboard) may be composing at any time. Its text is read, so
// that completions keep up, but never changed, and keys that belong to it are left alone.
import { announce } from "./announce.js";
import { recentSearches } from "./recent.js";

const PAUSE_MS = 110;
const QUIET_MS = 800; // before completions are told to a screen reader
const LEAST_LETTERS = 2;
const MOST = 8;
const REMEMBERED = 60;

/** Offer completions in a form's box. `updates` shows results in place; null where it can't. */
export function startBox(form, updates) {
  const input = form.elements.q;
  const list = document.getElementById("completions");
  const known = new Map();
  let options = [];
  let active = -1;
  let timer = 0;
  let asking = null;
  let composing = false;

  input.setAttribute("role", "combobox");
  input.setAttribute("aria-autocomplete", "list");
  input.setAttribute("aria-expanded", "false");
  input.setAttribute("aria-controls", list.id);
  list.setAttribute("role", "listbox");

  const isOpen = () => !list.hidden;

  function close() {
    clearTimeout(timer);
    asking?.abort();
    list.hidden = true;
    activate(-1);
    input.setAttribute("aria-expanded", "false");
  }

  function activate(index) {
    list.children[active]?.setAttribute("aria-selected", "false");
    active = index;
    const option = list.children[active];
    if (option) {
      option.setAttribute("aria-selected", "true");
      option.scrollIntoView({ block: "nearest" });
      input.setAttribute("aria-activedescendant", option.id);
    } else {
      input.removeAttribute("aria-activedescendant");
    }
  }

  function open(found, said) {
    const before = isOpen() ? options.length : 0;
    options = found;
    active = -1;
    input.removeAttribute("aria-activedescendant");
    list.replaceChildren(...found.map(optionElement));
    list.hidden = found.length === 0;
    input.setAttribute("aria-expanded", String(!list.hidden));
    if (found.length && found.length !== before) {
      announce(said.replace("{count}", found.length), QUIET_MS);
    }
  }

  function optionElement(completion, index) {
    const item = document.createElement("li");
    item.id = `completion-${index}`;
    item.setAttribute("role", "option");
    item.setAttribute("aria-selected", "false");
    const text = document.createElement("span");
    text.lang = "vi";
    text.append(...marked(completion));
    item.append(text);
    if (completion.kind === "title") {
      const kind = document.createElement("span");
      kind.className = "n";
      kind.textContent = form.dataset.sayTitle;
      item.append(" ", kind);
    }
    return item;
  }

  async function complete() {
    const typed = input.value;
    if (typed.trim().length < LEAST_LETTERS) {
      close();
      return;
    }
    asking?.abort();
    asking = new AbortController();
    const { signal } = asking;
    let found = known.get(typed);
    if (!found) {
      try {
        const parameters = new URLSearchParams({ q: typed, size: MOST });
        const response = await fetch(`${form.dataset.suggest}?${parameters}`, { signal });
        if (!response.ok) {
          return;
        }
        found = (await response.json()).completions;
      } catch {
        return; // overtaken by the next letter, or no network: the form works without
      }
      known.set(typed, found);
      if (known.size > REMEMBERED) {
        known.delete(known.keys().next().value);
      }
    }
    // An answer to what is no longer there is dropped, and so is one that comes after leaving.
    if (!signal.aborted && input.value === typed && document.activeElement === input) {
      open(found, form.dataset.sayCompletions);
    }
  }

  /** What there is to choose now: recent searches for an empty box, completions for others. */
  function offer() {
    if (input.value.trim() === "") {
      const found = recentSearches().map((text) => ({ text, matched: [] }));
      open(found, form.dataset.sayRecent);
    } else {
      complete();
    }
  }

  function choose(index) {
    const { text } = options[index];
    if (composing) {
      input.blur(); // the input method lets go of its text before it is replaced
      input.focus();
    }
    input.value = text;
    close();
    form.requestSubmit();
  }

  input.addEventListener("compositionstart", () => {
    composing = true;
  });
  input.addEventListener("compositionend", () => {
    composing = false;
  });
  input.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(complete, known.has(input.value) ? 0 : PAUSE_MS);
    updates?.typed();
  });
  input.addEventListener("click", () => {
    if (!isOpen()) {
      offer();
    }
  });
  input.addEventListener("blur", close);
  form.addEventListener("submit", close);

  input.addEventListener("keydown", (event) => {
    if (event.isComposing || composing || event.keyCode === 229) {
      return; // 229: the input method took the key
    }
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (event.altKey && event.key === "ArrowUp") {
        close();
      } else if (isOpen()) {
        // One place more than options: the box itself.
        const places = options.length + 1;
        const step = event.key === "ArrowDown" ? 1 : -1;
        activate(((active + 1 + step + places) % places) - 1);
      } else {
        offer();
      }
    } else if (event.key === "Enter" && isOpen() && active >= 0) {
      event.preventDefault();
      choose(active);
    } else if (event.key === "Escape") {
      event.preventDefault(); // browsers would empty the box at once
      if (isOpen()) {
        close();
      } else {
        input.select();
        document.execCommand("delete"); // unlike a new value, it can be taken back
      }
    } else if (event.key === "Tab") {
      close();
    }
  });

  // Pressing must not take the focus from the box; choosing is on release, as with a button.
  list.addEventListener("pointerdown", (event) => event.preventDefault());
  list.addEventListener("mousedown", (event) => event.preventDefault());
  list.addEventListener("click", (event) => {
    const index = [...list.children].indexOf(event.target.closest("[role=option]"));
    if (index >= 0) {
      choose(index);
    }
  });
}

/** The text of a completion, what was typed of it apart from the rest. Offsets are code points. */
function marked({ text, matched }) {
  const letters = Array.from(text);
  const pieces = [];
  let at = 0;
  const add = (end, name) => {
    if (end > at) {
      const piece = document.createElement("span");
      piece.className = name;
      piece.textContent = letters.slice(at, end).join("");
      pieces.push(piece);
      at = end;
    }
  };
  for (const [start, end] of matched) {
    add(start, "rest");
    add(end, "typed");
  }
  add(letters.length, "rest");
  return pieces;
}
