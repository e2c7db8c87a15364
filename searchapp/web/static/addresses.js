// Addresses of results.

/** Path and parameters: what decides which results are shown. */
export function addressOf(address) {
  const { pathname, searchParams } = new URL(address, location.href);
  return `${pathname}?${searchParams}`;
}

/** Where a form leads, without its empty fields. */
export function formAddress(form) {
  const address = new URL(form.action);
  const fields = [...new FormData(form)].filter(([, value]) => value !== "");
  address.search = new URLSearchParams(fields);
  return address.href;
}

/** Where a form leads with another query, in the reader's language, and without filters. */
export function queryAddress(form, query) {
  const address = new URL(form.action);
  address.search = new URLSearchParams({ q: query });
  const language = form.elements.namedItem("lang");
  if (language) {
    address.searchParams.set("lang", language.value);
  }
  return address.href;
}
