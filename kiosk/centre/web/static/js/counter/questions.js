// What the officer is asked before parking, transferring, adding a service, or doing something to a ticket of the lists.

import { ask } from "../dialog.js";
import { word } from "../words.js";
import { waitedFor } from "./waiting.js";

const RETURN_MINUTES = [5, 15, 30, 60];

/** The body of a request for each action that needs to know more, or null when the officer thought better of it. */
export const QUESTIONS = {
  park: askPark,
  transfer: askTransfer,
  "add-service": askService,
};

async function askPark(model) {
  const reasons = model.rules.park_reasons;
  const answer = await ask({
    heading: word("counter.park.heading", { number: model.mine.ticket.number }),
    hint: word("counter.park.hint"),
    groups: [
      reasons.length ? { name: "reason", label: word("counter.park.reason"), options: reasons.map((text) => ({ value: text, text })), chosen: reasons[0], short: reasons.every((text) => text.length < 18) } : null,
      {
        name: "minutes", label: word("counter.park.back"), chosen: "15", short: true,
        options: [
          ...RETURN_MINUTES.map((n) => ({ value: String(n), text: word("counter.park.in_minutes", { n }) })),
          { value: "", text: word("counter.park.by_hand") },
        ],
      },
    ],
    submit: word("counter.park.submit"),
  });
  if (!answer) return null;
  const body = answer.reason ? { reason: answer.reason } : {};
  return answer.minutes ? { ...body, minutes: Number(answer.minutes) } : body;
}

function askTransfer(model) {
  const { number, service } = model.mine.ticket;
  const counters = model.counters.filter((one) => one.id !== model.mine.id && one.state !== "closed");
  return ask({
    heading: word("counter.transfer.heading", { number }),
    hint: word("counter.transfer.hint"),
    groups: [
      { name: "service", label: word("counter.transfer.to_service"), options: services(model, new Set([service])) },
      {
        name: "counter", label: word("counter.transfer.to_counter"),
        options: counters.map((one) => ({ value: one.id, text: word("counter.counter", { number: one.number }), note: one.officer?.name ?? "" })),
      },
    ],
  });
}

function askService(model) {
  const { number, service, then } = model.mine.ticket;
  return ask({
    heading: word("counter.add_service.heading", { number }),
    hint: word("counter.add_service.hint"),
    groups: [{ name: "service", options: services(model, new Set([service, ...then])) }],
  });
}

/** Services that some counter serves, but for those named, as answers. */
function services(model, but) {
  const open = new Set(model.counters.filter((one) => one.state !== "closed").map((one) => one.id));
  return model.services
    .filter((one) => !but.has(one.id) && one.counters.length)
    .map((one) => ({
      value: one.id, text: one.name,
      note: one.counters.some((counter) => open.has(counter.id))
        ? word("counter.transfer.counters", { numbers: one.counters.filter((counter) => open.has(counter.id)).map((counter) => counter.number).join(", ") })
        : word("counter.transfer.no_counter"),
    }));
}

/** The id of one of many tickets, or null. */
export async function askWhich(name, tickets) {
  const options = tickets.map((ticket) => ({ value: ticket.id, text: ticket.number, note: ticket.priority ? word("counter.waiting.priority") : waitedFor(ticket) }));
  const answer = await ask({ heading: name, hint: word("counter.waiting.which"), groups: [{ name: "ticket", options, short: true }] });
  return answer?.ticket ?? null;
}

/** What to do with a ticket of the lists: {action, path, body} below the API, or null. */
export async function askTicket(model, ticket) {
  const { mine } = model;
  const free = !mine.ticket;
  const moves = [{ value: "call", text: word("counter.ticket.call"), note: free ? "" : word("counter.ticket.call_later", { number: mine.ticket?.number }), disabled: !free }];
  if (ticket.state === "parked") moves.push({ value: "return", text: word("counter.ticket.return"), note: word("counter.ticket.place_kept") });
  if (ticket.state === "no_show" && ticket.rejoin_until) moves.push({ value: "rejoin", text: word("counter.ticket.return"), note: word("counter.ticket.place_kept") });
  if (ticket.state !== "no_show") moves.push({ value: "cancel", text: word("counter.ticket.cancel"), note: word("counter.ticket.cancel_note") });
  const answer = await ask({
    heading: word("counter.ticket.heading", { number: ticket.number }),
    hint: [ticket.service_name, ticket.priority_name, ticket.park_reason].filter(Boolean).join(" · "),
    groups: [{ name: "move", options: moves }, ticket.state === "waiting" ? { name: "class", label: word("counter.ticket.priority"), options: classes(model, ticket) } : null],
  });
  if (!answer) return null;
  if (answer.move === "call") return { action: "call", path: `/counters/${mine.id}/call/${ticket.id}` };
  if (answer.move) return { action: answer.move, path: `/tickets/${ticket.id}/${answer.move}` };
  return { action: "prioritise", path: `/tickets/${ticket.id}/prioritise`, body: { class: answer.class || null } };
}

/** The classes of priority that an officer may give, and none. */
function classes(model, ticket) {
  const given = model.rules.priorities.filter((one) => one.sources.includes("officer") && one.id !== ticket.priority);
  const options = given.map((one) => ({ value: one.id, text: one.name }));
  return ticket.priority ? [...options, { value: "", text: word("counter.ticket.no_priority") }] : options;
}
