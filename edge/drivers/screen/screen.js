// The screen of a point: shows what the daemon beside it says, and says so itself when it hears nothing any more.

const SHOW_MS = 6000; // then the next person may present their card
const NOTICE_MS = 8000; // long enough to read both languages
const SILENCE_MS = 7000; // the daemon says something every 2 s
const IDLE = { look: "idle", zh: "请刷卡", en: "Present your card", help: ["贴稳，听到声音再拿开", "Hold it still until you hear a sound"] };
const LOST = { look: "lost", zh: "屏幕与设备失联", en: "Screen is not connected", help: ["请找工作人员", "Please ask the staff"] };
const TONES = { good: [[660, 0], [990, 0.16]], bad: [[240, 0], [240, 0.28], [240, 0.56]] }; // [Hz, after s]

const at = (id) => document.getElementById(id);
let notices = [];
let notice = 0;
let idleTimer = 0;
let silenceTimer = 0;
let audio = null;

function say(told) {
  document.body.classList.remove("idle", "good", "bad", "lost", "notice");
  document.body.classList.add(told.look);
  at("zh").textContent = told.zh;
  at("en").textContent = told.en;
  write("help", told.help);
  write("more", told.more);
}

function write(id, pair) {
  at(id).hidden = !pair;
  at(`${id}-zh`).textContent = pair ? pair[0] : "";
  at(`${id}-en`).textContent = pair ? pair[1] : "";
}

function rest() {
  clearTimeout(idleTimer);
  say(notices.length ? { look: "notice", ...notices[notice % notices.length], help: [IDLE.zh, IDLE.en] } : IDLE);
}

// One after the other, as long as nobody taps.
function turn() {
  notice += 1;
  if (document.body.classList.contains("notice")) rest();
}

function hung(message) {
  notices = JSON.parse(message.data);
  notice = 0;
  heard();
  if (document.body.classList.contains("idle") || document.body.classList.contains("notice")) rest();
}

function shown(message) {
  const told = JSON.parse(message.data);
  heard();
  clearTimeout(idleTimer);
  say(told);
  sound(TONES[told.look] || []);
  idleTimer = setTimeout(rest, SHOW_MS);
}

// Anything from the daemon proves that it is there.
function heard() {
  if (document.body.classList.contains("lost")) rest();
  clearTimeout(silenceTimer);
  silenceTimer = setTimeout(lose, SILENCE_MS);
}

function lose() {
  clearTimeout(idleTimer);
  say(LOST);
}

function sound(tones) {
  if (!audio || audio.state !== "running") return;
  for (const [hertz, after] of tones) {
    const tone = audio.createOscillator();
    const volume = audio.createGain();
    const start = audio.currentTime + after;
    tone.frequency.value = hertz;
    volume.gain.setValueAtTime(0.4, start);
    volume.gain.exponentialRampToValueAtTime(0.001, start + 0.22);
    tone.connect(volume).connect(audio.destination);
    tone.start(start);
    tone.stop(start + 0.24);
  }
}

// A browser lets a page sound only when somebody touched it, unless it was started as a kiosk.
function tune() {
  audio = new AudioContext();
  const note = () => {
    at("sound").hidden = audio.state === "running";
  };
  audio.addEventListener("statechange", note);
  for (const touch of ["pointerdown", "keydown"]) addEventListener(touch, () => audio.resume());
  note();
}

function listen() {
  const stream = new EventSource("events");
  stream.addEventListener("show", shown);
  stream.addEventListener("notices", hung);
  stream.addEventListener("alive", heard);
  stream.addEventListener("error", lose);
}

if (new URLSearchParams(location.search).get("lang") === "en") document.body.classList.add("english");
tune();
listen();
setInterval(turn, NOTICE_MS);
