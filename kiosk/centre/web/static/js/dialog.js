// A question in front of the page: one or more groups of answers, each answer as large as a button.

import { make } from "./dom.js";
import { word } from "./words.js";

let count = 0;

/** Whether a question stands in front of the page; keys of the page are off meanwhile. */
export const asking = () => document.querySelector("dialog[open]") !== null;

/** Take the question away unanswered, e.g. because nobody is signed in any more. */
export function dismiss() {
  document.querySelector("dialog[open]")?.close();
}

/**
 * Ask and wait. groups: [{name, label, options: [{value, text, note, disabled}], chosen, short}] (short: answers stand
 * three and more beside each other) or, for free text, [{name, label, text: true, value, most}]; groups that are null or
 * have no options are left out. Resolves to {name: value, …}, or null when dismissed. Without `submit` the first press on
 * an answer is the answer. `careful`: what cannot be taken back; turning back is the plain thing to do. `grave`: the
 * submit button is the red one.
 */
export function ask({ heading, hint = "", groups, submit = "", back = word("common.back"), careful = false, grave = false }) {
  return new Promise((resolve) => {
    const id = `question-${++count}`;
    const form = make(
      "form", { method: "dialog" },
      make("h2", { id, text: heading }),
      hint ? make("p", { class: "quiet", id: `${id}-hint`, text: hint }) : null,
      ...groups.filter((group) => group?.text || group?.options?.length).map((group) => (group.text ? textField(group, id) : choices(group, submit))),
      make(
        "div", { class: "dialog-ends" },
        make("button", { class: careful ? "button jade" : "button", type: "button", "data-part": "back", text: back, onclick: () => dialog.close() }),
        submit ? make("button", { class: grave ? "button red" : "button jade", type: "submit", text: submit }) : null,
      ),
    );
    const dialog = make("dialog", { class: "card question", "aria-labelledby": id, "aria-describedby": hint ? `${id}-hint` : null }, form);
    let answer = null;
    form.addEventListener("submit", (event) => {
      answer = Object.fromEntries(new FormData(form, event.submitter));
    });
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(answer);
    });
    dialog.addEventListener("click", (event) => event.target === dialog && dialog.close()); // beside the question
    document.body.append(dialog);
    dialog.showModal();
    const firsts = [careful ? "[data-part=back]" : "textarea", "input:checked", "button.choice:not(:disabled)"];
    const first = firsts.map((one) => dialog.querySelector(one)).find(Boolean) ?? dialog;
    first.focus();
    if (first.matches("textarea")) first.select();
  });
}

function choices({ name, label = "", options, chosen, short = false }, submit) {
  const one = submit ? radio : press;
  return make(
    "fieldset", { class: short ? "choices short" : "choices" },
    label ? make("legend", { text: label }) : null,
    ...options.map((option) => one(name, option, option.value === chosen)),
  );
}

function inside({ text, note }) {
  return [make("strong", { text }), note ? make("span", { class: "quiet", text: note }) : null];
}

function press(name, option) {
  return make("button", { class: "choice button", type: "submit", name, value: option.value, disabled: option.disabled }, ...inside(option));
}

function radio(name, option, checked) {
  return make(
    "label", { class: "choice button" },
    make("input", { type: "radio", name, value: option.value, checked, required: true, disabled: option.disabled }),
    make("span", { class: "choice-words" }, ...inside(option)),
  );
}

function textField({ name, label, value = "", most = 200 }, id) {
  return make(
    "div", { class: "field" },
    make("label", { for: `${id}-${name}`, text: label }),
    make("textarea", { class: "input", id: `${id}-${name}`, name, maxlength: most, rows: 3, required: true, text: value }),
  );
}
