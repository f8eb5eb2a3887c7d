// Signing in and out, the same on every page of the staff.

import { call } from "./api.js";
import { showLink } from "./banner.js";
import { byId, setText } from "./dom.js";
import { failureWords, word } from "./words.js";

const AGAIN_MS = 1500;

/** Who is signed in: {login, name, role}, or null. Throws Problem when the centre does not answer. */
async function whoAmI() {
  try {
    const answer = await call("GET", "/session");
    return answer.officer ?? answer;
  } catch (problem) {
    if (problem.status === 401 || problem.status === 403) return null;
    throw problem;
  }
}

/** Show the form until somebody signs in; resolves to {login, name, role}. `note` says why it is shown. */
function askToSignIn(note = "") {
  const view = byId("sign-in");
  const form = view.querySelector("form");
  const button = form.querySelector("button");
  const complaint = view.querySelector("[role=alert]");
  const complain = (text) => {
    complaint.textContent = text;
    complaint.hidden = !text;
  };
  view.hidden = false;
  complain(note);
  form.login.focus();
  return new Promise((resolve) => {
    form.onsubmit = async (event) => {
      event.preventDefault();
      const login = form.login.value.trim();
      const password = form.password.value;
      form.login.setAttribute("aria-invalid", String(!login));
      form.password.setAttribute("aria-invalid", String(Boolean(login) && !password));
      if (!login || !password) {
        complain(word(login ? "sign_in.password_missing" : "sign_in.login_missing"));
        (login ? form.password : form.login).focus();
        return;
      }
      if (button.disabled) return;
      button.disabled = true;
      setText(button, word("sign_in.checking"));
      try {
        const { officer } = await call("POST", "/session", { login, password });
        form.reset();
        view.hidden = true;
        resolve(officer);
      } catch (problem) {
        const words = failureWords(problem.code);
        complain(problem.unreachable ? word("common.link_lost") : `${words.cause} ${words.remedy}`);
        form.password.select();
        form.password.focus();
      } finally {
        button.disabled = false;
        setText(button, word("sign_in.submit"));
      }
    };
  });
}

/** End the session; an unreachable centre does not keep anybody on the page. */
async function signOut() {
  await call("DELETE", "/session").catch(() => null);
}

/**
 * The way into and out of a page that is for some `roles`. `live` is the page's; clear() forgets what the page showed;
 * wrongRole() gives what is said to anybody of another role.
 */
export class Door {
  #roles;
  #live;
  #clear;
  #wrongRole;

  constructor({ roles, live, clear, wrongRole }) {
    this.#roles = roles;
    this.#live = live;
    this.#clear = clear;
    this.#wrongRole = wrongRole;
  }

  /** First look: who is signed in, if anybody. Tries until the centre answers. */
  async begin() {
    for (;;) {
      try {
        const me = await whoAmI();
        if (this.#roles.includes(me?.role)) this.#live.join();
        else this.ask(me ? this.#wrongRole() : "");
        return;
      } catch {
        showLink(true);
        await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
      }
      showLink(false);
    }
  }

  /** Nobody sees the page until somebody of its roles has signed in. `note` says why the form is shown. */
  async ask(note = "") {
    this.#clear();
    showLink(false);
    byId("shell").hidden = true;
    const officer = await askToSignIn(note);
    if (!this.#roles.includes(officer.role)) {
      await signOut();
      this.ask(this.#wrongRole());
      return;
    }
    this.#live.signedIn();
  }

  /** Sign out and show the form again. */
  async leave() {
    await signOut();
    this.#live.signedOut();
    this.ask();
  }
}
