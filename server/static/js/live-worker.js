// The one stream of this browser (a SharedWorker): a browser allows six connections to a server, so a stream per tab
// would make the seventh tab hang. The name of the worker holds language and session; each has a worker of its own.

import { Stream } from "./stream.js";

const KEPT_FRAMES = 300;
const MAX_PORTS = 100;

let stream = null;
let first = "";
const kept = [];
const ports = new Set();

function tellAll(message) {
  if (message.kind === "frame") {
    kept.push(message);
    if (kept.length > KEPT_FRAMES) first = kept.shift().id;
  }
  if (message.kind === "refresh") {
    kept.length = 0;
    first = message.id;
  }
  for (const port of ports) port.postMessage(message);
}

function numberOf(id) {
  const [boot, number] = id.split("-");
  return { boot, number: Number(number) };
}

// What a new tab has not seen: the kept frames behind its place, or a refresh when that is not enough. (Channels that
// this session does not hear have numbers too, so a place between two of ours is normal.)
function catchUp(port, after) {
  const seen = numberOf(after);
  const begin = numberOf(first);
  if (seen.boot !== begin.boot || seen.number < begin.number) {
    port.postMessage({ kind: "refresh" });
    return;
  }
  for (const frame of kept) {
    if (numberOf(frame.id).number > seen.number) port.postMessage(frame);
  }
}

function hello(port, { address, after }) {
  if (stream === null) {
    first = after;
    stream = new Stream(address, after, tellAll);
  } else {
    catchUp(port, after);
  }
  port.postMessage(stream.state());
}

self.addEventListener("connect", (event) => {
  const port = event.ports[0];
  port.addEventListener("message", ({ data }) => {
    if (data.say === "hello") {
      if (ports.size >= MAX_PORTS) ports.delete(ports.values().next().value);
      ports.add(port);
      hello(port, data);
    }
    if (data.say === "leave") ports.delete(port);
  });
  port.start();
});
