// The list of counters: where to sit, and who sits where.

import { call } from "../api.js";
import { sayProblem } from "../banner.js";
import { byId, make } from "../dom.js";
import { word } from "../words.js";

let opening = false;

export function drawChoice(model, { linked, opened }) {
  const names = new Map(model.services.map((service) => [service.id, service.name]));
  const list = byId("counters");
  const held = document.activeElement?.dataset?.counter;
  list.replaceChildren(
    ...model.counters.map((counter) => {
      const taken = counter.state !== "closed" && counter.officer !== null;
      const services = counter.services.map((service) => service.name ?? names.get(service.id ?? service) ?? "");
      return make(
        "li", {},
        make(
          "button",
          { class: "button", type: "button", "data-counter": counter.id, disabled: Boolean(counter.ticket) || !linked || opening, "data-taken": taken, onclick: () => open(counter, opened) },
          make("span", { class: "number", text: counter.number, "aria-hidden": "true" }),
          make(
            "span", { class: "words" },
            make("strong", { text: taken ? word("counter.state_taken", { name: counter.officer.name }) : word("counter.open_it", { number: counter.number }) }),
            make("span", { text: services.filter(Boolean).join(" · ") }),
          ),
        ),
      );
    }),
  );
  if (held) list.querySelector(`[data-counter="${CSS.escape(held)}"]`)?.focus();
}

async function open(counter, opened) {
  if (opening) return;
  opening = true;
  try {
    opened(await call("POST", `/counters/${counter.id}/open`));
  } catch (problem) {
    sayProblem(problem);
    opened(null);
  } finally {
    opening = false;
  }
}
