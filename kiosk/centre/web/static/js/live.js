// What a page of the staff sees of the centre: a state read once, kept true by the events that follow.

import { Feed } from "./feed.js";

/** The tab's end of the shared stream; a stream of its own where the browser has no shared workers. */
function openLine(onMessage) {
  if (typeof SharedWorker === "function") {
    const worker = new SharedWorker(new URL("./live-worker.js", import.meta.url), { type: "module", name: "mot-cua" });
    worker.port.addEventListener("message", ({ data }) => onMessage(data));
    worker.port.start();
    return (kind) => worker.port.postMessage(kind);
  }
  const feed = new Feed("/api/v1/events", {
    event: (event) => onMessage({ kind: "event", event }),
    reset: () => onMessage({ kind: "reset" }),
    link: (link) => onMessage({ kind: "link", link }),
  });
  return (kind) => {
    if (kind === "join" || kind === "signed-in") {
      feed.stop();
      feed.forget();
      feed.start();
    } else if (kind === "leave" || kind === "signed-out") feed.stop();
    else if (kind === "hurry") feed.hurry();
  };
}

/**
 * handlers: load() reads the whole state and resolves when it is taken over; apply(event) changes it by one
 * event; changed() draws it; link("live" | "lost") tells of the connection; refused() says that nobody is signed in.
 */
export class Live {
  #handlers;
  #send;
  #joined = false;
  #loading = null;
  #queue = [];

  constructor(handlers) {
    this.#handlers = handlers;
    this.#send = openLine((message) => this.#hear(message));
    addEventListener("pagehide", () => this.#send("leave"));
    addEventListener("pageshow", (event) => event.persisted && location.reload());
    addEventListener("online", () => this.#send("hurry"));
    document.addEventListener("visibilitychange", () => document.hidden || this.#send("hurry"));
  }

  join() {
    this.#joined = true;
    this.#send("join");
  }

  /** Somebody signed in here: the stream of all tabs starts anew under the new cookie. */
  signedIn() {
    this.#joined = true;
    this.#send("join");
    this.#send("signed-in");
  }

  signedOut() {
    this.#joined = false;
    this.#send("signed-out");
  }

  /** Read the whole state again; for when an answer of the centre did not fit what is shown. */
  reload() {
    return this.#load();
  }

  #hear(message) {
    if (!this.#joined) return;
    if (message.kind === "event") {
      if (this.#loading) this.#queue.push(message.event);
      else {
        this.#handlers.apply(message.event);
        this.#handlers.changed();
      }
    } else if (message.kind === "reset") {
      this.#load();
    } else if (message.link === "refused") {
      this.#joined = false;
      this.#handlers.refused();
    } else {
      this.#handlers.link(message.link);
    }
  }

  async #load() {
    const mine = (this.#loading = {});
    this.#queue = [];
    for (let pause = 300; this.#loading === mine && this.#joined; pause = Math.min(4000, pause * 2)) {
      try {
        await this.#handlers.load();
        break;
      } catch (problem) {
        if (problem.status === 401) {
          this.#loading = null;
          this.#joined = false;
          this.#handlers.refused();
          return;
        }
        await new Promise((resolve) => setTimeout(resolve, pause));
      }
    }
    if (this.#loading !== mine) return; // a later load took over
    this.#loading = null;
    this.#queue.splice(0).forEach((event) => this.#handlers.apply(event));
    this.#handlers.changed();
  }
}
