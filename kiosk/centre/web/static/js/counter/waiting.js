// The lists of who waits, service by service, and of those who are aside: set aside, missed, or sent here.

import { hourMinute, secondsSince } from "../clock.js";
import { byId, make } from "../dom.js";
import { word } from "../words.js";

const MOST = 8; // tickets of one queue that are listed without asking
/**
 * Draw the lists. turn.to(ticket, byKeyboard) is what a press on a ticket does, turn.pick(name, tickets, byKeyboard)
 * one on a list that is too long. Returns how many this counter may call.
 */
export function drawWaiting(model, turn) {
  const { own, others, sentHere } = model.queues();
  const { parked, missed } = model.aside();
  const held = document.activeElement?.dataset;
  const focused = held?.ticket ? `[data-ticket="${CSS.escape(held.ticket)}"]` : held?.more ? `[data-more="${CSS.escape(held.more)}"]` : null;

  const groups = [
    ["sent_here", sentHere, waitedFor],
    ["parked", parked, backAt],
    ["missed", missed, (ticket) => word("counter.aside.kept_until", { time: hourMinute(ticket.grace_end) })],
  ].filter(([, tickets]) => tickets.length);
  byId("aside").hidden = !groups.length;
  fill(byId("aside"), groups.length, (most) =>
    groups.map(([kind, tickets, note], at) => group({ "data-aside": kind }, word(`counter.aside.${kind}`), tickets, most(at), note, turn)));

  const elsewhere = others.filter(({ tickets }) => tickets.length);
  fill(byId("waiting"), own.length, (most) => [
    ...own.map(({ id, name, tickets }, at) => group({ "data-service": id }, name, tickets, most(at), waitedFor, turn)),
    ...(elsewhere.length ? [otherQueues(elsewhere)] : []),
  ]);
  if (focused) byId("waiting").parentElement.querySelector(focused)?.focus();
  return own.reduce((sum, { tickets }) => sum + tickets.length, sentHere.length);
}

/** Put the focus on a ticket of the lists, if it still stands there. */
export function focusTicket(id) {
  byId("waiting").parentElement.querySelector(`[data-ticket="${CSS.escape(id)}"]`)?.focus();
}

/** How long a ticket has waited, in words. */
export const waitedFor = (ticket) => word("counter.waiting.wait_minutes", { n: Math.floor(secondsSince(ticket.issued_at) / 60) });

const backAt = (ticket) =>
  ticket.parked_until ? word("counter.aside.back_at", { time: hourMinute(ticket.parked_until) }) : word("counter.aside.by_hand");

/**
 * Fill a panel with the parts of `count` queues, each with as many tickets as there is room for without scrolling; where
 * one more is left over for some, the first queues have it. `parts(most)` makes them; most(at): how many the queue shows.
 */
function fill(panel, count, parts) {
  const fits = (lines) => {
    panel.replaceChildren(...parts((at) => Math.floor(lines / count) + (at < lines % count)));
    return panel.scrollHeight <= panel.clientHeight;
  };
  let [least, most] = [count, MOST * count];
  if (fits(most)) return;
  while (most - least > 1) {
    const middle = Math.floor((least + most) / 2);
    if (fits(middle)) least = middle;
    else most = middle;
  }
  fits(least);
}

function group(attributes, name, tickets, most, note, turn) {
  const count = make("span", { class: "number", text: tickets.length });
  const all = { class: "all", type: "button", "data-more": name, "aria-label": word("counter.waiting.all_of", { name, n: tickets.length }), onclick: (event) => turn.pick(name, tickets, event.detail === 0) };
  return make(
    "li", { class: tickets.length ? "queue" : "queue empty", ...attributes },
    make(
      "div", { class: "queue-head" },
      make("span", { class: "name", text: name, title: name }),
      !tickets.length
        ? make("span", { text: word("counter.waiting.none") })
        : tickets.length > most
          ? make("button", all, make("span", { text: word("counter.waiting.all") }), count)
          : count,
    ),
    tickets.length ? make("ol", { class: "queue-numbers" }, ...tickets.slice(0, most).map((ticket) => ticketLine(ticket, note(ticket), turn))) : null,
  );
}

function otherQueues(queues) {
  return make(
    "li", { class: "others" },
    make("p", { text: word("counter.waiting.other") }),
    make("ul", {}, ...queues.map(({ name, tickets }) =>
      make("li", {}, make("span", { text: name }), make("span", { class: "number", text: tickets.length })))),
  );
}

function ticketLine(ticket, note, turn) {
  const more = [ticket.priority_name, ticket.state === "parked" ? ticket.park_reason : null].filter(Boolean);
  return make(
    "li", {},
    make(
      "button",
      {
        type: "button", class: "ticket-line", "data-ticket": ticket.id, title: more.join(" · ") || null,
        onclick: (event) => turn.to(ticket, event.detail === 0),
      },
      make("span", { class: "number", text: ticket.number }),
      ticket.priority ? make("span", { class: "mark", text: word("counter.waiting.priority") }) : null,
      make("span", { class: "note", text: note }),
    ),
  );
}
