// Before anything is painted: the theme that was chosen here, if one was, in place of the system's.
(() => {
  let chosen = "";
  try {
    chosen = localStorage.getItem("theme") ?? "";
  } catch {
    return; // storage is switched off: the system's theme it is
  }
  if (chosen) {
    document.getElementById("dark").media = chosen === "dark" ? "all" : "not all";
  }
})();
