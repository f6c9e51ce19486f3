// One stream of server-sent events that is watched: the browser itself does not notice a line that went dead
// without a word, so the server beats every few seconds and silence counts as lost.

const QUIET_LIMIT_MS = 12_000;
const WATCH_MS = 1_000;
const REOPEN_MS = 3_000;

export class Stream {
  // address: URL of the stream; after: the place that the first page has seen; tell(message) hears everything:
  // {kind: "frame", id, change}, {kind: "refresh", id}, {kind: "bye"}, {kind: "state", live, since}.
  constructor(address, after, tell) {
    this.address = address;
    this.after = after;
    this.tell = tell;
    this.live = null; // not known yet: the first call is still on its way
    this.lastHeard = Date.now();
    this.source = null;
    this.reopening = null;
    this.open();
    this.watch = setInterval(() => this.look(), WATCH_MS);
  }

  open() {
    this.reopening = null;
    const address = new URL(this.address);
    if (this.after) address.searchParams.set("after", this.after);
    const source = new EventSource(address);
    this.source = source;
    source.addEventListener("beat", () => this.heard());
    source.addEventListener("frame", (event) => {
      this.heard();
      this.after = event.lastEventId;
      this.tell({ kind: "frame", id: event.lastEventId, change: JSON.parse(event.data) });
    });
    source.addEventListener("refresh", (event) => {
      this.heard();
      this.after = event.lastEventId;
      this.tell({ kind: "refresh", id: event.lastEventId });
    });
    source.addEventListener("bye", () => {
      this.close();
      this.tell({ kind: "bye" });
    });
    source.addEventListener("error", () => {
      this.lost();
      if (source.readyState === EventSource.CLOSED) this.reopenSoon();
    });
  }

  heard() {
    this.lastHeard = Date.now();
    if (this.live !== true) {
      this.live = true;
      this.tell(this.state());
    }
  }

  lost() {
    if (this.live !== false) {
      this.live = false;
      this.tell(this.state());
    }
  }

  look() {
    if (Date.now() - this.lastHeard <= QUIET_LIMIT_MS) return;
    const wasLost = this.live === false;
    this.lost();
    // A dead line that still counts as open has to be cut by us.
    if (!wasLost) this.reopenSoon();
  }

  reopenSoon() {
    this.source?.close();
    if (this.reopening === null && this.watch !== null) {
      this.reopening = setTimeout(() => this.open(), REOPEN_MS);
    }
  }

  state() {
    return { kind: "state", live: this.live, since: this.lastHeard };
  }

  close() {
    this.source?.close();
    clearTimeout(this.reopening);
    clearInterval(this.watch);
    this.watch = null;
  }
}
