// Which pictures are live: a browser opens six connections to a host, and some must stay free for everything else.
import { pathOf } from "./api.js";

const liveLimit = 4;
const stillInterval = 1000; // milliseconds
// A browser does not say when a live picture's connection has ended; one that froze is opened again with the others.
const renewal = 60000; // milliseconds

/** Shows overlays in <img> elements, live for the first few that can be seen, one picture a second for the others. */
export class Pictures {
  constructor() {
    this.entries = new Map(); // by <img>
    this.observer = new IntersectionObserver((changes) => {
      for (const { target, isIntersecting } of changes) {
        const entry = this.entries.get(target);
        if (entry) entry.isSeen = isIntersecting;
      }
      this.choose();
    }, { rootMargin: "100px" });
    document.addEventListener("visibilitychange", () => this.choose());
    setInterval(() => this.nextStill(), stillInterval);
    setInterval(() => this.renew(), renewal);
  }

  add(image, name) {
    this.entries.set(image, { name, isSeen: false, wanted: "none", mode: "none" });
    image.addEventListener("error", () => this.failed(image));
    this.observer.observe(image);
  }

  remove(image) {
    this.observer.unobserve(image);
    this.stop(image);
    this.entries.delete(image);
    this.choose();
  }

  /** Says what a stream has to show: "live" pictures, a "still" one, or "none". */
  want(image, wanted) {
    const entry = this.entries.get(image);
    if (!entry || entry.wanted === wanted) return;
    entry.wanted = wanted;
    this.choose();
  }

  /** Opens a live picture anew, or without one all of them; the old one stays until the new one is there. */
  renew(only) {
    for (const [image, entry] of this.entries) {
      if (entry.mode === "live" && (!only || only === image)) entry.mode = "none";
    }
    this.choose();
  }

  choose() {
    let free = liveLimit;
    for (const [image, entry] of this.entries) {
      let mode = entry.isSeen && !document.hidden ? entry.wanted : "none";
      if (mode === "live" && free-- <= 0) mode = "still";
      if (mode === entry.mode) continue;
      entry.mode = mode;
      if (mode === "live") image.src = `${pathOf(entry.name, "/live.mjpeg")}?t=${Date.now()}`;
      else if (entry.wanted === "none") image.removeAttribute("src");
      else image.src = this.still(entry); // closes a live connection, and leaves no hole where it was
    }
  }

  still(entry) {
    return `${pathOf(entry.name, "/frame.jpg")}?t=${Date.now()}`;
  }

  nextStill() {
    for (const [image, entry] of this.entries) {
      if (entry.mode === "still" && image.complete) image.src = this.still(entry);
    }
  }

  stop(image) {
    const entry = this.entries.get(image);
    if (entry) entry.mode = "none";
    image.removeAttribute("src");
  }

  failed(image) {
    const entry = this.entries.get(image);
    if (!entry || entry.mode === "none") return;
    this.stop(image);
    setTimeout(() => this.choose(), 2000);
  }
}
