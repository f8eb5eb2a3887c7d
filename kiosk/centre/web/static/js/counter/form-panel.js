// What the citizen confirmed on the kiosk, each value with where it came from. Kept no longer than the ticket.

import { call } from "../api.js";
import { hourMinute } from "../clock.js";
import { byId, make } from "../dom.js";
import { optionalWord, word } from "../words.js";

let shownFor = null; // ticket whose form stands or is being fetched
let wanted = "";

/** Bring the panel to this ticket (null: none); fetches only when something changed. */
export async function drawForm(ticket) {
  const attached = ticket?.form?.attached_at ?? null;
  const key = ticket ? `${ticket.id} ${attached ?? ""}` : "";
  if (key === wanted && shownFor !== null) return;
  wanted = key;
  shownFor = ticket?.id ?? "";
  if (!attached) {
    note(ticket ? "counter.form.none" : "counter.form.idle");
    return;
  }
  note("counter.form.loading");
  try {
    const form = await call("GET", `/tickets/${ticket.id}/form`);
    if (wanted === key) byId("form").replaceChildren(...lines(form));
  } catch (problem) {
    if (wanted !== key) return;
    if (problem.status === 404) note("counter.form.none");
    else {
      note("common.cannot_load");
      setTimeout(() => wanted === key && ((wanted = ""), drawForm(ticket)), 2000);
    }
  }
}

/** Nothing of any citizen is left on the page. */
export function clearForm() {
  wanted = "";
  shownFor = null;
  byId("form").replaceChildren();
}

function note(path) {
  byId("form").replaceChildren(make("p", { class: "form-note", text: word(path) }));
}

function lines(form) {
  const parts = [
    make("p", { class: "form-title", text: form.title }),
    make("p", { class: "form-at", text: word("counter.form.attached", { time: hourMinute(form.attached_at) }) }),
  ];
  for (const section of form.sections) {
    parts.push(make("h3", { text: section.title }), make("dl", {}, ...section.lines.map(line)));
  }
  return parts;
}

function line({ field, label, value, shown, source, source_label: sourceLabel }) {
  const answered = value !== null && value !== "";
  return make(
    "div", { class: answered ? "line" : "line unanswered", "data-field": field },
    make("dt", { text: label }),
    source ? make("span", { class: "source", "data-source": source, text: sourceLabel || optionalWord(`source.${source}`) }) : null,
    make("dd", { text: shown || (answered ? String(value) : word("counter.form.empty")) }),
  );
}
