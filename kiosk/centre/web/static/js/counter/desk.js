// The officer's desk: who is served, the actions and their keys.

import { call } from "../api.js";
import { hush, say, sayProblem } from "../banner.js";
import { now, secondsSince, stopwatch } from "../clock.js";
import { asking } from "../dialog.js";
import { announce, byId, setText } from "../dom.js";
import { word } from "../words.js";
import { drawForm } from "./form-panel.js";
import { QUESTIONS, askTicket, askWhich } from "./questions.js";
import { drawWaiting, focusTicket } from "./waiting.js";

const KEYS = { F8: "call-next", n: "call-next", " ": "call-next", r: "recall", s: "start", h: "complete", v: "no-show", g: "park", c: "transfer", t: "add-service", z: "undo" };
/** What an action is called as an event of the ticket, where that differs. */
const EVENT_OF = { "call-next": "call" };

export class Desk {
  #model;
  #live;
  #inFlight = null;
  #leadFocus = false; // a button was pressed by the keyboard: the focus goes on to the next one
  #linked = true;
  #keysOn = localStorage.getItem("keys") !== "off";
  #turn = { to: (ticket, byKeyboard) => this.turnTo(ticket, byKeyboard), pick: (name, tickets, byKeyboard) => this.#pick(name, tickets, byKeyboard) };
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
    addEventListener("resize", () => this.draw());
    setInterval(() => this.#tick(), 1000);
    setInterval(() => this.#model.mine && this.draw(), 15_000);
  }

  set linked(linked) {
    this.#linked = linked;
    this.draw();
  }

  /** Do one of the actions, if it is allowed and none is under way; ask first what has to be known for it. */
  async act(action) {
    if (!this.#ready || !this.#model.allowed(action)) return;
    const { id, ticket } = this.#model.mine;
    const meant = action === "undo" ? { ticket: this.#model.undo.ticket } : undefined;
    const body = action in QUESTIONS ? await QUESTIONS[action](this.#model) : meant;
    if (body === null) return;
    if (action in QUESTIONS && this.#model.mine?.ticket?.id !== ticket.id) {
      say(word("counter.desk.moved_on", { number: ticket.number })); // elsewhere, while the question stood here
      return;
    }
    await this.#send(action, `/counters/${id}/${action}`, body);
  }

  /** Do something to a ticket of the lists, as the officer answers. */
  async turnTo(ticket, byKeyboard) {
    if (!this.#ready) return;
    const asked = await askTicket(this.#model, ticket);
    if (asked) await this.#send(asked.action, asked.path, asked.body);
    if (byKeyboard) focusTicket(ticket.id);
  }

  /** Choose among the tickets of a list that is too long to be shown. */
  async #pick(name, tickets, byKeyboard) {
    if (!this.#ready) return;
    const id = await askWhich(name, tickets);
    const ticket = tickets.find((one) => one.id === id);
    if (ticket) await this.turnTo(ticket, byKeyboard);
  }

  get #ready() {
    return Boolean(this.#model.mine) && !this.#inFlight && !asking() && this.#linked;
  }

  async #send(action, path, body) {
    if (!this.#model.mine || this.#inFlight) return;
    if (!this.#linked) {
      say(word("common.unreachable"), word("counter.desk.not_sent"));
      return;
    }
    this.#inFlight = action;
    hush();
    this.draw();
    const news = this.#model.news;
    try {
      const answer = await call("POST", path, body);
      const { counter, ticket } = answer && "ticket" in answer ? answer : { ticket: answer };
      if (!ticket) {
        say(word("counter.desk.nobody_waits"), "", 4);
      } else {
        // The answer is ahead of the stream; otherwise the stream has told the same, perhaps more, or is about to.
        if (this.#model.news === news) this.#takeAnswer(action, counter, ticket);
        this.#tell(action, ticket);
      }
    } catch (problem) {
      sayProblem(problem);
      if (problem.status >= 400 && problem.status < 500) this.#live.reload();
    } finally {
      this.#inFlight = null;
      this.draw();
    }
  }

  #takeAnswer(action, counter, ticket) {
    if (counter) this.#model.takeCounter(counter);
    this.#model.takeTicket(ticket);
    if (!counter) this.#model.takeStep(this.#model.mine?.id, EVENT_OF[action] ?? action, ticket);
  }

  draw() {
    const counter = this.#model.mine;
    byId("desk").hidden = !counter;
    if (!counter) return;
    const ticket = counter.ticket;
    const state = ticket ? ticket.state : "idle";
    byId("serving").dataset.state = state;
    this.#drawUndo();
    setText(byId("now"), ticket ? ticket.number : word("counter.desk.nobody"));
    setText(byId("service"), ticket?.service_name ?? word(this.#keysOn ? "counter.desk.nobody_hint_key" : "counter.desk.nobody_hint", { key: word("counter.desk.next_key") }));
    setText(byId("state"), this.#stateWords(ticket));
    setText(byId("since"), ticket ? word(state === "serving" ? "counter.desk.since_started" : "counter.desk.since_called") : "");
    this.#tick();
    const waiting = drawWaiting(this.#model, this.#turn);
    setText(byId("next-note"), this.#nextNote(ticket, waiting));
    for (const button of this.#buttons) {
      const action = button.dataset.action;
      button.disabled = !this.#linked || this.#inFlight !== null || !this.#model.allowed(action);
      button.classList.toggle("jade", (action === "start" || action === "complete") && this.#model.allowed(action));
      button.toggleAttribute("aria-busy", this.#inFlight === action);
    }
    setText(byId("then"), this.#thenWords(ticket));
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
    if (!byId("undo").hidden) this.#drawUndo();
  }

  /** The last step may be taken back for some seconds; after that the button goes. */
  #drawUndo() {
    const step = this.#model.undo;
    if (!step && byId("undo").contains(document.activeElement)) this.#leadFocus = true;
    byId("undo").hidden = step === null;
    if (!step) return;
    setText(byId("undo-what"), word(`counter.undo.${step.event}`, { number: step.number }));
    setText(byId("undo-left"), word("counter.undo.seconds", { n: Math.ceil((Date.parse(step.until) - now()) / 1000) }));
  }

  #thenWords(ticket) {
    const names = new Map(this.#model.services.map((service) => [service.id, service.name]));
    const then = (ticket?.then ?? []).map((id) => names.get(id) ?? id);
    const parts = [];
    if (ticket?.priority_name) parts.push(word("counter.desk.priority", { name: ticket.priority_name }));
    if (then.length) parts.push(word("counter.desk.then", { services: then.join(", ") }));
    return parts.join(" · ");
  }

  #tell(action, ticket) {
    const values = { number: ticket?.number ?? "", n: ticket?.call_count ?? "" };
    announce(word(`counter.live.${action.replaceAll("-", "_")}`, values));
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
    if (event.repeat || event.ctrlKey || event.altKey || event.metaKey || asking() || !this.#model.mine) return;
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
