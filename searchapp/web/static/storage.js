// What this browser keeps for its reader. Nothing of it is ever sent anywhere.

/** A kept value, or `otherwise` where there is none or storage is switched off. */
export function kept(name, otherwise) {
  try {
    return JSON.parse(localStorage.getItem(name)) ?? otherwise;
  } catch {
    return otherwise;
  }
}

/** Keep a value; does nothing where storage is full or switched off. */
export function keep(name, value) {
  try {
    localStorage.setItem(name, JSON.stringify(value));
  } catch {
    // Private windows have none: the page is the same without.
  }
}
