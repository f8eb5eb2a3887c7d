// Two soft notes, again after a while as long as nobody goes. Made by the browser: no file to load.

const NOTES = [659, 880]; // Hz: e'' and a''
const AGAIN_MS = 15_000;
const TIMES = 8; // two minutes; after that the page alone asks

export class Bell {
  #audio = null;
  #timer = null;
  #left = 0;

  /** Ring now, and some more times until it is told to be still. */
  ring() {
    clearTimeout(this.#timer);
    this.#left = TIMES;
    this.#once();
  }

  still() {
    clearTimeout(this.#timer);
    this.#timer = null;
  }

  #once() {
    this.#sound();
    this.#left -= 1;
    this.#timer = this.#left > 0 ? setTimeout(() => this.#once(), AGAIN_MS) : null;
  }

  #sound() {
    try {
      this.#audio ??= new AudioContext();
      this.#audio.resume(); // held back by the browser until the page was touched once
      NOTES.forEach((note, at) => this.#note(note, this.#audio.currentTime + 0.05 + at * 0.28));
    } catch {
      // a computer without sound: line and title tell
    }
  }

  #note(frequency, at) {
    const tone = this.#audio.createOscillator();
    const volume = this.#audio.createGain();
    tone.frequency.value = frequency;
    volume.gain.setValueAtTime(0, at);
    volume.gain.linearRampToValueAtTime(0.25, at + 0.02);
    volume.gain.exponentialRampToValueAtTime(0.001, at + 0.6);
    tone.connect(volume).connect(this.#audio.destination);
    tone.start(at);
    tone.stop(at + 0.65);
  }
}
