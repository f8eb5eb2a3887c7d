// The calm line above a page: the state of the link stays, an answer to a press goes by itself.

import { make } from "./dom.js";
import { failureWords, word } from "./words.js";

let link = null;
let message = null;
let timer = null;

/** Show or take away "no connection". */
export function showLink(lost, text = word("common.link_lost")) {
  if (lost && !link) {
    message?.remove();
    link = make("div", { class: "banner", role: "status", "data-link": "lost", text });
    document.body.append(link);
  } else if (!lost && link) {
    link.remove();
    link = null;
  }
}

/** Say something for a while: a heading and, smaller, what to do. */
export function say(text, small = "", seconds = 7) {
  hush();
  message = make(
    "div", { class: "banner", role: "alert" },
    make("div", {}, make("span", { text }), small ? make("span", { class: "small", text: small }) : null),
    make("button", { type: "button", "aria-label": word("common.close_message"), text: "×", onclick: hush }),
  );
  document.body.append(message);
  timer = setTimeout(hush, seconds * 1000);
}

export function hush() {
  clearTimeout(timer);
  message?.remove();
  message = null;
}

/** Say why the centre refused, in the words of its code. */
export function sayProblem(problem) {
  if (problem.unreachable) {
    say(word("common.unreachable"), word("common.unreachable_do"), 12);
    return;
  }
  const words = failureWords(problem.code);
  say(words.cause, words.remedy, 12);
}
