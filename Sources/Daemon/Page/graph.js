// Small graphs of the last minute, drawn as SVG so that they follow the page's colours.

const svg = "http://www.w3.org/2000/svg";
const length = 60; // samples, one a second
const [width, height] = [120, 32];

/** A graph of several lines with their present values beside it. */
export class Graph {
  /**
   * `lines` are pairs of a label and a style: "quiet", "middle", "strong" or "alarm".
   * `floor` is the least value that the full height stands for, so that small noise looks small.
   */
  constructor(title, lines, { unit, digits, floor }) {
    this.lines = lines.map(([label, style]) => ({ label, style, values: [] }));
    Object.assign(this, { digits, floor });
    this.element = document.createElement("figure");
    this.element.className = "graph";
    this.element.append(this.caption(title, unit), this.picture(title), this.list());
  }

  caption(title, unit) {
    const caption = document.createElement("figcaption");
    caption.textContent = title;
    this.top = document.createElement("span");
    this.top.className = "quiet";
    this.unit = unit;
    caption.append(" ", this.top);
    return caption;
  }

  picture(title) {
    const picture = document.createElementNS(svg, "svg");
    picture.setAttribute("viewBox", `0 0 ${width} ${height}`);
    picture.setAttribute("preserveAspectRatio", "none");
    picture.setAttribute("role", "img");
    picture.setAttribute("aria-label", `${title} over the last minute`);
    for (const line of this.lines) {
      line.path = document.createElementNS(svg, "polyline");
      line.path.setAttribute("class", line.style);
      picture.append(line.path);
    }
    return picture;
  }

  list() {
    const list = document.createElement("dl");
    for (const line of this.lines) {
      const [name, value] = [document.createElement("dt"), document.createElement("dd")];
      name.textContent = line.label;
      name.className = line.style;
      value.textContent = "–";
      line.value = value;
      const pair = document.createElement("div");
      pair.append(name, value);
      list.append(pair);
    }
    return list;
  }

  /** Adds a value for each line, in their order; null where there is none. */
  push(values) {
    this.lines.forEach((line, index) => {
      line.values.push(values[index]);
      if (line.values.length > length) line.values.shift();
      line.value.textContent = values[index] === null ? "–" : values[index].toFixed(this.digits);
    });
    this.draw();
  }

  draw() {
    const peak = Math.max(...this.lines.flatMap((line) => line.values.filter((value) => value !== null)), 0);
    const top = Math.max(nice(peak), this.floor);
    this.top.textContent = `${top} ${this.unit}`;
    for (const line of this.lines) {
      const start = length - line.values.length;
      const points = line.values.map((value, index) => {
        const x = ((start + index) / (length - 1)) * width;
        return value === null ? "" : `${x.toFixed(1)},${(height - 1 - (value / top) * (height - 2)).toFixed(1)}`;
      });
      line.path.setAttribute("points", points.join(" "));
    }
  }
}

/** The next of 1, 2, 5, 10, 20, 50, … that is not below a value: the scale stays while values move a little. */
function nice(value) {
  if (value <= 0) return 0;
  const decade = 10 ** Math.floor(Math.log10(value));
  return [1, 2, 5, 10].map((step) => step * decade).find((step) => step >= value * 0.999);
}
