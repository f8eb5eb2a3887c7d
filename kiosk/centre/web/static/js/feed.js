// A stream of server-sent events that loses nothing.
//
// Read by fetch, not EventSource: an EventSource gives up for good after one 502 from a proxy, cannot tell
// "signed out" from "gone", and hides the heartbeat, so a pulled cable would go unnoticed. Here every end of
// the stream leads to a new request that names the last number seen.

const SILENCE_MS = 25_000; // the centre sends a heartbeat every 10 s
const GRACE_MS = 1_200; // a gap this short is not worth a banner
const PAUSES_MS = [200, 400, 800, 1500];

/** Cuts a text stream into events {id, type, data} (HTML Living Standard §9.2.6). */
export class EventParser {
  #rest = "";
  #type = "";
  #data = [];
  #id = null;

  /** Events completed by this piece of text. */
  push(text) {
    const events = [];
    const lines = (this.#rest + text).split(/\r\n|\n|\r(?!$)/);
    this.#rest = lines.pop();
    for (const line of lines) {
      if (line === "") {
        if (this.#data.length) events.push({ id: this.#id, type: this.#type || "message", data: this.#data.join("\n") });
        this.#type = "";
        this.#data = [];
        this.#id = null;
      } else if (!line.startsWith(":")) {
        const colon = line.indexOf(":");
        const field = colon < 0 ? line : line.slice(0, colon);
        const value = colon < 0 ? "" : line.slice(colon + 1).replace(/^ /, "");
        if (field === "event") this.#type = value;
        else if (field === "data") this.#data.push(value);
        else if (field === "id" && /^\d+$/.test(value)) this.#id = Number(value);
      }
    }
    return events;
  }
}

/**
 * Follows one stream until stopped.
 * handlers: event({id, type, data}) for every numbered event, each once and in order;
 * reset() when what the page holds must be read anew (the first connection, or another epoch);
 * link("live" | "lost" | "refused" | "gone").
 */
export class Feed {
  #url;
  #handlers;
  #lastId = null;
  #epoch = null;
  #link = "";
  #abort = null;
  #run = null; // the run under way: a fresh object for each start
  #wake = null;
  #graceTimer = null;

  constructor(url, handlers) {
    this.#url = url;
    this.#handlers = handlers;
  }

  get link() {
    return this.#link;
  }

  get running() {
    return this.#run !== null;
  }

  start() {
    if (this.#run) return;
    this.#run = {};
    this.#follow(this.#run);
  }

  /** Start behind the number that what the page holds was read with. */
  startAfter(id) {
    this.#lastId = id ?? null;
    this.start();
  }

  stop() {
    this.#run = null;
    this.#link = "";
    clearTimeout(this.#graceTimer);
    this.#graceTimer = null;
    this.#abort?.abort();
    this.#wake?.();
  }

  /** Forget the position, e.g. because somebody else signed in. */
  forget() {
    this.#lastId = null;
    this.#epoch = null;
  }

  /** Try again at once, e.g. because the computer woke up. */
  hurry() {
    this.#wake?.();
  }

  async #follow(run) {
    let failures = 0;
    while (this.#run === run) {
      const heard = await this.#connectOnce(run);
      if (this.#run !== run) break;
      if (heard === "refused" || heard === "gone") {
        this.#run = null;
        this.#say(heard);
        break;
      }
      failures = heard === "live" ? 0 : failures + 1;
      if (this.#link !== "lost") this.#graceTimer ??= setTimeout(() => this.#say("lost"), GRACE_MS);
      const pause = PAUSES_MS[Math.min(failures, PAUSES_MS.length - 1)];
      await new Promise((resolve) => {
        this.#wake = resolve;
        setTimeout(resolve, pause * (0.8 + 0.4 * Math.random()));
      });
      this.#wake = null;
    }
  }

  async #connectOnce(run) {
    const abort = new AbortController();
    this.#abort = abort;
    let watchdog = setTimeout(() => abort.abort(), SILENCE_MS);
    let heard = "nothing";
    try {
      const position = new URLSearchParams();
      if (this.#lastId !== null) position.set("last_event_id", this.#lastId);
      if (this.#epoch !== null) position.set("epoch", this.#epoch);
      const response = await fetch(`${this.#url}?${position}`, {
        headers: { Accept: "text/event-stream" }, cache: "no-store", credentials: "same-origin", signal: abort.signal,
      });
      if (response.status === 401 || response.status === 403) return "refused";
      if (response.status === 404 || response.status === 410) return "gone";
      if (!response.ok) return "nothing";
      const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
      const parser = new EventParser();
      for (;;) {
        const { value, done } = await reader.read();
        if (done || this.#run !== run) return heard;
        clearTimeout(watchdog);
        watchdog = setTimeout(() => abort.abort(), SILENCE_MS);
        const events = parser.push(value);
        if (heard !== "live") {
          heard = "live";
          if (!events.some((event) => event.type === "hello")) this.#say("live");
        }
        for (const event of events) this.#take(event);
      }
    } catch {
      return heard;
    } finally {
      clearTimeout(watchdog);
      abort.abort();
    }
  }

  #take(event) {
    const data = JSON.parse(event.data);
    if (event.type === "hello") {
      // An older copy of the journal was restored: its numbers start lower or mean other entries.
      const another = (this.#epoch !== null && data.epoch !== this.#epoch) || data.head < this.#lastId;
      this.#epoch = data.epoch;
      if (this.#lastId === null || another) {
        this.#lastId = data.head ?? null;
        this.#handlers.reset();
      }
      this.#say("live");
    } else if (event.type === "reset") {
      this.#lastId = data.head ?? null;
      this.#handlers.reset();
    } else {
      if (event.id !== null) {
        if (this.#lastId !== null && event.id <= this.#lastId) return;
        this.#lastId = event.id;
      }
      this.#handlers.event({ id: event.id, type: event.type, data });
    }
  }

  #say(link) {
    clearTimeout(this.#graceTimer);
    this.#graceTimer = null;
    if (link === this.#link) return;
    this.#link = link;
    this.#handlers.link(link);
  }
}
