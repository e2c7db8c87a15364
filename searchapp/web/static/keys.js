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

/** `/` goes to the box, `?` shows the keys. */
export function startKeys(input) {
  const dialog = document.getElementById("keys");
  document.getElementById("show-keys").hidden = false;
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
