// One place in the queue as words. The same words the server writes first (kiosk/centre/web/place.py).

import { hourMinute } from "../clock.js";
import { word } from "../words.js";

/** {title, headline, figure, hint, minutes, counters, issued} of one answer of the centre. */
export function placeWords(place) {
  const { number, state, ahead, counter } = place;
  const words = { title: word("follow.title_plain", { number }), headline: "", figure: "", hint: "", minutes: "", counters: "" };
  words.issued = word("follow.issued", { time: hourMinute(place.issued_at) });
  const atCounter = String(counter?.number ?? "");
  if (state === "waiting") {
    if (ahead) {
      words.title = word("follow.title_wait", { number, n: ahead });
      Object.assign(words, { headline: word("follow.ahead_before"), figure: String(ahead), hint: word("follow.ahead_after") });
    } else {
      Object.assign(words, { headline: word("follow.ahead_none"), hint: word("follow.ahead_none_hint") });
    }
    words.minutes = minutesWords(place.minutes_wait);
    words.counters = countersWords(place.counters ?? []);
  } else if (state === "called") {
    words.title = word("follow.title_called", { number, counter: atCounter });
    Object.assign(words, { headline: word("follow.called"), figure: atCounter, hint: word("follow.called_hint") });
  } else if (state === "serving") {
    Object.assign(words, { headline: word("follow.serving"), figure: atCounter });
  } else {
    Object.assign(words, { headline: word(`follow.${state}`), hint: word(`follow.${state}_hint`) });
  }
  return words;
}

function minutesWords(minutes) {
  if (minutes === null || minutes === undefined) return word("follow.minutes_unknown");
  return minutes >= 1 ? word("follow.minutes", { n: minutes }) : word("follow.minutes_soon");
}

function countersWords(counters) {
  if (!counters.length) return word("follow.counters_none");
  const path = counters.length === 1 ? "follow.counters_one" : "follow.counters_many";
  return word(path, { counters: counters.map((counter) => counter.number).join(", ") });
}
