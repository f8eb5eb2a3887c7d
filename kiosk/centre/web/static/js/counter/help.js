// Somebody at a kiosk needs help: a line above the desk, a soft sound, the title; gone when one officer goes.

import { call } from "../api.js";
import { say, sayProblem } from "../banner.js";
import { secondsSince, stopwatch } from "../clock.js";
import { announce, byId, make, setText } from "../dom.js";
import { Bell } from "../bell.js";
import { machineWords } from "../machines.js";
import { optionalWord, word } from "../words.js";

const MOST_LINES = 2; // the desk below keeps its room
const SVG = "http://www.w3.org/2000/svg";
const HAND = "M12 2a10 10 0 1 0 0 20 10 10 0 0 0 0-20Zm0 2a8 8 0 1 1 0 16 8 8 0 0 1 0-16Zm-1 3v7h2V7h-2Zm0 9v2h2v-2h-2Z";

export class HelpBar {
  #calls = new Map();
  #bell = new Bell();
  #mine;
  #changed;
  #sending = new Set();
  #linked = true;
  #drawn = "";

  constructor({ mine, changed }) {
    this.#mine = mine;
    this.#changed = changed;
    setInterval(() => this.#tick(), 1000);
  }

  /** Whether somebody waits for help. */
  get asked() {
    return this.#calls.size > 0;
  }

  /** Take over the open calls as the centre tells them. */
  replace(calls) {
    const fresh = calls.some(({ id }) => !this.#calls.has(id));
    this.#calls = new Map(calls.map((one) => [one.id, one]));
    this.#ring(fresh);
  }

  /** Change the calls by one event; doing it twice changes nothing. */
  apply({ type, data }) {
    const told = data.help_call;
    if (!told) return;
    if (type === "help.called") {
      const fresh = !this.#calls.has(told.id);
      this.#calls.set(told.id, told);
      if (fresh) announce(word("help.live_called", { kiosk: machineWords(told.kiosk) }));
      this.#ring(fresh);
    } else if (this.#calls.delete(told.id)) {
      announce(word("help.live_answered", { kiosk: machineWords(told.kiosk) }));
      this.#ring(false);
    }
  }

  #ring(fresh) {
    if (!this.asked) this.#bell.still();
    else if (fresh) this.#bell.ring();
  }

  draw(linked) {
    this.#linked = linked;
    const calls = [...this.#calls.values()].sort((one, other) => one.at.localeCompare(other.at));
    byId("help").hidden = !this.asked;
    const shown = JSON.stringify([calls.map(({ id }) => id), linked, [...this.#sending]]);
    if (shown !== this.#drawn) {
      this.#drawn = shown;
      const held = document.activeElement?.dataset?.help;
      byId("help-calls").replaceChildren(...calls.slice(0, MOST_LINES).map((one) => this.#line(one)));
      if (held) byId("help-calls").querySelector(`[data-help="${CSS.escape(held)}"]`)?.focus();
    }
    byId("help-more").hidden = calls.length <= MOST_LINES;
    setText(byId("help-more"), word("help.more", { n: calls.length - MOST_LINES }));
    this.#tick();
  }

  #line(one) {
    return make(
      "li", {}, icon(),
      make(
        "div", {},
        make("p", { class: "what", text: word("help.called", { kiosk: machineWords(one.kiosk) }) }),
        make("p", { class: "where-note", text: notes(one) }),
      ),
      make("p", { class: "waited", "data-since": one.at }),
      make("button", {
        class: "button", type: "button", "data-help": one.id, disabled: !this.#linked || this.#sending.has(one.id),
        text: word("help.come"), onclick: () => this.#go(one),
      }),
    );
  }

  #tick() {
    for (const line of byId("help-calls").querySelectorAll("[data-since]")) {
      setText(line, word("help.waited", { time: stopwatch(secondsSince(line.dataset.since)) }));
    }
  }

  async #go(one) {
    if (this.#sending.has(one.id)) return;
    this.#sending.add(one.id);
    this.draw(this.#linked);
    try {
      const answer = await call("POST", `/help-calls/${one.id}/answer`);
      this.#calls.delete(one.id);
      this.#ring(false);
      this.#tell(one, answer);
    } catch (problem) {
      sayProblem(problem);
    } finally {
      this.#sending.delete(one.id);
      this.#changed();
    }
  }

  /** Whether this officer goes, or another one was quicker. */
  #tell(one, answer) {
    const by = answer.answered_by;
    if ((by?.id ?? null) === (this.#mine()?.id ?? null)) {
      say(word("help.on_the_way", { kiosk: machineWords(one.kiosk) }), "", 5);
    } else say(by ? word("help.taken", { number: by.number }) : word("help.taken_elsewhere"));
  }
}

/** The screen in words, and the language where it is not Vietnamese. */
function notes({ screen, language }) {
  const shown = optionalWord(`help.screen.${screen}`);
  const spoken = optionalWord(`help.language.${(language ?? "").split("-")[0]}`);
  const parts = [shown && word("help.screen_note", { screen: shown }), spoken && word("help.language_note", { language: spoken })];
  return parts.filter(Boolean).join(" · ");
}

function icon() {
  const drawing = document.createElementNS(SVG, "svg");
  drawing.setAttribute("viewBox", "0 0 24 24");
  drawing.setAttribute("aria-hidden", "true");
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", HAND);
  path.setAttribute("fill", "currentColor");
  drawing.append(path);
  return drawing;
}
