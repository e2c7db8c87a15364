/* A passage of each page found, with the words marked: in the text as it is written, found as typed. */
"use strict";

// Letter by letter, so that places stay the same.
const plain = (text) =>
  [...text.normalize("NFC")].map((letter) => withoutMarks(letter).slice(0, letter.length)).join("");

Search.makeSearchSummary = (html, keywords, anchor) => {
  const text = Search.htmlToText(html, anchor).normalize("NFC").replace(/\s+/gu, " ").trim();
  if (!text) return null;
  const folded = plain(text);
  if (folded.length !== text.length) return null;
  const words = [...keywords].map(_escapeRegExp);
  const pattern = new RegExp(`(?<![\\p{L}\\p{N}_])(?:${words.join("|")})[\\p{L}\\p{N}_]*`, "gu");
  const places = [...folded.matchAll(pattern)].map((m) => [m.index, m.index + m[0].length]);
  // The window that holds the most different words, the first of its like.
  let start = 0;
  let most = 0;
  for (const [first] of places) {
    const inside = places.filter(([from, to]) => from >= first && to <= first + 200);
    const different = new Set(inside.map(([from, to]) => folded.slice(from, to))).size;
    if (different > most) [start, most] = [Math.max(first - 40, 0), different];
  }
  while (start > 0 && text[start - 1] !== " ") start -= 1;
  let end = Math.min(start + 260, text.length);
  while (end < text.length && text[end] !== " ") end += 1;
  const summary = document.createElement("p");
  summary.classList.add("context");
  let at = start;
  if (start > 0) summary.append("… ");
  for (const [from, to] of places) {
    if (from < at || to > end) continue;
    const mark = document.createElement("mark");
    mark.textContent = text.slice(from, to);
    summary.append(text.slice(at, from), mark);
    at = to;
  }
  summary.append(text.slice(at, end), end < text.length ? " …" : "");
  return summary;
};
