// What the page says of states, times and counts.

export const stateNames = {
  starting: "Starting", running: "Running", reconnecting: "Reconnecting", paused: "Paused", ended: "Ended",
  failed: "Failed", disabled: "Disabled",
};

/** A moment as a time of day, with the date when it is not today. */
export function clock(moment) {
  const date = new Date(moment);
  const time = date.toLocaleTimeString("en-GB");
  return date.toDateString() === new Date().toDateString() ? time : `${date.toLocaleDateString("en-GB")} ${time}`;
}

/** What stands in place of a picture, or over it; empty when the picture speaks for itself. */
export function noticeOf(status) {
  const since = clock(status.since);
  switch (status.state) {
    case "starting": return "Opening the source…";
    case "reconnecting": return `No signal since ${since}. Trying again.`;
    case "paused": return `Paused since ${since}`;
    case "ended": return `The source ended at ${since}`;
    case "failed": return `Failed at ${since}. Change its settings or restart it.`;
    case "disabled": return "Switched off in the configuration";
    default: return status.frames.shown > 0 ? "" : "Waiting for the first frame…";
  }
}

/** Where the frames of a stream went. */
export function accountOf({ frames, placeholders, reconnects, viewers }) {
  const count = (number) => number.toLocaleString("en");
  return `Frames: ${count(frames.in)} in, ${count(frames.shown)} shown, ${count(frames.skipped)} skipped, `
    + `${count(frames.late)} late, ${count(frames.undecodable)} undecodable, ${count(frames.abandoned)} abandoned. `
    + `${count(reconnects)} reconnects, ${count(placeholders)} placeholders, ${count(viewers)} watching.`;
}

/** A length of time in its two largest units. */
export function duration(seconds) {
  const units = [["d", 86400], ["h", 3600], ["min", 60], ["s", 1]];
  const first = Math.max(0, units.findIndex(([, length]) => seconds >= length));
  let rest = Math.floor(seconds);
  return units.slice(first, first + 2).map(([unit, length]) => {
    const count = Math.floor(rest / length);
    rest -= count * length;
    return `${count} ${unit}`;
  }).join(" ");
}
