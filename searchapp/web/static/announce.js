// What a screen reader says when something changed that its reader is not looking at.
const place = document.getElementById("announcement");
let timer = 0;

/**
 * Say a text politely, after a pause in which nothing else came to be said; the same text twice is
 * said twice.
 */
export function announce(text, pause = 0) {
  clearTimeout(timer);
  timer = setTimeout(() => {
    place.textContent = place.textContent === text ? `${text}\u00a0` : text;
  }, pause);
}
