// Light, dark, or as the system has it; theme.js applies what was chosen before the next page paints.

/** Let the reader choose. */
export function startThemes() {
  const choice = document.getElementById("themes");
  const dark = document.getElementById("dark");
  let chosen = "";
  try {
    chosen = localStorage.getItem("theme") ?? "";
  } catch {
    return; // it could not be kept: no choice is offered
  }
  for (const radio of choice.querySelectorAll("input")) {
    radio.checked = radio.value === chosen;
    radio.addEventListener("change", () => {
      localStorage.setItem("theme", radio.value);
      dark.media = { light: "not all", dark: "all" }[radio.value] ?? "(prefers-color-scheme: dark)";
    });
  }
  choice.classList.remove("needs-script");
}
