// Asks the daemon for its streams once a second and keeps the page like the answer.
import { call } from "./api.js";
import { Card } from "./card.js";
import { size } from "./outputs.js";
import { Pictures } from "./pictures.js";
import { duration } from "./words.js";

const interval = 1000; // milliseconds
const longestWait = 10; // seconds between attempts while the daemon is away

const element = (id) => document.getElementById(id);
const pictures = new Pictures();
const cards = new Map(); // by name
let failures = 0;
let timer = null;
let isAsking = false;

/** Makes the cards those of the streams, in the daemon's order. */
function show(streams, isSample) {
  const names = new Set(streams.map((stream) => stream.name));
  for (const [name, card] of cards) {
    if (names.has(name)) continue;
    card.remove();
    cards.delete(name);
  }
  streams.forEach((stream, place) => {
    const card = cards.get(stream.name) ?? add(stream.name);
    const list = element("streams");
    if (list.children[place] !== card.element) list.insertBefore(card.element, list.children[place] ?? null);
    card.update(stream, isSample);
  });
  const isEmpty = streams.length === 0;
  if (isEmpty !== !element("empty").hidden || element("add").hidden) element("add").open = isEmpty;
  element("empty").hidden = !isEmpty;
  element("add").hidden = false;
}

function add(name) {
  const card = new Card(name, pictures, () => refresh(false));
  cards.set(name, card);
  return card;
}

async function refresh(isSample) {
  if (isAsking) return;
  isAsking = true;
  try {
    const [streams, daemon] = await Promise.all([call("GET", "/v1/streams"), call("GET", "/v1/daemon")]);
    show(streams, isSample);
    summarise(streams, daemon);
    found();
  } catch (error) {
    lost(error);
  }
  isAsking = false;
}

function summarise(streams, daemon) {
  const running = streams.filter((stream) => stream.state === "running").length;
  element("summary").textContent = [
    streams.length === 0 ? "no streams" : `${running} of ${streams.length} running`, `${daemon.tier}, ${daemon.threads} threads`,
    size(daemon.resident_bytes), `up ${duration(daemon.uptime)}`, daemon.version,
  ].join(" · ");
  document.title = streams.length === 0 ? "Verge" : `Verge: ${running} of ${streams.length} running`;
}

function found() {
  if (failures > 0) pictures.renew();
  failures = 0;
  element("lost").hidden = true;
  document.body.classList.remove("stale");
}

function lost(error) {
  failures += 1;
  document.body.classList.add("stale");
  if (element("lost-cause").textContent !== error.message) element("lost-cause").textContent = error.message;
  element("lost").hidden = false;
}

/** Seconds until the next attempt: longer and longer while the daemon is away. */
function wait() {
  return failures === 0 ? interval / 1000 : Math.min(longestWait, 2 ** (failures - 1));
}

async function tick() {
  clearTimeout(timer);
  if (!document.hidden) await refresh(true);
  clearTimeout(timer); // another one may have been set meanwhile
  element("lost-wait").textContent = failures > 0 ? `Next attempt in ${wait()} s.` : "";
  timer = setTimeout(tick, wait() * 1000);
}

async function addStream(event) {
  event.preventDefault();
  const form = event.target;
  const { name, source } = Object.fromEntries(new FormData(form));
  await attempt(element("add-error"), async () => {
    await call("POST", "/v1/streams", { name, source });
    form.reset();
    await refresh(false);
  });
}

async function reload() {
  const names = (list) => (list.length === 0 ? "none" : list.join(", "));
  const place = element("reload-report");
  place.textContent = "";
  await attempt(element("add-error"), async () => {
    const report = await call("POST", "/v1/reload");
    place.textContent = `Added: ${names(report.added)}. Changed: ${names(report.changed)}. `
      + `Removed: ${names(report.removed)}.`;
    await refresh(false);
  });
}

/** Does something and says at a place on the page when it was refused. */
async function attempt(place, work) {
  place.hidden = true;
  try {
    await work();
  } catch (error) {
    place.textContent = error.message;
    place.hidden = false;
  }
}

element("add-form").addEventListener("submit", addStream);
element("reload").addEventListener("click", reload);
element("lost-retry").addEventListener("click", tick);
document.addEventListener("visibilitychange", () => { if (!document.hidden) tick(); });
tick();
