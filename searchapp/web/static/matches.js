// From one place that matches to the next, in a document.
import { announce } from "./announce.js";
import { isCommand } from "./keys.js";

/** Make the marks of a document places to go to, with buttons and with n and p. */
export function startMatches() {
  const bar = document.getElementById("matches");
  if (!bar) {
    return;
  }
  const marks = [...document.querySelectorAll("#text mark")];
  const place = bar.querySelector(".place");
  let current = -1;

  function step(by) {
    // The first step forward goes to the first, the first step back to the last.
    goTo(current < 0 && by < 0 ? marks.length - 1 : (current + by + marks.length) % marks.length);
  }

  function goTo(number) {
    marks[current]?.classList.remove("current");
    current = number;
    const mark = marks[current];
    mark.classList.add("current");
    mark.scrollIntoView({ block: "center" });
    place.textContent = bar.dataset.sayPlace
      .replace("{place}", current + 1)
      .replace("{count}", marks.length);
    announce(`${mark.textContent}, ${place.textContent}`);
  }

  // The buttons take the link's place.
  for (const one of bar.querySelectorAll(".steps > *")) {
    one.classList.toggle("needs-script");
  }
  for (const button of bar.querySelectorAll("[data-step]")) {
    button.addEventListener("click", () => step(Number(button.dataset.step)));
  }
  addEventListener("keydown", (event) => {
    if ((event.key === "n" || event.key === "p") && isCommand(event)) {
      event.preventDefault();
      step(event.key === "n" ? 1 : -1);
    }
  });
}
