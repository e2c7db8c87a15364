// The script on top of pages that work without it.
import { startBox } from "./box.js";
import { startKeys } from "./keys.js";
import { startMatches } from "./matches.js";
import { rememberSearch, showRecent } from "./recent.js";
import { startSheet } from "./sheet.js";
import { startThemes } from "./themes.js";
import { startUpdates } from "./updates.js";
import { startUsage } from "./usage.js";

const form = document.querySelector("form.search");
const updates = startUpdates(form, rememberSearch, startUsage());
startBox(form, updates);
startKeys(form.elements.q);
startMatches();
startSheet();
startThemes();
showRecent(form);
