// The settings of one device as a form; the fields come from the typed settings of the centre.

import { byId, make } from "../dom.js";
import { failureWords, optionalWord, word } from "../words.js";
import { readings } from "./device-card.js";
import { request } from "./requests.js";

const FORMS = JSON.parse(byId("forms").textContent);

/** {form, update(settings)} for this device, or null if it has no settings. `prefix` sets its fields apart on the page. */
export function settingsForm(device, prefix) {
  const fields = FORMS[device.name];
  if (!fields) return null;
  const result = make("div", { role: "status" });
  const button = make("button", { class: "button", type: "submit", text: word("maintenance.save") });
  const inputs = new Map(fields.map((field) => [field.name, input(device, field, prefix)]));
  const form = make("form", {}, ...fields.map((field) => row(field, inputs.get(field.name))), result, button);
  let kept = device.settings ?? {};

  /** What stands in the form and differs from what is kept. */
  const changes = () =>
    Object.fromEntries(fields.map((field) => [field.name, read(field, inputs.get(field.name))]).filter(([name, value]) => value !== kept[name]));

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (button.disabled) return;
    const wanted = changes();
    if (!Object.keys(wanted).length) {
      result.replaceChildren(make("p", { class: "hint", text: word("maintenance.unchanged") }));
      return;
    }
    button.disabled = true;
    button.textContent = word("maintenance.saving");
    result.replaceChildren();
    try {
      const answer = await request(device, { kind: "set", settings: wanted });
      if (answer.state === "answered" && answer.passed) {
        kept = { ...kept, ...wanted };
        result.replaceChildren(make("p", { class: "report", text: word("maintenance.saved") }));
      } else {
        result.replaceChildren(refusal(answer.state === "expired" ? null : answer));
      }
    } catch (problem) {
      result.replaceChildren(refusal({ failure: problem.code, detail: problem.detail }));
    } finally {
      button.disabled = false;
      button.textContent = word("maintenance.save");
    }
  });

  /** Take over what the centre keeps, unless somebody is changing it here. */
  const update = (settings) => {
    if (button.disabled || Object.keys(changes()).length) return;
    kept = settings;
    for (const field of fields) write(field, inputs.get(field.name), settings[field.name]);
  };
  return { form, update };
}

function refusal(answer) {
  const parts = [make("strong", { text: word("maintenance.refused") })];
  if (!answer) parts.push(make("p", { text: word("maintenance.test_expired") }));
  else if (answer.failure) {
    const { cause, remedy } = failureWords(answer.failure);
    parts.push(make("p", { text: `${cause} ${remedy}` }));
  }
  if (answer?.detail) parts.push(make("p", { class: "hint", text: answer.detail }));
  return make("div", { class: "report failed", role: "alert" }, ...parts, readings(answer?.lines ?? []) ?? "");
}

function input(device, field, prefix) {
  const id = `${prefix}-${field.name}`;
  const value = device.settings?.[field.name];
  if (field.kind === "switch") return make("input", { type: "checkbox", id, checked: value === true });
  if (field.kind === "choice") {
    return make("select", { class: "input", id }, ...field.choices.map((choice) =>
      make("option", { value: choice, selected: choice === value, text: optionalWord(`maintenance.choice.${choice}`) ?? String(choice) })));
  }
  const numeric = field.kind === "whole" || field.kind === "number";
  return make("input", {
    class: "input", id, type: numeric ? "number" : "text", value: value ?? "", min: field.least, max: field.most,
    step: field.kind === "number" ? "any" : null, required: numeric, maxlength: numeric ? null : 200,
    autocomplete: "off", spellcheck: "false",
  });
}

function row(field, control) {
  const label = optionalWord(`maintenance.setting.${field.name}`) ?? field.name;
  if (field.kind === "switch") return make("label", { class: "switch" }, control, make("span", { text: label }));
  const hint = optionalWord(`maintenance.setting_hint.${field.name}`);
  return make(
    "div", { class: "field" },
    make("label", { for: control.id, text: label }), control,
    hint ? make("p", { class: "hint", text: hint }) : null,
  );
}

function read(field, control) {
  if (field.kind === "switch") return control.checked;
  if (field.kind === "whole" || field.kind === "number") return Number(control.value);
  if (field.kind === "choice") return field.choices.find((choice) => String(choice) === control.value);
  return control.value.trim();
}

function write(field, control, value) {
  if (field.kind === "switch") control.checked = value === true;
  else control.value = value ?? "";
}
