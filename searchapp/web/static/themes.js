// Light, dark, or as the system has it; theme.js applies what was chosen before the next page paints.
import { keep, kept } from "./storage.js";

/** Let the reader choose, where the choice can be kept. */
export function startThemes() {
  const choice = document.getElementById("themes");
  const dark = document.getElementById("dark");
  const chosen = kept("theme", "");
  if (!keep("theme", chosen)) {
    return;
  }
  for (const radio of choice.querySelectorAll("input")) {
    radio.checked = radio.value === chosen;
    radio.addEventListener("change", () => {
      dark.media = { light: "not all", dark: "all" }[radio.value] ?? dark.dataset.system;
      keep("theme", radio.value);
    });
  }
  choice.classList.remove("needs-script");
}
