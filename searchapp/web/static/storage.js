// What this browser keeps for its reader. Nothing of it is ever sent anywhere.

/** A kept value, or `otherwise` where there is none or storage is switched off. */
export function kept(name, otherwise) {
  try {
    return JSON.parse(localStorage.getItem(name)) ?? otherwise;
  } catch {
    return otherwise;
  }
}

/** Keep a value; false where storage is full or switched off, as in some private windows. */
export function keep(name, value) {
  try {
    localStorage.setItem(name, JSON.stringify(value));
    return true;
  } catch {
    return false;
  }
}
