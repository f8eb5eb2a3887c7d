// /maintenance: every device of the centre.

import { call } from "../api.js";
import { sayProblem, showLink } from "../banner.js";
import { announce, byId, make, setText } from "../dom.js";
import { Live } from "../live.js";
import { Door } from "../sign-in.js";
import { word } from "../words.js";
import { deviceName, statusParts, testReport } from "./device-card.js";
import { answered, request } from "./requests.js";
import { settingsForm } from "./settings-form.js";

const ORDER = ["card_reader", "printer", "scanner", "kiosk_screen", "speaker", "ceiling_screen"];
const devices = new Map();
const cards = new Map(); // device name → {card, status, settings}
let me = null;

const live = new Live({ load, apply, changed: draw, link, refused: () => door.ask(word("sign_in.ended")) });
const door = new Door({ role: "maintenance", live, clear, wrongRole: () => word("maintenance.wrong_role") });

async function load() {
  const session = await call("GET", "/session");
  me = session.officer ?? session;
  const listed = await call("GET", "/devices");
  devices.clear();
  for (const device of listed.sort((one, other) => ORDER.indexOf(one.name) - ORDER.indexOf(other.name))) devices.set(device.name, device);
}

function apply({ type, data }) {
  if (type === "device.answered") answered(data.request.id);
  if (type.startsWith("device.")) live.reload(); // the event tells less than the page shows
}

function draw() {
  if (!me) return;
  byId("shell").hidden = false;
  setText(byId("who"), me.name);
  const list = [...devices.values()];
  const bad = list.filter((device) => !["ready", "busy", "disabled"].includes(device.condition)).length;
  setText(byId("summary"), !list.length ? word("maintenance.none") : bad ? word("maintenance.summary_bad", { n: bad }) : word("maintenance.summary_good"));
  for (const device of list) {
    const { card, status, settings } = cards.get(device.name) ?? newCard(device);
    card.dataset.condition = device.condition;
    status.replaceChildren(...statusParts(device));
    settings?.update(device.settings);
  }
}

/** Test and settings stay as they are while the status above them is drawn anew. */
function newCard(device) {
  const status = make("div");
  const result = make("div", { "data-part": "test-report", role: "status" });
  const button = make("button", { class: "button", type: "button", "data-part": "test", text: word("maintenance.test") });
  button.addEventListener("click", () => test(device.name, button, result));
  const settings = settingsForm(device);
  const card = make(
    "li", { class: "card device", "data-device": device.name },
    status,
    make("footer", {}, button, result, settings ? make("details", {}, make("summary", { text: word("maintenance.settings") }), settings.form) : null),
  );
  byId("devices").append(card);
  cards.set(device.name, { card, status, settings });
  return cards.get(device.name);
}

async function test(name, button, result) {
  if (button.disabled) return;
  button.disabled = true;
  setText(button, word("maintenance.testing"));
  result.replaceChildren();
  try {
    const answer = await request(name, "test");
    result.replaceChildren(testReport(answer));
    announce(`${deviceName(name)}: ${word(answer.passed ? "maintenance.test_passed" : "maintenance.test_failed")}`);
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
}

byId("sign-out").addEventListener("click", () => door.leave());

// Heartbeats and readings are no events: look again now and then while somebody looks at the page.
setInterval(() => me && !document.hidden && live.reload(), 15_000);

door.begin();
