// A live picture: the next one is asked for when the last has come, and fetched only when it changed.

import { make } from "../dom.js";

const PAUSE_MS = 320;
const PATIENCE_MS = 8000;

export class Picture {
  /** Real size in pixels of the device: told by the lobby, or known from the first, unscaled picture. */
  natural = null;
  /** Whether there is a picture to ask for. */
  wanted = true;
  #name;
  #glass;
  #image;
  #none;
  #etag = "";
  #address = "";

  constructor(glass) {
    this.#name = glass.dataset.picture;
    this.#glass = glass;
    this.#image = glass.querySelector("img");
    this.#none = glass.querySelector(".none");
    this.#run();
  }

  /** Call tap(x, y, seconds held) in the device's own pixels when the picture is pressed and let go. */
  onTap(tap) {
    let down = null;
    this.#image.addEventListener("pointerdown", (event) => {
      if (event.button !== 0) return;
      event.preventDefault();
      this.#image.setPointerCapture(event.pointerId);
      down = { point: this.#devicePoint(event), at: performance.now() };
      if (down.point) this.#mark(event);
    });
    this.#image.addEventListener("pointerup", () => {
      if (down?.point) tap(...down.point, Math.min(6, Math.max(0.06, (performance.now() - down.at) / 1000)));
      down = null;
    });
    this.#image.addEventListener("pointercancel", () => (down = null));
  }

  /** [x, y] in pixels of the device, or null beside the picture. */
  #devicePoint(event) {
    if (!this.natural) return null;
    const { width, height } = this.natural;
    const box = this.#image.getBoundingClientRect();
    const scale = Math.min(box.width / width, box.height / height); // object-fit: contain
    const x = Math.floor((event.clientX - box.left - (box.width - width * scale) / 2) / scale);
    const y = Math.floor((event.clientY - box.top - (box.height - height * scale) / 2) / scale);
    return x >= 0 && y >= 0 && x < width && y < height ? [x, y] : null;
  }

  #mark(event) {
    const box = this.#glass.getBoundingClientRect();
    const mark = make("span", { class: "touch" });
    mark.style.left = `${event.clientX - box.left - this.#glass.clientLeft}px`;
    mark.style.top = `${event.clientY - box.top - this.#glass.clientTop}px`;
    mark.addEventListener("animationend", () => mark.remove());
    this.#glass.append(mark);
  }

  async #run() {
    for (;;) {
      let pause = PAUSE_MS;
      if (document.hidden) {
        await new Promise((resolve) => document.addEventListener("visibilitychange", resolve, { once: true }));
      }
      try {
        if (this.wanted) await this.#fetch();
        else await this.#show(null);
      } catch {
        this.#show(null);
        pause = 1500;
      }
      await new Promise((resolve) => setTimeout(resolve, pause));
    }
  }

  async #fetch() {
    const width = this.natural ? Math.min(this.natural.width, Math.round(this.#glass.clientWidth * devicePixelRatio)) : 0;
    const response = await fetch(`/lobby/api/${this.#name}.png${width >= 10 ? `?width=${width}` : ""}`, {
      cache: "no-store", signal: AbortSignal.timeout(PATIENCE_MS), headers: this.#etag ? { "If-None-Match": this.#etag } : {},
    });
    if (response.status === 304) return;
    if (!response.ok) {
      this.#show(null);
      return;
    }
    await this.#show(await response.blob());
    this.#etag = response.headers.get("ETag") ?? "";
  }

  async #show(blob) {
    const old = this.#address;
    if (blob) {
      const address = URL.createObjectURL(blob);
      this.#image.src = address;
      await this.#image.decode();
      this.#address = address;
      this.natural ??= { width: this.#image.naturalWidth, height: this.#image.naturalHeight };
    } else {
      this.#address = "";
      this.#etag = "";
    }
    this.#image.hidden = !blob;
    this.#none.hidden = Boolean(blob);
    if (old) URL.revokeObjectURL(old);
  }
}
