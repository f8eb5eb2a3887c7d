// What “My dossier” on the machines tells from: the centre's warning when its data are not of today.

import { fullDate } from "./clock.js";
import { word } from "./words.js";

const WORDS = { DOSSIERS_OUTDATED: "outdated", DOSSIERS_TOO_OLD: "too_old", DOSSIERS_UNREADABLE: "unreadable" };

/** A warning of the centre in a sentence with the day of the data; empty when it is about something else. */
export function dossierWords({ code, since }) {
  if (!Object.hasOwn(WORDS, code)) return "";
  if (code === "DOSSIERS_TOO_OLD" && !since) return word("dossiers.gone");
  return word(`dossiers.${WORDS[code]}`, since ? { day: fullDate(since) } : {});
}
