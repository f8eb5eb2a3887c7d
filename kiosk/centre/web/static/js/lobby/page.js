// /lobby: the virtual lobby as a thing to play with.

import { call } from "../api.js";
import { say, showLink } from "../banner.js";
import { byId, make, setText } from "../dom.js";
import { optionalWord, word } from "../words.js";
import { Picture } from "./picture.js";

const control = (method, path, body) => call(method, path, body, { base: "/lobby/api", seconds: 10 });
let drawn = "";

/** A word and, below it and smaller, the same in English. */
const both = (path, english = optionalWord(`${path}_en`)) =>
  make("span", {}, make("span", { class: "vi", text: word(path) }), make("span", { class: "en", lang: "en", text: english ?? "" }));

async function act(method, path, body) {
  try {
    await control(method, path, body);
  } catch (problem) {
    say(word("lobby.refused"), problem.detail || word("lobby.refused_en"));
  }
  await look();
}

async function look() {
  let state;
  try {
    state = await control("GET", "/state");
  } catch {
    showLink(true, `${word("lobby.link_lost")} · ${word("lobby.link_lost_en")}`);
    return;
  }
  showLink(false);
  pictures.kiosk.natural = state.kiosk ?? pictures.kiosk.natural;
  pictures.ceiling.natural = state.ceiling ?? pictures.ceiling.natural;
  pictures.ticket.wanted = (state.printer?.jobs ?? 0) > 0;
  const now = JSON.stringify(state);
  if (now === drawn) return;
  drawn = now;
  drawCitizens(state);
  drawPrinter(state);
  drawDevices(state.devices ?? {});
  drawAccounts(state.accounts ?? []);
}

function drawCitizens({ card, citizens, devices = {} }) {
  byId("citizens").replaceChildren(
    ...citizens.map((citizen) => {
      const on = citizen.name === card;
      return make(
        "li", { class: on ? "citizen on" : "citizen", "data-citizen": citizen.name },
        make("p", {}, make("strong", { text: citizen.label }), citizen.hint ? make("span", { class: "quiet", text: ` ${word("lobby.can", { can: citizen.hint })}` }) : null),
        make(
          "div", { class: "row" },
          make("button", { class: "button", type: "button", disabled: on, onclick: () => act("POST", "/card", { name: citizen.name }) }, both(on ? "lobby.on_reader" : "lobby.lay")),
          citizen.qr
            ? make("button", { class: "button", type: "button", disabled: devices.scanner === "broken", onclick: () => act("POST", "/scan", { text: citizen.qr }) }, both("lobby.scan"))
            : null,
        ),
      );
    }),
  );
  byId("take-off").disabled = card === null;
}

/** With whom to sign in on the other pages: [{login, password}]. */
function drawAccounts(accounts) {
  byId("accounts").replaceChildren(
    ...(accounts.length ? [both("lobby.accounts")] : []),
    make("div", {}, ...accounts.map((account) => make("p", { class: "number", text: word("lobby.account", account) }))),
  );
}

function drawPrinter({ printer, sound }) {
  const counts = [];
  if (printer) counts.push(word("lobby.jobs", { n: printer.jobs }));
  if (sound) counts.push(`${word("lobby.sound")}: ${word("lobby.plays", { n: sound.plays })}`);
  setText(byId("counts"), counts.join(" · "));
  byId("switches").replaceChildren(
    ...(printer?.switches ?? []).map((name) =>
      make(
        "button",
        { class: "button", type: "button", "data-switch": name, "aria-pressed": String(printer.state === name), onclick: () => act("POST", "/printer", { state: name }) },
        optionalWord(`lobby.switch.${name}`) ? both(`lobby.switch.${name}`) : make("span", { text: name }),
      ),
    ),
  );
}

/** The other devices: each says how it is; a press breaks it, another mends it. */
function drawDevices(devices) {
  byId("devices").replaceChildren(
    ...Object.entries(devices).map(([name, state]) =>
      make(
        "button",
        {
          class: "button", type: "button", "data-device": name, "data-state": state,
          onclick: () => act("POST", "/device", { name, state: state === "ok" ? "broken" : "ok" }),
        },
        both(`lobby.device.${name}.${state}`),
      ),
    ),
  );
}

byId("take-off").addEventListener("click", () => act("DELETE", "/card"));

const pictures = Object.fromEntries([...document.querySelectorAll("[data-picture]")].map((glass) => [glass.dataset.picture, new Picture(glass)]));
pictures.kiosk.onTap((x, y, hold) => act("POST", "/touch", { x, y, hold }));

(async function follow() {
  for (;;) {
    if (!document.hidden) await look();
    await new Promise((resolve) => setTimeout(resolve, 1000));
  }
})();
