// The alarm's sound: two tones every few seconds for as long as somebody has to act now. Its switch is always seen
// and says in a word whether there is sound; a browser that was not clicked yet lets no page sound, and says so too.

const EVERY_MS = 2_500;
const TONE_S = 0.18;
const TONES_HZ = [880, 660];
const KEPT_AS = "onecard-sound";

export class Sound {
  constructor(button) {
    this.button = button;
    this.on = localStorage.getItem(KEPT_AS) !== "off";
    this.context = null;
    this.timer = null;
    this.needed = false;
    this.before = null;
    for (const began of ["pointerdown", "keydown"]) button.addEventListener(began, () => this.begin());
    for (const left of ["pointerleave", "blur"]) button.addEventListener(left, () => (this.before = null));
    button.addEventListener("click", () => this.press());
    // One tab of this browser sounds, however many are open.
    navigator.locks?.request("onecard-sound", () => {
      this.mine = true;
      this.act();
      return new Promise(() => {});
    });
    this.mine = !navigator.locks;
    this.show();
  }

  begin() {
    this.before ??= this.button.dataset.state;
  }

  press() {
    // Pressing lifts the block before it is a click, and the page may be drawn anew in between: what counts is what the
    // switch said when somebody began to press it.
    const before = this.before ?? this.button.dataset.state;
    this.before = null;
    if (before === "blocked") this.open();
    else this.on = !this.on;
    localStorage.setItem(KEPT_AS, this.on ? "on" : "off");
    this.act();
  }

  wanted(needed) {
    this.needed = needed;
    this.act();
  }

  open() {
    this.context ??= new AudioContext();
    this.context.resume().then(() => this.show());
  }

  state() {
    if (!this.on) return "off";
    const clicked = navigator.userActivation?.hasBeenActive ?? true;
    return clicked || this.context?.state === "running" ? "on" : "blocked";
  }

  act() {
    const ringing = this.on && this.needed && this.mine;
    if (ringing && this.timer === null) {
      this.timer = setInterval(() => this.ring(), EVERY_MS);
      this.ring();
    }
    if (!ringing) {
      clearInterval(this.timer);
      this.timer = null;
    }
    this.show();
  }

  ring() {
    this.show();
    if (this.state() !== "on") return;
    this.open();
    TONES_HZ.forEach((frequency, index) => this.tone(frequency, this.context.currentTime + index * TONE_S));
  }

  tone(frequency, start) {
    const oscillator = this.context.createOscillator();
    const volume = this.context.createGain();
    oscillator.frequency.value = frequency;
    volume.gain.setValueAtTime(0.2, start);
    volume.gain.exponentialRampToValueAtTime(0.001, start + TONE_S);
    oscillator.connect(volume).connect(this.context.destination);
    oscillator.start(start);
    oscillator.stop(start + TONE_S);
  }

  show() {
    const state = this.state();
    this.button.dataset.state = state;
    this.button.dataset.ringing = this.timer === null ? "no" : "yes";
    this.button.setAttribute("aria-pressed", String(state === "on"));
    this.button.querySelector(".sound-word").textContent = this.button.dataset[state];
  }
}
