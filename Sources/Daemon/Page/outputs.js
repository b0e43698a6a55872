// The table of a stream's outputs.

const stateNames = {
  waiting: "Waiting", writing: "Writing", retrying: "Trying again", failed: "Failed", ended: "Ended",
};

/** Shows the outputs of a stream in a table's body, and their number in a title. */
export function renderOutputs(body, title, outputs) {
  title.textContent = outputs.length === 0 ? "No outputs, only this page" : `Outputs (${outputs.length})`;
  body.closest("table").hidden = outputs.length === 0;
  while (body.rows.length > outputs.length) body.deleteRow(-1);
  outputs.forEach((output, index) => {
    const row = body.rows[index] ?? makeRow(body);
    const texts = [
      output.output, stateNames[output.state] ?? output.state, output.frames.toLocaleString("en"),
      output.dropped.toLocaleString("en"), size(output.bytes), output.latency_ms.p99.toFixed(0),
    ];
    texts.forEach((text, column) => {
      if (row.cells[column].textContent !== text) row.cells[column].textContent = text;
    });
    row.dataset.state = output.state;
    row.title = output.last_error?.message ?? "";
  });
}

function makeRow(body) {
  const row = body.insertRow();
  const head = document.createElement("th");
  head.scope = "row";
  row.append(head);
  for (let column = 1; column < 6; column++) row.insertCell();
  return row;
}

/** A number of bytes as people read it. */
export function size(bytes) {
  const units = ["B", "kB", "MB", "GB", "TB"];
  const step = bytes < 1000 ? 0 : Math.min(units.length - 1, Math.floor(Math.log10(bytes) / 3));
  return `${Number((bytes / 1000 ** step).toPrecision(3))} ${units[step]}`;
}
