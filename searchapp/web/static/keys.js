// Keys that work anywhere on a page, and the list of them.

/** Whether a key belongs to a field, to an open dialog, or to the browser. */
export function isTyping(event) {
  const { target } = event;
  return (
    event.isComposing ||
    event.ctrlKey ||
    event.metaKey ||
    event.altKey ||
    target.isContentEditable ||
    target.matches?.("input:not([type=radio]), textarea, select") ||
    document.querySelector("dialog[open]") !== null
  );
}

/** Show the button that shows the keys; the footer is another when results changed in place. */
export function revealKeys() {
  document.getElementById("show-keys").classList.remove("needs-script");
}

/** `/` goes to the box, `?` shows the keys. */
export function startKeys(input) {
  const dialog = document.getElementById("keys");
  revealKeys();
  // The footer changes with the results: its button is looked for when it is pressed.
  document.addEventListener("click", (event) => {
    if (event.target.closest("#show-keys")) {
      dialog.showModal();
    }
  });
  addEventListener("keydown", (event) => {
    if (isTyping(event)) {
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
