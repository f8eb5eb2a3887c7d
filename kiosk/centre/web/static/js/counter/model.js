// What the officer's page knows of the queue. No elements, no network: snapshot and events in, answers out.

const ACTIVE = new Set(["called", "serving"]);

/** Which buttons a counter's state allows. */
const ALLOWED = {
  open_idle: ["call-next"],
  calling: ["recall", "start", "no-show"],
  serving: ["complete"],
};

export class QueueModel {
  me = null;
  services = [];
  /** How often events or a whole state were taken over: tells whether anything came since a request was sent. */
  news = 0;
  #counters = new Map();
  #waiting = new Map();

  /** Take over a whole state read from the centre. */
  replace({ me, services, counters, waiting }) {
    this.news += 1;
    this.me = me;
    this.services = services;
    this.#counters = new Map(counters.map((counter) => [counter.id, counter]));
    this.#waiting = new Map(waiting.map((ticket) => [ticket.id, ticket]));
  }

  /** Change the state by one event; doing it twice changes nothing. False: the state must be read anew. */
  apply({ type, data }) {
    this.news += 1;
    if (type === "counter.opened") return false; // the event does not tell who sits there
    if (type === "counter.closed") this.takeCounter({ id: data.counter.id, state: "closed", officer: null, ticket: null });
    if (type === "form.attached") this.#takeForm(data.ticket_id, data.at);
    if (data.ticket) this.takeTicket(data.ticket);
    return true;
  }

  #takeForm(ticketId, at) {
    const known = this.#waiting.get(ticketId) ?? this.counters.find((counter) => counter.ticket?.id === ticketId)?.ticket;
    if (known) this.takeTicket({ ...known, form: { ...known.form, attached_at: at } });
  }

  takeTicket(ticket) {
    if (ticket.state === "waiting") this.#waiting.set(ticket.id, ticket);
    else this.#waiting.delete(ticket.id);
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

  get counters() {
    return [...this.#counters.values()].sort((one, other) => one.number - other.number);
  }

  /** The counter this officer holds, or null. */
  get mine() {
    const login = this.me?.login;
    return this.counters.find((counter) => counter.state !== "closed" && counter.officer?.login === login) ?? null;
  }

  allowed(action) {
    return (ALLOWED[this.mine?.state] ?? []).includes(action);
  }

  /** Queues as this counter sees them: {id, name, tickets oldest first}, its own first in its own order. */
  queues() {
    const ids = (this.mine?.services ?? []).map((service) => service.id ?? service);
    const queue = (service) => ({
      id: service.id,
      name: service.name,
      tickets: [...this.#waiting.values()]
        .filter((ticket) => ticket.service === service.id)
        .sort((one, other) => one.issued_at.localeCompare(other.issued_at) || one.sequence - other.sequence),
    });
    const known = new Map(this.services.map((service) => [service.id, service]));
    return {
      own: ids.filter((id) => known.has(id)).map((id) => queue(known.get(id))),
      others: this.services.filter((service) => !ids.includes(service.id)).map(queue),
    };
  }
}
