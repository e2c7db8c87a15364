// Before anything is painted: the theme that was chosen here, if one was, in place of the system's.
(() => {
  const dark = document.getElementById("dark");
  dark.dataset.system = dark.media;
  let chosen = "";
  try {
    chosen = JSON.parse(localStorage.getItem("theme"));
  } catch {
    return; // storage is switched off: the system's theme it is
  }
  if (chosen) {
    dark.media = chosen === "dark" ? "all" : "not all";
  }
})();
