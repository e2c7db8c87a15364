// Keys that work anywhere on a page, the list of them, and a switch for those of a single letter.
import { keep, kept } from "./storage.js";

const NAME = "single-keys";

/** Whether a single key is a command: not in a field, not for an open dialog, and switched on. */
export function isCommand(event) {
  const { target } = event;
  return !(
    event.isComposing ||
    event.ctrlKey ||
    event.metaKey ||
    event.altKey ||
    target.isContentEditable ||
    target.matches?.("input:not([type=radio], [type=checkbox]), textarea, select") ||
    document.querySelector("dialog[open]") !== null ||
    !kept(NAME, true)
  );
}

/** Show the button that shows the keys; the footer is another when results changed in place. */
export function revealKeys() {
  document.getElementById("show-keys").classList.remove("needs-script");
}

/** `/` goes to the box, `?` shows the keys. */
export function startKeys(input) {
  const dialog = document.getElementById("keys");
  const single = document.getElementById("single-keys");
  single.checked = kept(NAME, true);
  single.addEventListener("change", () => keep(NAME, single.checked));
  revealKeys();
  document.addEventListener("click", (event) => {
    if (event.target.closest("#show-keys")) {
      dialog.showModal();
    }
  });
  addEventListener("keydown", (event) => {
    if (!isCommand(event)) {
      return;
    }
    if (event.key === "/") {
      event.preventDefault();
      input.focus();
      input.select();
    } else if (event.key === "?") {
      event.preventDefault();
      dialog.showModal();
    }
  });
}
