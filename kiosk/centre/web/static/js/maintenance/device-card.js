// One device: its condition in words, since when, what to do, a test that really tests, and its settings.

import { moment } from "../clock.js";
import { make } from "../dom.js";
import { failureWords, optionalWord, word } from "../words.js";

const ownerName = (owner) => optionalWord(`maintenance.owner_${owner}`) ?? owner;

/** The part above test and settings; `title`: what the device is called. */
export function statusParts(device, title) {
  const seen = device.seen_at ? word("maintenance.seen", { time: moment(device.seen_at) }) : word("maintenance.never_seen");
  const since = device.since ? `${word("maintenance.since", { time: moment(device.since) })} · ` : "";
  return [
    make(
      "header", {},
      make("h2", { text: title }),
      make("p", { class: "condition", text: word(`maintenance.condition.${device.condition}`) }),
      make("p", { class: "when", text: `${ownerName(device.owner)} · ${since}${seen}` }),
    ),
    device.failure ? trouble(device.failure, "failure") : null,
    device.warning ? trouble(device.warning, "warning") : null,
    readings(Object.entries(device.facts ?? {})),
  ].filter(Boolean);
}

function trouble(code, kind) {
  const { cause, remedy, consequence } = failureWords(code);
  return make(
    "div", { class: `trouble ${kind}`, "data-code": code },
    make("p", {}, make("strong", { text: cause })),
    make("p", { text: `${word(kind === "warning" ? "maintenance.warning" : "maintenance.what_to_do")}: ${remedy}` }),
    consequence ? make("p", { class: "hint", text: `${word("maintenance.consequence")}: ${consequence}` }) : null,
  );
}

/** Readings of a device, [key, value] each, in words. */
export function readings(lines) {
  if (!lines.length) return null;
  return make("dl", { class: "facts" }, ...lines.flatMap(([key, value]) => [
    make("dt", { text: optionalWord(`maintenance.reading.${key}`) ?? key }),
    make("dd", { text: valueWords(String(value)) }),
  ]));
}

/** Words of the devices' vocabulary inside a value; everything else, such as a model's name, stays. */
const valueWords = (value) => value.replace(/[a-z]+(_[a-z]+)*/g, (part) => optionalWord(`maintenance.value.${part}`) ?? part);

/** What came back of a test. */
export function testReport(answer) {
  if (answer.state === "expired") return make("div", { class: "report failed" }, make("strong", { text: word("maintenance.test_expired") }));
  const time = answer.answered_at ? ` – ${word("maintenance.at", { time: moment(answer.answered_at) })}` : "";
  const failure = answer.failure ? failureWords(answer.failure) : null;
  return make(
    "div", { class: answer.passed ? "report" : "report failed" },
    make("strong", { text: word(answer.passed ? "maintenance.test_passed" : "maintenance.test_failed") + time }),
    failure ? make("p", { text: `${failure.cause} ${failure.remedy}` }) : null,
    readings(answer.lines ?? []),
  );
}
