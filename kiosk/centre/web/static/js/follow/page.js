// /follow/{token}: the citizen's place in the queue, live.

import { call } from "../api.js";
import { hourMinute, now } from "../clock.js";
import { byId, setText } from "../dom.js";
import { Feed } from "../feed.js";
import { word } from "../words.js";
import { ask } from "../dialog.js";
import { mayRejoin, placeWords } from "./view.js";

const token = document.body.dataset.token;
const FINAL = new Set(["completed", "no_show", "cancelled", "expired"]);
const MAY_CANCEL = new Set(["waiting", "parked"]);
const over = (place) => FINAL.has(place.state) && !mayRejoin(place);
let place = JSON.parse(byId("first").textContent);
let heardAt = now();

function draw() {
  const words = placeWords(place);
  document.title = words.title;
  document.body.dataset.state = place.state;
  for (const name of ["service", "headline", "figure", "hint", "minutes", "counters", "issued"]) setText(byId(name), words[name]);
  setText(byId("number"), place.number);
  byId("rejoin").hidden = !mayRejoin(place);
  byId("cancel").hidden = !MAY_CANCEL.has(place.state);
}

/** Take over a newer place. */
function take(next) {
  const called = next.state === "called" && next.call_count > place.call_count;
  place = next;
  heardAt = now();
  draw();
  if (called) {
    document.body.classList.remove("fresh");
    requestAnimationFrame(() => document.body.classList.add("fresh"));
    navigator.vibrate?.([400, 200, 400, 200, 800]);
  }
  if (over(place)) {
    feed.stop();
    setText(byId("link"), "");
  }
}

function showLink(lost) {
  const line = byId("link");
  line.dataset.link = lost ? "lost" : "live";
  setText(line, lost ? word("follow.stale", { time: hourMinute(heardAt) }) : word("follow.live"));
}

/** Read the place itself; the stream brings what comes after. */
async function reload() {
  for (let pause = 500; ; pause = Math.min(8000, pause * 2)) {
    try {
      take(await call("GET", `/follow/${token}`));
      return;
    } catch (problem) {
      if (problem.status === 404 || problem.status === 410) {
        location.reload();
        return;
      }
    }
    await new Promise((resolve) => setTimeout(resolve, pause));
  }
}

const feed = new Feed(`/api/v1/follow/${token}/events`, {
  event: ({ data }) => take(data),
  reset: reload,
  link: (link) => (link === "gone" || link === "refused" ? location.reload() : showLink(link === "lost")),
});

// A phone in the pocket needs no stream, and a browser has only six of them: one for the tab in sight.
document.addEventListener("visibilitychange", () => {
  if (document.hidden) feed.stop();
  else if (!over(place)) {
    feed.startAfter(place.head);
  }
});
addEventListener("pageshow", (event) => event.persisted && location.reload());

/** What the citizen asks for; the place that follows comes as the answer, or is read anew. */
async function want(button, what) {
  if (button.disabled) return;
  button.disabled = true;
  setText(byId("asked"), "");
  try {
    take(await call("POST", `/follow/${token}/${what}`));
    if (!over(place)) feed.startAfter(place.head);
  } catch (problem) {
    setText(byId("asked"), word(problem.unreachable ? "follow.not_reached" : "follow.not_any_more"));
    if (!problem.unreachable) await reload();
  } finally {
    button.disabled = false;
  }
}

byId("rejoin").addEventListener("click", () => want(byId("rejoin"), "rejoin"));
byId("cancel").addEventListener("click", async () => {
  const sure = await ask({
    heading: word("follow.cancel_heading", { number: place.number }),
    hint: word("follow.cancel_hint"),
    groups: [{ name: "sure", options: [{ value: "yes", text: word("follow.cancel_sure") }] }],
    back: word("follow.cancel_back"),
    careful: true,
  });
  if (sure) await want(byId("cancel"), "cancel");
});
setInterval(draw, 15_000); // the time in which one may come back runs out by itself

draw();
if (!over(place) && !document.hidden) feed.startAfter(place.head);
