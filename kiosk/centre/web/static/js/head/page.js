// /head: how long each queue is, and stopping a service or the whole house with a message to the citizens.

import { call } from "../api.js";
import { sayProblem, showLink } from "../banner.js";
import { hourMinute } from "../clock.js";
import { ask } from "../dialog.js";
import { announce, byId, make, setText } from "../dom.js";
import { Live } from "../live.js";
import { Door } from "../sign-in.js";
import { word } from "../words.js";

const HOUSE = "*";
const AFTER_EVENTS_MS = 500; // many events a second lead to one look
let me = null;
let services = [];
let linked = true;
let soon = null;

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
const door = new Door({ roles: ["head"], live, clear: () => (me = null), wrongRole: () => word("head.wrong_role") });
setInterval(() => me && linked && live.reload(), 60_000); // hours and waits change by the clock alone

async function load() {
  const [who, all] = await Promise.all([call("GET", "/session"), call("GET", "/services")]);
  me = who.officer ?? who;
  services = all;
}

function link(state) {
  linked = state === "live";
  showLink(!linked && me !== null);
  draw();
}

const houseStop = () => services.find((service) => service.stop?.house)?.stop ?? null;

function draw() {
  if (!me) return;
  byId("shell").hidden = false;
  setText(byId("who"), me.name);
  const stop = houseStop();
  byId("house").dataset.stopped = String(Boolean(stop));
  setText(byId("house-state"), word(stop ? "head.house_stopped" : "head.house_open"));
  setText(byId("house-note"), stop ? word("head.message", { message: stop.message }) : word("head.waiting_all", { n: services.reduce((sum, one) => sum + one.waiting, 0) }));
  setText(byId("house-stop"), word(stop ? "head.house_resume" : "head.house_stop"));
  byId("house-stop").disabled = !linked;
  const held = document.activeElement?.dataset?.service;
  byId("services").replaceChildren(...services.map((service) => line(service, Boolean(stop))));
  if (held) byId("services").querySelector(`[data-service="${CSS.escape(held)}"]`)?.focus();
}

function line(service, houseStopped) {
  const stopped = Boolean(service.stop) && !service.stop.house;
  return make(
    "li", { class: "card service", "data-open": service.open, "data-stopped": stopped },
    make("div", {}, make("h2", { text: service.name }), make("p", { class: "state", text: stateWords(service) })),
    make("p", { class: "figures" }, make("span", { class: "number", text: service.waiting }), make("span", { class: "quiet", text: ` ${word("head.waiting")}` }), make("br"), make("span", { class: "quiet", text: waitWords(service.wait) })),
    make("button", {
      class: "button", type: "button", "data-service": service.id, disabled: !linked || houseStopped,
      text: word(stopped ? "head.resume" : "head.stop"), onclick: () => (stopped ? resume(service.id) : stop(service.id, service.name)),
    }),
  );
}

function stateWords(service) {
  if (service.open) return word("head.open");
  if (service.closed_reason === "stopped") return word("head.message", { message: service.closed_words });
  const reason = word(`head.closed.${service.closed_reason}`, { words: service.closed_words ?? "" });
  return service.opens_at ? `${reason} ${word("head.opens_at", { time: hourMinute(service.opens_at) })}` : reason;
}

function waitWords(wait) {
  if (!wait) return word("head.wait_unknown");
  if (wait.high === null) return word("head.wait_over", { low: wait.low });
  return wait.low ? word("head.wait_range", { low: wait.low, high: wait.high }) : word("head.wait_under", { high: wait.high });
}

async function stop(id, name) {
  const answer = await ask({
    heading: word(id === HOUSE ? "head.stop_house_heading" : "head.stop_heading", { name }),
    hint: word("head.stop_hint"),
    groups: [{ name: "message", label: word("head.stop_message"), text: true, value: word("head.stop_example"), most: 120 }],
    submit: word("head.stop"),
  });
  const message = answer?.message.trim();
  if (message) await change("PUT", id, { message }, "head.live_stopped");
}

const resume = (id) => change("DELETE", id, undefined, "head.live_resumed");

async function change(method, id, body, said) {
  try {
    await call(method, `/services/${encodeURIComponent(id)}/stop`, body);
    announce(word(said));
  } catch (problem) {
    sayProblem(problem);
  }
  await live.reload();
}

byId("house-stop").addEventListener("click", () => (houseStop() ? resume(HOUSE) : stop(HOUSE, "")));
byId("sign-out").addEventListener("click", () => door.leave());
door.begin();
