// The officer's desk: who is served, the five actions and their keys.

import { call } from "../api.js";
import { hush, say, sayProblem } from "../banner.js";
import { secondsSince, stopwatch } from "../clock.js";
import { announce, byId, setText } from "../dom.js";
import { word } from "../words.js";
import { drawForm } from "./form-panel.js";
import { drawWaiting } from "./waiting.js";

const KEYS = { F8: "call-next", n: "call-next", " ": "call-next", r: "recall", s: "start", h: "complete", v: "no-show" };

export class Desk {
  #model;
  #live;
  #inFlight = null;
  #leadFocus = false; // a button was pressed by the keyboard: the focus goes on to the next one
  #linked = true;
  #keysOn = localStorage.getItem("keys") !== "off";
  #buttons = [...document.querySelectorAll("[data-action]")];

  constructor(model, live) {
    this.#model = model;
    this.#live = live;
    for (const button of this.#buttons) {
      button.addEventListener("click", (event) => {
        if (event.detail > 0) button.blur(); // pressed by mouse: the space bar stays "next"
        else this.#leadFocus = true;
        this.act(button.dataset.action);
      });
    }
    document.addEventListener("keydown", (event) => this.#key(event));
    byId("keys").addEventListener("click", () => this.#switchKeys());
    this.#drawKeys();
    setInterval(() => this.#tick(), 1000);
    setInterval(() => this.#model.mine && this.draw(), 15_000);
  }

  set linked(linked) {
    this.#linked = linked;
    this.draw();
  }

  /** Do one of the actions, if it is allowed and none is under way. */
  async act(action) {
    const counter = this.#model.mine;
    if (!counter || this.#inFlight || !this.#linked || !this.#model.allowed(action)) return;
    this.#inFlight = action;
    hush();
    this.draw();
    const before = counter.ticket;
    const news = this.#model.news;
    try {
      const answer = await call("POST", `/counters/${counter.id}/${action}`);
      if (answer === null) {
        say(word("counter.desk.nobody_waits"), "", 4);
      } else {
        const ticket = answer.ticket ?? (answer.number && answer.service ? answer : null);
        if (this.#model.news === news) {
          // The answer is ahead of the stream; otherwise the stream has told the same, perhaps more, or is about to.
          if (answer.counter?.id) this.#model.takeCounter(answer.counter);
          if (ticket) this.#model.takeTicket(ticket);
        }
        this.#tell(action, ticket ?? before);
      }
    } catch (problem) {
      sayProblem(problem);
      if (problem.status >= 400 && problem.status < 500) this.#live.reload();
    } finally {
      this.#inFlight = null;
      this.draw();
    }
  }

  draw() {
    const counter = this.#model.mine;
    byId("desk").hidden = !counter;
    if (!counter) return;
    const ticket = counter.ticket;
    const state = ticket ? ticket.state : "idle";
    byId("serving").dataset.state = state;
    setText(byId("now"), ticket ? ticket.number : word("counter.desk.nobody"));
    setText(byId("service"), ticket?.service_name ?? word(this.#keysOn ? "counter.desk.nobody_hint_key" : "counter.desk.nobody_hint", { key: word("counter.desk.next_key") }));
    setText(byId("state"), this.#stateWords(ticket));
    setText(byId("since"), ticket ? word(state === "serving" ? "counter.desk.since_started" : "counter.desk.since_called") : "");
    this.#tick();
    const waiting = drawWaiting(this.#model);
    setText(byId("next-note"), this.#nextNote(ticket, waiting));
    for (const button of this.#buttons) {
      const action = button.dataset.action;
      button.disabled = !this.#linked || this.#inFlight !== null || !this.#model.allowed(action);
      button.classList.toggle("jade", (action === "start" || action === "complete") && this.#model.allowed(action));
      button.toggleAttribute("aria-busy", this.#inFlight === action);
    }
    byId("close-counter").disabled = !this.#linked || Boolean(ticket);
    this.#moveFocus();
    drawForm(ticket);
  }

  #stateWords(ticket) {
    if (!ticket) return "";
    if (ticket.state === "serving") return word("counter.desk.serving");
    return ticket.call_count > 1 ? word("counter.desk.called_again", { n: ticket.call_count }) : word("counter.desk.called");
  }

  #nextNote(ticket, waiting) {
    if (ticket) return word("counter.desk.next_blocked", { number: ticket.number });
    return waiting ? word("counter.desk.waiting_here", { n: waiting }) : word("counter.desk.nobody_waits");
  }

  #tick() {
    const ticket = this.#model.mine?.ticket;
    const since = ticket?.state === "serving" ? ticket.started_at : ticket?.called_at;
    setText(byId("watch"), since ? stopwatch(secondsSince(since)) : "");
  }

  #tell(action, ticket) {
    const values = { number: ticket?.number ?? "", n: ticket?.call_count ?? "" };
    const path = { "call-next": "called", recall: "recalled", start: "started", complete: "done", "no-show": "no_show" }[action];
    announce(word(`counter.desk.live_${path}`, values));
  }

  /** A keyboard user whose button went off is put on the one to press next. */
  #moveFocus() {
    if (this.#inFlight || !this.#leadFocus) return;
    this.#leadFocus = false;
    const at = document.activeElement;
    if (at && at !== document.body && !at.disabled) return;
    (document.querySelector("[data-action].jade:not(:disabled)") ?? document.querySelector("[data-action]:not(:disabled)"))?.focus();
  }

  #key(event) {
    if (event.repeat || event.ctrlKey || event.altKey || event.metaKey || !this.#model.mine) return;
    const action = KEYS[event.key.length === 1 ? event.key.toLowerCase() : event.key];
    if (!action || !(this.#keysOn || event.key === "F8")) return;
    const at = event.target;
    if (at.closest?.("input, select, textarea") || (event.key === " " && at.closest?.("button, a, [tabindex]"))) return;
    event.preventDefault();
    this.act(action);
  }

  #switchKeys() {
    this.#keysOn = !this.#keysOn;
    localStorage.setItem("keys", this.#keysOn ? "on" : "off");
    this.#drawKeys();
    this.draw();
  }

  #drawKeys() {
    byId("keys").setAttribute("aria-pressed", String(this.#keysOn));
    setText(byId("keys"), word(this.#keysOn ? "counter.keys_on" : "counter.keys_off"));
    document.body.classList.toggle("keys-off", !this.#keysOn);
  }
}
