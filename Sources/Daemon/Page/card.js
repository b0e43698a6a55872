// One stream on the page.
import { call, pathOf } from "./api.js";
import { Graph } from "./graph.js";
import { Legend } from "./legend.js";
import { renderOutputs } from "./outputs.js";
import { accountOf, clock, noticeOf, stateNames } from "./words.js";

/** A card that shows a stream and sends what its controls ask for. */
export class Card {
  constructor(name, pictures, changed) {
    Object.assign(this, { name, pictures, changed, alphaHeldUntil: 0, drops: null });
    this.element = document.getElementById("card").content.firstElementChild.cloneNode(true);
    this.element.dataset.stream = name;
    this.graphs = {
      fps: new Graph("Frame rate", [["in", "quiet"], ["out", "strong"]], { unit: "fps", digits: 1, floor: 10 }),
      latency: new Graph("Latency", [["p50", "strong"], ["p95", "middle"], ["p99", "quiet"]],
        { unit: "ms", digits: 0, floor: 20 }),
      drops: new Graph("Drops", [["late", "alarm"], ["outputs", "middle"]],
        { unit: "/s", digits: 1, floor: 5 }),
    };
    this.part("graphs").append(...Object.values(this.graphs).map((graph) => graph.element));
    this.label();
    this.listen();
    pictures.add(this.part("picture"), name);
  }

  part(name) {
    return this.element.querySelector(`[data-${name}]`);
  }

  label() {
    this.part("name").textContent = this.name;
    this.part("name").id = `stream-${crypto.getRandomValues(new Uint32Array(1))[0]}`;
    this.element.setAttribute("aria-labelledby", this.part("name").id);
    this.part("spoken-name").textContent = `${this.name}: `;
    this.part("picture").alt = `Live overlay of ${this.name}`;
    this.part("controls").setAttribute("aria-label", `Controls of ${this.name}`);
    this.part("legend").setAttribute("aria-label", `Classes of ${this.name}, ticked when painted`);
    this.part("outputs-region").setAttribute("aria-label", `Outputs of ${this.name}`);
    const links = [["frame.jpg", "Overlay as JPEG"], ["mask.png", "Mask as PNG"]].map(([file, text]) =>
      Object.assign(document.createElement("a"), { href: pathOf(this.name, `/${file}`), target: "_blank", textContent: text }));
    this.part("links").append(links[0], " · ", links[1]);
  }

  listen() {
    const path = (rest) => pathOf(this.name, rest);
    this.part("pause").addEventListener("click", () => this.send("POST", path(this.isPaused ? "/resume" : "/pause")));
    this.part("restart").addEventListener("click", () => this.send("POST", path("/restart")));
    this.part("promote").addEventListener("click", () => this.send("POST", path("/shadow/promote")));
    this.part("drop").addEventListener("click", () => this.send("DELETE", path("/shadow")));
    this.part("alpha").addEventListener("input", () => this.slide());
    this.legend = new Legend(this.part("legend"), this.part("paint-all"),
      (classes) => this.send("PATCH", path(""), { classes }));
  }

  async send(method, path, body) {
    const place = this.part("action-error");
    try {
      const status = await call(method, path, body);
      place.hidden = true;
      if (status) this.update(status, false);
    } catch (error) {
      place.textContent = error.message;
      place.hidden = false;
    }
    this.changed();
  }

  /** Sends the slider's place as it moves, one request at a time and the last place always. */
  async slide() {
    const slider = this.part("alpha");
    this.alphaHeldUntil = Infinity;
    this.part("alpha-text").textContent = `${slider.value} %`;
    if (this.isSliding) return;
    this.isSliding = true;
    for (let sent = null; sent !== slider.value;) {
      sent = slider.value;
      await this.send("PATCH", pathOf(this.name), { overlay: { alpha: Number(sent) / 100 } });
    }
    this.isSliding = false;
    this.alphaHeldUntil = performance.now() + 1500;
  }

  /** `isSample` says that a second has passed, so that the graphs move on. */
  update(status, isSample) {
    this.updateState(status);
    this.updateControls(status);
    this.legend.update(status.classes);
    this.part("legend-section").hidden = status.classes.length === 0;
    this.updateShadow(status.shadow);
    renderOutputs(this.part("outputs"), this.part("outputs-title"), status.outputs);
    this.part("account").textContent = accountOf(status);
    if (isSample) this.sample(status);
  }

  updateState(status) {
    this.element.dataset.state = status.state;
    const text = stateNames[status.state] ?? status.state;
    // Written only when it changes: screen readers speak it each time.
    if (this.part("state-text").textContent !== text) this.part("state-text").textContent = text;
    this.part("source").textContent = [status.source, status.size, status.model].filter(Boolean).join(" · ");
    const error = this.part("error");
    error.hidden = !status.last_error;
    if (status.last_error) error.textContent = `${clock(status.last_error.time)}  ${status.last_error.message}`;
    const hasPicture = ["running", "reconnecting", "paused", "ended"].includes(status.state) && status.frames.shown > 0;
    const isMoving = status.state === "running" || status.state === "reconnecting";
    // Whatever began at that moment may have ended the connection that the picture came on.
    if (isMoving && this.since !== status.since) this.pictures.renew(this.part("picture"));
    this.since = status.since;
    this.pictures.want(this.part("picture"), !hasPicture ? "none" : isMoving ? "live" : "still");
    this.part("picture").hidden = !hasPicture;
    if (status.size) this.part("picture").style.aspectRatio = status.size.replace("x", " / ");
    const notice = noticeOf(status);
    this.part("notice").textContent = notice;
    this.part("notice").hidden = notice === "";
  }

  updateControls(status) {
    this.isPaused = status.state === "paused";
    this.part("pause").textContent = this.isPaused ? "Resume" : "Pause";
    this.part("pause").disabled = ["ended", "failed", "disabled"].includes(status.state);
    this.part("restart").classList.toggle("primary", status.state === "failed");
    if (performance.now() < this.alphaHeldUntil) return;
    const percent = Math.round(status.overlay.alpha * 100);
    this.part("alpha").value = percent;
    this.part("alpha-text").textContent = `${percent} %`;
  }

  updateShadow(shadow) {
    this.part("shadow").hidden = !shadow;
    if (!shadow) return;
    const percent = (share) => `${(share * 100).toFixed(1)} %`;
    this.part("shadow-text").textContent = `${shadow.model} sees ${percent(shadow.share)} of the frames (${shadow.frames} `
      + `so far) and labels ${percent(shadow.disagreement)} of the pixels differently.`;
  }

  sample(status) {
    const isFlowing = status.state === "running" || status.state === "reconnecting";
    const { rates, latency_ms: latency } = status;
    this.graphs.fps.push(isFlowing ? [rates.input, rates.output] : [0, 0]);
    this.graphs.latency.push(isFlowing && latency.p99 > 0 ? [latency.p50, latency.p95, latency.p99] : [null, null, null]);
    const now = {
      time: performance.now(),
      late: status.frames.late + status.frames.undecodable + status.frames.abandoned,
      outputs: status.outputs.reduce((sum, output) => sum + output.dropped, 0),
    };
    const seconds = this.drops ? (now.time - this.drops.time) / 1000 : 0;
    const rate = (key) => (seconds > 0 ? Math.max(0, now[key] - this.drops[key]) / seconds : 0);
    this.graphs.drops.push([rate("late"), rate("outputs")]);
    this.drops = now;
  }

  remove() {
    this.pictures.remove(this.part("picture"));
    this.element.remove();
  }
}
