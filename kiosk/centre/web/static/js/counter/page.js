// /counter: sign in, choose a counter, serve.

import { call } from "../api.js";
import { say, sayProblem, showLink } from "../banner.js";
import { dismiss } from "../dialog.js";
import { byId, setText } from "../dom.js";
import { Live } from "../live.js";
import { drawTroubles, lobbyTroubles } from "../lobby-troubles.js";
import { Door } from "../sign-in.js";
import { word } from "../words.js";
import { drawChoice } from "./choose.js";
import { Desk } from "./desk.js";
import { clearForm } from "./form-panel.js";
import { HelpBar } from "./help.js";
import { LISTED, QueueModel } from "./model.js";

const AFTER_DEVICES_MS = 300;
const model = new QueueModel();
let devices = [];
let soon = null;
let linked = true;
let ready = false;
let chosen = false; // opened here just now; the counter's own event follows

const live = new Live({
  load, changed: draw, link,
  apply: (event) => {
    help.apply(event);
    if (event.type === "device.changed") lookSoon(); // the event tells less than the page shows
    if (!model.apply(event)) live.reload();
  },
  refused: () => door.ask(word("sign_in.ended")),
});
const desk = new Desk(model, live);
const help = new HelpBar({ mine: () => model.mine, changed: () => draw() });
const door = new Door({ roles: ["officer", "head"], live, clear, wrongRole: () => word("counter.wrong_role") });

async function load() {
  const [me, services, counters, rules, calls, all, ...lists] = await Promise.all([
    call("GET", "/session"), call("GET", "/services"), call("GET", "/counters"), call("GET", "/queue/rules"), call("GET", "/help-calls"),
    call("GET", "/devices"), ...LISTED.map((state) => call("GET", `/tickets?state=${state}`)),
  ]);
  model.replace({ me: me.officer ?? me, services, counters, rules, tickets: lists.flat() });
  help.replace(calls);
  devices = all;
  ready = true;
}

/** A machine tells of all its devices at once. */
function lookSoon() {
  soon ??= setTimeout(() => {
    soon = null;
    live.reload();
  }, AFTER_DEVICES_MS);
}

function link(state) {
  linked = state === "live";
  showLink(!linked && ready);
  desk.linked = linked;
  draw();
}

function draw() {
  if (!ready) return;
  const mine = model.mine;
  byId("shell").hidden = false;
  byId("choose").hidden = Boolean(mine);
  byId("close-counter").hidden = !mine;
  byId("keys").hidden = !mine;
  byId("to-head").hidden = model.me.role !== "head";
  if (!mine) dismiss();
  setText(byId("who"), model.me.name);
  setText(byId("where"), mine ? word("counter.counter", { number: mine.number }) : word("counter.title"));
  const title = mine ? `${mine.ticket ? `${mine.ticket.number} · ` : ""}${word("counter.counter", { number: mine.number })}` : word("counter.title");
  document.title = help.asked ? word("help.title", { title }) : title;
  help.draw(linked);
  drawMachines(mine);
  if (!mine) {
    clearForm();
    drawChoice(model, { linked, opened });
  }
  desk.draw();
  if (mine && chosen) {
    chosen = false;
    document.querySelector("[data-action='call-next']").blur();
  }
}

/** Beneath those who wait, where nothing that is pressed moves; before a counter is chosen beneath the counters. */
function drawMachines(mine) {
  const [box, place] = [byId("machines"), mine ? byId("waiting").parentElement : byId("choose")];
  if (box.parentElement !== place) place.append(box);
  drawTroubles(box.firstElementChild, lobbyTroubles(devices));
}

function opened(answer) {
  if (answer?.counter) {
    chosen = true;
    model.takeCounter(answer.counter);
  } else live.reload();
  draw();
}

function clear() {
  ready = false;
  help.replace([]);
  dismiss();
  clearForm();
}

byId("close-counter").addEventListener("click", async () => {
  const mine = model.mine;
  try {
    const answer = await call("POST", `/counters/${mine.id}/close`);
    if (answer?.counter) model.takeCounter(answer.counter);
    else await live.reload();
    say(word("counter.closed_note", { number: mine.number }), "", 4);
  } catch (problem) {
    sayProblem(problem);
  }
  draw();
});

byId("sign-out").addEventListener("click", async () => {
  const mine = model.mine;
  if (mine?.ticket) {
    say(word("counter.finish_first", { number: mine.ticket.number }));
    return;
  }
  if (mine) await call("POST", `/counters/${mine.id}/close`).catch(() => null);
  await door.leave();
});

door.begin();
