// The list of who waits, service by service.

import { secondsSince } from "../clock.js";
import { byId, make } from "../dom.js";
import { word } from "../words.js";

const SHOWN = 4;

export function drawWaiting(model) {
  const { own, others } = model.queues();
  const items = own.map(({ id, name, tickets }) =>
    make(
      "li", { class: tickets.length ? "queue" : "queue empty", "data-service": id },
      make(
        "div", { class: "queue-head" },
        make("span", { text: name }),
        tickets.length
          ? make("span", { class: "number", text: tickets.length })
          : make("span", { text: word("counter.waiting.none") }),
      ),
      tickets.length ? make("ol", { class: "queue-numbers" }, ...tickets.slice(0, SHOWN).map(line)) : null,
      tickets.length > SHOWN ? make("p", { class: "quiet", text: word("counter.waiting.more", { n: tickets.length - SHOWN }) }) : null,
    ),
  );
  const elsewhere = others.filter(({ tickets }) => tickets.length);
  if (elsewhere.length) {
    items.push(
      make(
        "li", { class: "others" },
        make("p", { text: word("counter.waiting.other") }),
        make("ul", {}, ...elsewhere.map(({ name, tickets }) =>
          make("li", {}, make("span", { text: name }), make("span", { class: "number", text: tickets.length })))),
      ),
    );
  }
  byId("waiting").replaceChildren(...items);
  return own.reduce((sum, { tickets }) => sum + tickets.length, 0);
}

function line(ticket) {
  const minutes = Math.floor(secondsSince(ticket.issued_at) / 60);
  return make(
    "li", {},
    make("span", { class: "number", text: ticket.number }),
    make("span", { text: word("counter.waiting.wait_minutes", { n: minutes }) }),
  );
}
