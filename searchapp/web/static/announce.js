// What a screen reader says when something changed that its reader is not looking at.
const place = document.getElementById("announcement");

/** Say a text politely; the same text twice is said twice. */
export function announce(text) {
  place.textContent = place.textContent === text ? `${text}\u00a0` : text;
}
