// What was typed counts as a search once it was meant: Enter, something opened, or a long look.
const LOOK_MS = 5000;
const CLICK = "c";

/**
 * Tells the server of searches that it answered while they were typed. Such a page brings a ticket;
 * where nothing is recorded, there is none, and nothing is sent.
 */
export function startUsage() {
  const main = document.getElementById("main");
  let pending = null; // ticket and address to send it to
  let timer = 0;

  /** The results at hand were meant. */
  function settle() {
    clearTimeout(timer);
    if (pending) {
      navigator.sendBeacon(pending.address, pending.ticket);
      pending = null;
    }
  }

  /** Another page of results came; what it replaced was passed over. */
  function show(page) {
    const { unsettled, settle: address } = page.querySelector("[data-unsettled]")?.dataset ?? {};
    pending = unsettled ? { ticket: unsettled, address } : null;
    wait();
  }

  /** Begin to wait anew: somebody is typing. */
  function wait() {
    clearTimeout(timer);
    timer = setTimeout(() => document.visibilityState === "visible" && settle(), LOOK_MS);
  }

  for (const kind of ["click", "auxclick"]) {
    main.addEventListener(kind, (event) => event.target.closest("a[href]") && settle(), true);
  }

  // The ticket of the link that led here has been taken: it need not be in copies of the address.
  const here = new URL(location.href);
  if (here.searchParams.has(CLICK)) {
    here.searchParams.delete(CLICK);
    history.replaceState(history.state, "", here);
  }
  return { settle, show, wait };
}
