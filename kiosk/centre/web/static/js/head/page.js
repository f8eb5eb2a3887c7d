// /head: how long each queue is, stopping a service or the whole house with a message to the citizens; what people say.

import { call } from "../api.js";
import { hush, sayProblem, showLink } from "../banner.js";
import { moment } from "../clock.js";
import { ask, asking, dismiss } from "../dialog.js";
import { announce, byId, make, setText } from "../dom.js";
import { dossierWords } from "../dossiers.js";
import { Live } from "../live.js";
import { drawTroubles, lobbyTroubles } from "../lobby-troubles.js";
import { Door } from "../sign-in.js";
import { word } from "../words.js";
import { Satisfaction } from "./satisfaction.js";

const HOUSE = "*";
const AFTER_EVENTS_MS = 500; // many events a second lead to one look
let me = null;
let services = [];
let devices = [];
let warnings = [];
let linked = true;
let soon = null;
let view = "queue";
const satisfaction = new Satisfaction(() => live.reload());
const drafts = new Map(); // what was typed for a stop that did not get through

const live = new Live({
  load, changed: draw, link,
  apply: () => {
    soon ??= setTimeout(() => {
      soon = null;
      live.reload();
    }, AFTER_EVENTS_MS);
  },
  refused: () => door.ask(word("sign_in.ended")),
});
const door = new Door({ roles: ["head"], live, clear, wrongRole: () => word("head.wrong_role") });
setInterval(() => me && linked && live.reload(), 60_000); // hours and waits change by the clock alone

async function load() {
  const [who, all, machines, keeping] = await Promise.all([
    call("GET", "/session"), call("GET", "/services"), call("GET", "/devices"), call("GET", "/keeping"), view === "ratings" ? satisfaction.load() : null,
  ]);
  me = who.officer ?? who;
  services = all;
  devices = machines;
  warnings = keeping.warnings;
}

function link(state) {
  linked = state === "live";
  showLink(!linked && me !== null);
  draw();
}

function clear() {
  me = null;
  drafts.clear();
  satisfaction.clear();
  dismiss();
}

const houseStop = () => services.find((service) => service.stop?.house)?.stop ?? null;

function draw() {
  if (!me) return;
  byId("shell").hidden = false;
  setText(byId("who"), me.name);
  for (const button of document.querySelectorAll("[data-view]")) button.setAttribute("aria-pressed", String(button.dataset.view === view));
  byId("view-queue").hidden = view !== "queue";
  byId("view-ratings").hidden = view !== "ratings";
  satisfaction.draw(linked);
  drawHouse(houseStop());
  const held = document.activeElement?.dataset?.service;
  byId("services").replaceChildren(...services.map(line));
  if (held) focusService(held);
}

function drawHouse(stop) {
  const waiting = word("head.waiting_all", { n: services.reduce((sum, one) => sum + one.waiting, 0) });
  const open = services.some((one) => one.open);
  byId("house").dataset.state = stop ? "stopped" : open ? "open" : "closed";
  setText(byId("house-state"), word(stop ? "head.house_stopped" : open ? "head.house_open" : "head.house_closed"));
  setText(byId("house-note"), stop ? `${stopWords(stop)} · ${waiting}` : waiting);
  drawTroubles(byId("machines").firstElementChild, lobbyTroubles(devices));
  const dossiers = warnings.map(dossierWords).find(Boolean) ?? "";
  byId("dossiers").hidden = !dossiers;
  setText(byId("dossiers-state"), dossiers);
  setText(byId("house-stop"), word(stop ? "head.resume" : "head.house_stop"));
  byId("house-stop").disabled = !linked;
}

function line(service) {
  const { id, name, stop } = service;
  const own = Boolean(stop) && !stop.house;
  return make(
    "li", { class: "service", "data-state": service.open ? "open" : stop ? "stopped" : "closed" },
    make("div", {}, make("h2", { text: name }), make("p", { class: "state", text: stateWords(service) })),
    make("p", { class: "waits" }, make("span", { class: "number", text: service.waiting }), make("span", { class: "quiet", text: ` ${word("head.waiting")}` })),
    make("p", { class: "quiet wait", text: service.open ? waitWords(service.wait) : "" }),
    make("button", {
      class: "button", type: "button", "data-service": id, disabled: !linked || Boolean(stop?.house),
      "aria-label": word(own ? "head.resume_service" : "head.stop_service", { name }),
      text: word(own ? "head.resume" : "head.stop"), onclick: () => (own ? resume(id) : askToStop(id, name)),
    }),
  );
}

function stateWords(service) {
  if (service.open) return word("head.open");
  if (service.stop) return service.stop.house ? word("head.with_house") : stopWords(service.stop);
  const reason = word(`head.closed.${service.closed_reason}`, { words: service.closed_words });
  return service.opens_at ? `${reason} ${word("head.opens_at", { time: moment(service.opens_at) })}` : reason;
}

const stopWords = (stop) => word("head.message", { time: moment(stop.at), message: stop.message });

function waitWords(wait) {
  if (!wait) return word("head.wait_unknown");
  if (wait.high === null) return word("head.wait_over", { low: wait.low });
  return wait.low ? word("head.wait_range", { low: wait.low, high: wait.high }) : word("head.wait_under", { high: wait.high });
}

async function askToStop(id, name = "") {
  if (asking()) return;
  const answer = await ask({
    heading: word(id === HOUSE ? "head.stop_house_heading" : "head.stop_heading", { name }),
    hint: word("head.stop_hint"),
    groups: [{ name: "message", label: word("head.stop_message"), text: true, value: drafts.get(id) ?? word("head.stop_example"), most: 120 }],
    submit: word("head.stop"),
    grave: true,
  });
  const message = answer?.message.trim();
  if (message) {
    drafts.set(id, message);
    if (await change("PUT", id, { message }, "head.live_stopped")) drafts.delete(id);
  }
  focusService(id);
}

async function resume(id) {
  await change("DELETE", id, undefined, "head.live_resumed");
  focusService(id);
}

/** Tell the centre; whether it took it. */
async function change(method, id, body, said) {
  hush();
  let taken = false;
  try {
    await call(method, `/services/${encodeURIComponent(id)}/stop`, body);
    announce(word(said));
    taken = true;
  } catch (problem) {
    sayProblem(problem);
  }
  await live.reload();
  return taken;
}

function focusService(id) {
  (id === HOUSE ? byId("house-stop") : byId("services").querySelector(`[data-service="${CSS.escape(id)}"]`))?.focus();
}

function show(chosen) {
  view = chosen;
  if (view === "queue") satisfaction.clear(); // what people wrote stays no longer in the page than it is looked at
  draw();
  live.reload();
}

for (const button of document.querySelectorAll("[data-view]")) button.addEventListener("click", () => show(button.dataset.view));
byId("house-stop").addEventListener("click", () => (houseStop() ? resume(HOUSE) : askToStop(HOUSE)));
byId("sign-out").addEventListener("click", () => door.leave());
door.begin();
