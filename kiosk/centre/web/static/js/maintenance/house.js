// What the centre itself has to tell the maintainer: its clock, its backups, what was restored, and what to do about it.

import { call } from "../api.js";
import { hush, say, sayProblem } from "../banner.js";
import { moment } from "../clock.js";
import { ask, asking } from "../dialog.js";
import { byId, make, setText } from "../dom.js";
import { dossierWords } from "../dossiers.js";
import { failureWords, word } from "../words.js";

const day = (iso) => iso.split("-").reverse().join("/");
let asked = false; // a backup was asked for here; what comes of it comes as an event

/** Read what is shown; `draw` takes it. */
export async function readHouse() {
  const [keeping, rules] = await Promise.all([call("GET", "/keeping"), call("GET", "/queue/rules")]);
  return { keeping, clock: rules.clock };
}

/** `again` has the page read and draw anew. */
export function drawHouse({ keeping, clock }, again) {
  const troubles = keeping.warnings.map(({ code, since, detail }) => trouble(code, since, detail));
  if (!clock.right) troubles.unshift(clockTrouble(clock, again));
  const list = byId("troubles");
  const key = JSON.stringify([keeping.warnings, clock.right, clock.day, clock.machine_day]);
  if (list.dataset.key !== key) {
    list.dataset.key = key;
    list.replaceChildren(...troubles);
  }
  setText(byId("last-backup"), keeping.backup ? word("maintenance.house.last_backup", { time: moment(keeping.backup.at) }) : word("maintenance.house.no_backup"));
  setText(byId("next-backup"), keeping.next_backup_at ? word("maintenance.house.next_backup", { time: moment(keeping.next_backup_at) }) : word("maintenance.house.backups_off"));
  drawButton();
}

/** An event of the centre: true when it changes what is shown here. */
export function houseEvent({ type }) {
  const made = type === "backup.made";
  if (made || type === "backup.failed") {
    if (asked) {
      asked = false;
      drawButton();
      if (made) say(word("maintenance.house.backup_made"), "", 5);
    }
    return true;
  }
  return ["clock.jumped", "centre.restored", "days.archived", "day.begun"].includes(type);
}

export async function backUpNow() {
  if (asked) return;
  asked = true;
  hush();
  drawButton();
  try {
    await call("POST", "/keeping/backup");
  } catch (problem) {
    asked = false;
    drawButton();
    sayProblem(problem);
  }
}

function drawButton() {
  byId("back-up").disabled = asked;
  setText(byId("back-up"), word(asked ? "maintenance.house.backing_up" : "maintenance.house.back_up"));
}

function trouble(code, since, detail, ...more) {
  const { cause, remedy, consequence } = failureWords(code);
  const dossiers = since ? dossierWords({ code, since }) : ""; // they say the day of the data themselves
  return make(
    "li", { class: "trouble card", "data-code": code },
    make("p", {}, make("strong", { text: dossiers || cause }), since && !dossiers ? make("span", { class: "when", text: ` ${word("maintenance.since", { time: moment(since) })}` }) : null),
    make("p", { text: `${word("maintenance.what_to_do")}: ${remedy}` }),
    consequence ? make("p", { class: "hint", text: consequence }) : null,
    ...more,
    detail ? make("details", {}, make("summary", { text: word("maintenance.house.detail") }), make("p", { class: "hint", lang: "en", translate: "no", text: detail })) : null,
  );
}

function clockTrouble(clock, again) {
  const dates = { machine: day(clock.machine_day), day: day(clock.day) };
  return trouble(
    "CLOCK_JUMPED", null, "",
    make("p", { class: "dates", text: word("maintenance.house.clock", dates) }),
    make("button", { class: "button", type: "button", id: "accept-clock", text: word("maintenance.house.accept", dates), onclick: () => accept(clock, dates, again) }),
  );
}

async function accept(clock, dates, again) {
  if (asking()) return;
  const sure = await ask({
    heading: word("maintenance.house.accept_heading", dates),
    hint: word("maintenance.house.accept_hint"),
    groups: [{ name: "sure", options: [{ value: "yes", text: word("maintenance.house.accept_sure", dates) }] }],
    careful: true,
  });
  if (!sure) return;
  try {
    await call("POST", "/clock/accept", { day: clock.machine_day });
  } catch (problem) {
    sayProblem(problem);
  }
  await again();
}
