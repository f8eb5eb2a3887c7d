// What people say of the service: shares by face, aspect and day, what they wrote, how soon officers came to help.

import { call } from "../api.js";
import { sayProblem } from "../banner.js";
import { now } from "../clock.js";
import { byId, make, setText } from "../dom.js";
import { word } from "../words.js";
import { face } from "./face.js";

const DAYS = { day: 1, week: 7, month: 30 };
const FACES = [5, 4, 3, 2, 1];
const DAY_MS = 86_400_000;
const isoDay = new Intl.DateTimeFormat("en-CA", { timeZone: "Asia/Ho_Chi_Minh" }); // YYYY-MM-DD

const sum = (faces) => faces.reduce((all, one) => all + one, 0);
const content = (faces) => faces[3] + faces[4];
const percent = (faces) => Math.round((100 * content(faces)) / sum(faces));
const shortDay = (day) => day.split("-").reverse().slice(0, 2).join("/");

export class Satisfaction {
  #period = "week";
  #told = null;
  #help = null;
  #opened = new Map(); // whole texts that were asked for, until the view is left
  #drawn = "";

  constructor(reload) {
    for (const button of document.querySelectorAll("[data-period]")) {
      button.addEventListener("click", () => {
        this.#period = button.dataset.period;
        this.#drawPeriods();
        reload();
      });
    }
  }

  get #span() {
    return `from=${isoDay.format(now() - (DAYS[this.#period] - 1) * DAY_MS)}&to=${isoDay.format(now())}`;
  }

  async load() {
    [this.#told, this.#help] = await Promise.all([call("GET", `/ratings?${this.#span}`), call("GET", `/help-calls/times?${this.#span}`)]);
  }

  /** Forget all that was read. */
  clear() {
    this.#told = null;
    this.#opened.clear();
    this.#drawn = "";
    byId("written").replaceChildren();
  }

  draw(linked) {
    this.#drawPeriods();
    if (!this.#told) return;
    const shown = JSON.stringify([this.#told, this.#help, linked, [...this.#opened]]);
    if (shown === this.#drawn) return;
    this.#drawn = shown;
    const { faces, total, aspects, days, words } = this.#told;
    setText(byId("share"), total ? `${percent(faces)}%` : "");
    setText(byId("share-note"), total ? `${word("head.ratings.satisfied")} ${word("head.ratings.of", { n: total })}` : word("head.ratings.none"));
    this.#drawDays(days);
    byId("faces").replaceChildren(...FACES.map((one) => faceLine(one, faces[one - 1], total)));
    byId("aspects").replaceChildren(...aspects.map(aspectLine));
    setText(byId("help-times"), helpWords(this.#help));
    setText(byId("words-note"), word("head.ratings.words_note", { days: this.#told.words_kept_days }));
    for (const format of ["csv", "json"]) byId(format).href = `/api/v1/ratings/export?${this.#span}&format=${format}`;
    const held = document.activeElement?.dataset?.open;
    byId("written").replaceChildren(
      ...(words.length ? words.map((one) => this.#written(one, linked)) : [make("li", { class: "quiet", text: word("head.ratings.words_none") })]),
    );
    if (held) byId("written").querySelector(`[data-open="${CSS.escape(held)}"]`)?.focus();
  }

  #drawPeriods() {
    for (const button of document.querySelectorAll("[data-period]")) button.setAttribute("aria-pressed", String(button.dataset.period === this.#period));
  }

  #drawDays(days) {
    const most = Math.max(1, ...days.map(({ faces }) => sum(faces)));
    byId("days").hidden = this.#period === "day";
    byId("days").setAttribute("aria-label", `${word("head.ratings.days_heading")}: ${days.map(dayWords).join("; ")}`);
    byId("days").replaceChildren(...days.map((one) => {
      const height = (n) => `height:${(100 * n) / most}%`;
      const good = make("i");
      const other = make("i");
      good.style.cssText = height(content(one.faces));
      other.style.cssText = height(sum(one.faces) - content(one.faces));
      const label = days.length <= DAYS.week ? make("span", { text: shortDay(one.day) }) : null;
      return make("span", { class: "day", title: dayWords(one) }, make("b", {}, good, other), label);
    }));
  }

  #written(one, linked) {
    const whole = this.#opened.get(one.id);
    const about = [shortDay(one.day), word(`head.face.${one.face}`), one.aspect && word(`head.aspect.${one.aspect}`), one.service_name];
    return make(
      "li", {},
      make("p", { class: "about" }, face(one.face), make("span", { text: about.filter(Boolean).join(" · ") })),
      make("p", { class: "text", text: whole?.words ?? one.words }),
      whole?.contact ? make("p", { class: "contact", text: word("head.ratings.contact", { contact: whole.contact }) }) : null,
      one.hidden
        ? make("button", {
          class: "button", type: "button", "data-open": one.id, disabled: !linked && !whole, title: word("head.ratings.show_hint"),
          text: word(whole ? "head.ratings.hide" : "head.ratings.show"), onclick: () => this.#turn(one.id),
        })
        : null,
    );
  }

  async #turn(id) {
    if (!this.#opened.delete(id)) {
      try {
        this.#opened.set(id, await call("POST", `/ratings/${id}/open`));
      } catch (problem) {
        sayProblem(problem);
      }
    }
    this.draw(true);
  }
}

function bar(share, number) {
  const filled = make("i");
  filled.style.width = `${share}%`;
  return make("div", { class: "bar", "data-face": number }, filled);
}

function faceLine(number, votes, total) {
  const share = total ? (100 * votes) / total : 0;
  return make(
    "li", {}, face(number), make("span", { text: word(`head.face.${number}`) }), bar(share, number),
    make("span", { class: "votes", text: `${word("head.ratings.votes", { n: votes })} · ${Math.round(share)}%` }),
  );
}

function aspectLine({ aspect, faces }) {
  const all = sum(faces);
  const told = all ? `${word("head.ratings.votes", { n: all })} · ${percent(faces)}%` : word("head.ratings.aspect_none");
  return make(
    "li", {}, make("span", { text: word(`head.aspect.${aspect}`) }), bar(all ? percent(faces) : 0),
    make("span", { class: all ? "votes" : "votes quiet", text: told }),
  );
}

const dayWords = ({ day, faces }) => word("head.ratings.day_note", { day: shortDay(day), n: sum(faces), share: percent(faces) });

function helpWords({ calls, answered, median_seconds: middle, longest_seconds: longest }) {
  if (!calls) return word("head.ratings.help_none");
  const counts = word("head.ratings.help_note", { n: calls, answered });
  if (middle === null) return `${counts}.`;
  return `${counts}. ${word("head.ratings.help_median", { time: duration(middle) })}, ${word("head.ratings.help_longest", { time: duration(longest) })}.`;
}

function duration(seconds) {
  const whole = Math.round(seconds);
  if (whole < 60) return word("head.ratings.seconds", { n: whole });
  return word("head.ratings.minutes_seconds", { m: Math.floor(whole / 60), s: whole % 60 });
}
