// On narrow screens the filters are a sheet over the results. Without a script `:target` opens it;
// with one it is modal, Escape closes it, and it stays open while filters are chosen.
const COVERED = ".top, .results, .foot, .skip";

const sheet = () => document.getElementById("filters");

/** Whether the sheet is open. */
function isOpen() {
  return sheet()?.classList.contains("open") ?? false;
}

function open() {
  sheet().classList.add("open");
  document.documentElement.classList.add("covered");
  for (const one of document.querySelectorAll(COVERED)) {
    one.inert = true;
  }
}

function close() {
  sheet()?.classList.remove("open");
  document.documentElement.classList.remove("covered");
  for (const one of document.querySelectorAll(COVERED)) {
    one.inert = false;
  }
}

/** To be called before results change; gives what opens the sheet again, if it was open. */
export function keepOpen() {
  const was = isOpen();
  close();
  return () => {
    if (was && sheet()) {
      open();
    }
  };
}

/** Open and close it with the links that do so without a script. */
export function startSheet() {
  document.addEventListener("click", (event) => {
    if (event.target.closest(".to-filters")) {
      event.preventDefault();
      open();
      sheet().focus({ preventScroll: true });
    } else if (event.target.closest(".filters .close") && isOpen()) {
      event.preventDefault();
      closeAndReturn();
    }
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && isOpen()) {
      event.preventDefault();
      closeAndReturn();
    }
  });
  // On a wide screen there is no sheet.
  matchMedia("(min-width: 64.01rem)").addEventListener("change", close);
}

function closeAndReturn() {
  close();
  document.querySelector(".to-filters")?.focus({ preventScroll: true });
}
