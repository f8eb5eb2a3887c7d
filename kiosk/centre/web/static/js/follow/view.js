// One place in the queue as words. The same words the server writes first (kiosk/centre/web/place.py).

import { hourMinute, now } from "../clock.js";
import { word } from "../words.js";

/** {title, service, headline, figure, hint, minutes, counters, issued} of one answer of the centre. */
export function placeWords(place) {
  const { number, state, ahead, counter } = place;
  const words = { title: word("follow.title_plain", { number }), headline: "", figure: "", hint: "", minutes: "", counters: "" };
  words.service = place.then?.length ? word("follow.service_then", { service: place.service_name, then: place.then.join(", ") }) : place.service_name;
  words.issued = word("follow.issued", { time: hourMinute(place.issued_at) });
  const atCounter = String(counter?.number ?? "");
  if (state === "waiting") {
    if (ahead) {
      words.title = word("follow.title_wait", { number, n: ahead });
      Object.assign(words, { headline: word("follow.ahead_before"), figure: String(ahead), hint: word("follow.ahead_after") });
    } else {
      Object.assign(words, { headline: word("follow.ahead_none"), hint: word("follow.ahead_none_hint") });
    }
    words.minutes = waitWords(place.wait);
    words.counters = countersWords(place.counters ?? []);
  } else if (state === "called") {
    words.title = word("follow.title_called", { number, counter: atCounter });
    Object.assign(words, { headline: word("follow.called"), figure: atCounter, hint: word("follow.called_hint") });
  } else if (state === "serving") {
    Object.assign(words, { headline: word("follow.serving"), figure: atCounter });
  } else if (state === "parked") {
    Object.assign(words, { headline: word("follow.parked"), hint: word("follow.parked_hint") });
    if (place.parked_until) words.minutes = word("follow.parked_until", { time: hourMinute(place.parked_until) });
  } else if (mayRejoin(place)) {
    Object.assign(words, { headline: word("follow.missed"), hint: word("follow.missed_hint", { time: hourMinute(place.rejoin_until) }) });
  } else {
    Object.assign(words, { headline: word(`follow.${state}`), hint: word(`follow.${state}_hint`) });
  }
  return words;
}

/** Whether a citizen who was missed may still say that they are back. */
export const mayRejoin = (place) => place.state === "no_show" && Boolean(place.rejoin_until) && Date.parse(place.rejoin_until) > now();

function waitWords(wait) {
  if (!wait) return word("follow.minutes_unknown");
  if (wait.high === null) return word("follow.wait_over", { time: duration(wait.low) });
  if (!wait.low) return word("follow.wait_under", { time: duration(wait.high) });
  return word("follow.wait_range", { low: wait.low, high: wait.high });
}

function duration(minutes) {
  return minutes >= 60 && minutes % 60 === 0 ? word("common.hours", { n: minutes / 60 }) : word("common.minutes", { n: minutes });
}

function countersWords(counters) {
  if (!counters.length) return word("follow.counters_none");
  const path = counters.length === 1 ? "follow.counters_one" : "follow.counters_many";
  return word(path, { counters: counters.map((counter) => counter.number).join(", ") });
}
