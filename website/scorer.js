/* A title that says what was asked, with marks or without, comes before pages that only hold the words. */
var Scorer = {
  score: ([, title, , , score]) => {
    const said = withoutMarks(title);
    const asked = withoutMarks(new URLSearchParams(window.location.search).get("q") ?? "").trim();
    return asked && said.includes(asked) ? score + Math.round((15 * asked.length) / said.length) : score;
  },
  // Sphinx's own figures
  objNameMatch: 11,
  objPartialMatch: 6,
  objPrio: { 0: 15, 1: 5, 2: -5 },
  objPrioDefault: 0,
  title: 15,
  partialTitle: 7,
  term: 5,
  partialTerm: 2,
};
