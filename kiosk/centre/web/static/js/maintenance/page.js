// /maintenance: the centre itself and every device of it.

import { call } from "../api.js";
import { sayProblem, showLink } from "../banner.js";
import { dismiss } from "../dialog.js";
import { announce, byId, make, setText } from "../dom.js";
import { Live } from "../live.js";
import { deviceWords, isMachine, isOneOfSeveral } from "../machines.js";
import { Door } from "../sign-in.js";
import { word } from "../words.js";
import { statusParts, testReport } from "./device-card.js";
import { backUpNow, drawHouse, houseEvent, readHouse } from "./house.js";
import { answered, request } from "./requests.js";
import { settingsForm } from "./settings-form.js";

const CARD_READER = "card_reader";
const ORDER = ["card_reader", "printer", "scanner", "kiosk_screen", "speaker", "ceiling_screen"];
const devices = new Map(); // by device and machine
const cards = new Map(); // by the same → {card, status, settings}
let me = null;
let house = null;

const live = new Live({ load, apply, changed: draw, link, refused: () => door.ask(word("sign_in.ended")) });
const door = new Door({ roles: ["maintenance"], live, clear, wrongRole: () => word("maintenance.wrong_role") });

async function load() {
  const session = await call("GET", "/session");
  me = session.officer ?? session;
  const [listed, told] = await Promise.all([call("GET", "/devices"), readHouse()]);
  house = told;
  devices.clear();
  for (const device of listed.sort((one, other) => place(one) - place(other))) devices.set(keyOf(device), device);
}

const keyOf = ({ name, machine }) => (machine ? `${name}@${machine}` : name);

const fieldPrefix = (device) => keyOf(device).replace(/\s/g, "_"); // ids of fields have no spaces

const titleOf = (device) => deviceWords(device, isOneOfSeveral(device, [...devices.values()]));

/** Devices in their order, then the machines themselves as the centre lists them. */
const place = ({ name }) => (ORDER.includes(name) ? ORDER.indexOf(name) : ORDER.length);

function apply(event) {
  const { type, data } = event;
  if (type === "device.answered") answered(data.request.id);
  if (type.startsWith("device.") || houseEvent(event)) live.reload(); // the event tells less than the page shows
}

function draw() {
  if (!me) return;
  byId("shell").hidden = false;
  setText(byId("who"), me.name);
  drawHouse(house, () => live.reload());
  const list = [...devices.values()];
  const bad = list.filter((device) => !["ready", "busy", "disabled"].includes(device.condition)).length;
  setText(byId("summary"), !list.length ? word("maintenance.none") : bad ? word("maintenance.summary_bad", { n: bad }) : word("maintenance.summary_good"));
  letGo();
  for (const [key, device] of devices) {
    const { card, status, settings } = cards.get(key) ?? newCard(device);
    card.dataset.condition = device.condition;
    status.replaceChildren(...statusParts(device, titleOf(device)));
    settings?.update(device.settings);
  }
  const wanted = [...devices.keys()].map((key) => cards.get(key).card);
  if (wanted.some((card, place) => byId("devices").children[place] !== card)) byId("devices").append(...wanted);
}

/** Machines come and go; a device of which none had told gets its own. */
function letGo() {
  for (const [key, { card }] of cards) {
    if (devices.has(key)) continue;
    card.remove();
    cards.delete(key);
  }
}

/** Test and settings stay as they are while the status above them is drawn anew; a machine itself has neither. */
function newCard(device) {
  const status = make("div");
  if (isMachine(device)) return keep(device, make("li", { class: "card device", "data-device": device.name, "data-machine": device.machine }, status), status, null);
  const result = make("div", { "data-part": "test-report", role: "status" });
  const button = make("button", { class: "button", type: "button", "data-part": "test", text: word("maintenance.test") });
  const digits = device.name === CARD_READER ? digitsField(`can-${fieldPrefix(device)}`) : null;
  const begin = () => test(device, button, result, digits?.input);
  button.addEventListener("click", begin);
  digits?.input.addEventListener("keydown", (event) => event.key === "Enter" && begin());
  const settings = settingsForm(device, fieldPrefix(device));
  const card = make(
    "li", { class: "card device", "data-device": device.name, "data-machine": device.machine },
    status,
    make("footer", {}, make("div", { class: "test" }, digits?.field, button), result, settings ? make("details", {}, make("summary", { text: word("maintenance.settings") }), settings.form) : null),
  );
  return keep(device, card, status, settings);
}

function keep(device, card, status, settings) {
  const kept = { card, status, settings };
  cards.set(keyOf(device), kept);
  return kept;
}

/** With these digits the test reads the card on the reader. They open its chip and are kept nowhere. */
function digitsField(id) {
  const input = make("input", {
    class: "input number", id, type: "text", inputmode: "numeric", maxlength: 6, autocomplete: "off", spellcheck: "false",
  });
  return { input, field: make("div", { class: "field" }, make("label", { for: id, text: word("maintenance.can") }), input) };
}

async function test(device, button, result, digits) {
  if (button.disabled) return;
  const can = digits?.value.trim();
  if (can && !/^[0-9]{6}$/.test(can)) {
    digits.setAttribute("aria-invalid", "true");
    result.replaceChildren(make("p", { class: "problem", text: word("maintenance.can_wrong") }));
    digits.focus();
    return;
  }
  digits?.removeAttribute("aria-invalid");
  if (can) digits.value = "";
  button.disabled = true;
  setText(button, word("maintenance.testing"));
  result.replaceChildren();
  try {
    const answer = await request(device, can ? { kind: "test", can } : { kind: "test" });
    result.replaceChildren(testReport(answer));
    announce(`${titleOf(device)}: ${word(answer.passed ? "maintenance.test_passed" : "maintenance.test_failed")}`);
  } catch (problem) {
    sayProblem(problem);
  } finally {
    button.disabled = false;
    setText(button, word("maintenance.test"));
  }
}

function link(state) {
  showLink(state !== "live" && me !== null);
}

function clear() {
  me = null;
  dismiss();
}

byId("back-up").addEventListener("click", backUpNow);
byId("sign-out").addEventListener("click", () => door.leave());

// Heartbeats and readings are no events: look again now and then while somebody looks at the page.
setInterval(() => me && !document.hidden && live.reload(), 15_000);

door.begin();
