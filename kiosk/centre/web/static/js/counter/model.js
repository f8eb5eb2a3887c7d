// What the officer's page knows of the queue. No elements, no network: snapshot and events in, answers out.

import { now } from "../clock.js";

const ACTIVE = new Set(["called", "serving"]);
/** States of tickets that the page lists: they are not at a counter and may come back. */
export const LISTED = ["waiting", "parked", "no_show"];
/** What the journal's entries are called as events of a ticket, where it is not the entry's own name. */
const EVENTS = {
  "ticket.called": "call", "ticket.started": "start", "ticket.completed": "complete", "ticket.next_service": "complete",
  "ticket.parked": "park", "ticket.returned": "return", "ticket.transferred": "transfer", "ticket.no_show": "no_show",
  "ticket.rejoined": "rejoin", "ticket.cancelled": "cancel", "ticket.prioritised": "prioritise", "ticket.service_added": "add_service",
};

/** Which buttons a counter's state allows. */
const ALLOWED = {
  open_idle: ["call-next"],
  calling: ["recall", "start", "no-show", "park", "transfer"],
  serving: ["complete", "park", "transfer", "add-service"],
};

export class QueueModel {
  me = null;
  services = [];
  rules = { park_reasons: [], priorities: [], grace_minutes: 0 };
  /** How often events or a whole state were taken over: tells whether anything came since a request was sent. */
  news = 0;
  #counters = new Map();
  #listed = new Map(LISTED.map((state) => [state, new Map()]));

  /** Take over a whole state read from the centre; `tickets` are those of the listed states. */
  replace({ me, services, counters, tickets, rules }) {
    this.news += 1;
    this.me = me;
    this.services = services;
    this.rules = rules;
    this.#counters = new Map(counters.map((counter) => [counter.id, counter]));
    for (const [state, list] of this.#listed) {
      list.clear();
      tickets.filter((ticket) => ticket.state === state).forEach((ticket) => list.set(ticket.id, ticket));
    }
  }

  /** Change the state by one event; doing it twice changes nothing. False: the state must be read anew. */
  apply({ type, data }) {
    this.news += 1;
    if (type === "counter.opened") return false; // the event does not tell who sits there
    if (type === "counter.closed") this.takeCounter({ id: data.counter.id, state: "closed", officer: null, ticket: null, undo: null });
    if (type === "form.attached") this.#takeForm(data.ticket_id, data.at);
    if (data.ticket) this.takeTicket(data.ticket);
    if (data.ticket && data.counter) this.takeStep(data.counter.id, EVENTS[type], data.ticket);
    return type !== "ticket.undone"; // an earlier step may be the one to take back now
  }

  #takeForm(ticketId, at) {
    const listed = [...this.#listed.values()].map((list) => list.get(ticketId)).find(Boolean);
    const known = listed ?? this.counters.find((counter) => counter.ticket?.id === ticketId)?.ticket;
    if (known) this.takeTicket({ ...known, form: { ...known.form, attached_at: at } });
  }

  takeTicket(ticket) {
    for (const [state, list] of this.#listed) {
      if (state === ticket.state) list.set(ticket.id, ticket);
      else list.delete(ticket.id);
    }
    const active = ACTIVE.has(ticket.state);
    for (const counter of this.#counters.values()) {
      const here = active && ticket.counter?.id === counter.id;
      if (here) this.takeCounter({ id: counter.id, ticket, state: ticket.state === "called" ? "calling" : "serving" });
      else if (counter.ticket?.id === ticket.id) this.takeCounter({ id: counter.id, ticket: null, state: "open_idle" });
    }
  }

  takeCounter(counter) {
    const known = this.#counters.get(counter.id);
    if (known) this.#counters.set(counter.id, { ...known, ...counter });
  }

  /** What was done at a counter may be taken back there for a while; a recall ends that. */
  takeStep(counterId, event, ticket) {
    if (ticket.undo_until && event) {
      this.takeCounter({ id: counterId, undo: { event, ticket: ticket.id, number: ticket.number }, undo_until: ticket.undo_until });
    } else if (this.#counters.get(counterId)?.undo?.ticket === ticket.id) {
      this.takeCounter({ id: counterId, undo: null, undo_until: null });
    }
  }

  get counters() {
    return [...this.#counters.values()].sort((one, other) => one.number - other.number);
  }

  /** The counter this officer holds, or null. */
  get mine() {
    const login = this.me?.login;
    return this.counters.find((counter) => counter.state !== "closed" && counter.officer?.login === login) ?? null;
  }

  allowed(action) {
    if (action === "undo") return this.undo !== null;
    return (ALLOWED[this.mine?.state] ?? []).includes(action);
  }

  /** What may be taken back at this counter now: {event, ticket, number, until}, or null. */
  get undo() {
    const mine = this.mine;
    if (!mine?.undo || !(Date.parse(mine.undo_until) > now())) return null;
    // A ticket cannot come back to a counter that has another one meanwhile.
    const comesBack = ["start", "complete", "park", "transfer", "no_show"].includes(mine.undo.event);
    if (comesBack && mine.ticket && mine.ticket.id !== mine.undo.ticket) return null;
    return { ...mine.undo, until: mine.undo_until };
  }

  /** Until when a missed ticket may be called by hand, in milliseconds. */
  #graceEnd(ticket) {
    return Date.parse(ticket.ended_at) + this.rules.grace_minutes * 60_000;
  }

  /** Whether this counter may call a ticket that waits or is aside. */
  #mayCall(ticket) {
    const mine = this.mine;
    if (!mine) return false;
    if (ticket.reserved_counter) return ticket.reserved_counter === mine.id;
    return mine.services.includes(ticket.service) || ticket.counter?.id === mine.id;
  }

  #of(state) {
    return [...this.#listed.get(state).values()].sort(byPlace);
  }

  /** Tickets set aside, the next to come back first, and those missed a short while ago, the newest first. */
  aside() {
    const back = (ticket) => (ticket.parked_until ? Date.parse(ticket.parked_until) : Infinity);
    return {
      parked: this.#of("parked").filter((ticket) => this.#mayCall(ticket)).sort((one, other) => back(one) - back(other) || 0),
      missed: this.#of("no_show")
        .filter((ticket) => this.#mayCall(ticket) && this.#graceEnd(ticket) > now())
        .map((ticket) => ({ ...ticket, grace_end: this.#graceEnd(ticket) }))
        .sort((one, other) => other.grace_end - one.grace_end),
    };
  }

  /** Queues as this counter sees them: {id, name, tickets oldest first}, its own first in its own order. */
  queues() {
    const ids = this.mine?.services ?? [];
    const waiting = this.#of("waiting");
    const sentHere = waiting.filter((ticket) => ticket.reserved_counter && ticket.reserved_counter === this.mine?.id);
    const queue = (service) => ({
      id: service.id,
      name: service.name,
      tickets: waiting.filter((ticket) => ticket.service === service.id && !ticket.reserved_counter),
    });
    const known = new Map(this.services.map((service) => [service.id, service]));
    return {
      sentHere,
      own: ids.filter((id) => known.has(id)).map((id) => queue(known.get(id))),
      others: this.services.filter((service) => !ids.includes(service.id)).map(queue),
    };
  }
}

const byPlace = (one, other) => one.queued_at.localeCompare(other.queued_at) || one.sequence - other.sequence;
