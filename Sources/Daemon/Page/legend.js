// The legend of a stream: its classes with their shares, and which are painted.

/** A list of classes that can be switched on and off. */
export class Legend {
  /** `change` is called with the names of the painted classes; an empty list stands for all. */
  constructor(list, paintAll, change) {
    Object.assign(this, { list, paintAll, change, rows: new Map(), heldUntil: 0 });
    paintAll.addEventListener("click", () => this.set(() => true));
  }

  update(classes) {
    const key = classes.map((item) => item.name + item.color).join();
    if (key !== this.key) this.rebuild(classes);
    this.key = key;
    for (const item of classes) this.updateRow(this.rows.get(item.name), item);
    this.guardLast();
  }

  rebuild(classes) {
    this.rows.clear();
    this.list.replaceChildren(...classes.map((item) => {
      const row = makeRow(item);
      row.box.addEventListener("change", () => this.send());
      this.rows.set(item.name, row);
      return row.element;
    }));
  }

  updateRow(row, item) {
    const percent = item.share * 100;
    row.share.textContent = `${percent.toFixed(percent > 0 && percent < 9.95 ? 1 : 0)} %`;
    row.bar.style.inlineSize = `${Math.min(percent, 100).toFixed(1)}%`;
    if (performance.now() > this.heldUntil) row.box.checked = item.painted;
  }

  /** An empty list means "all" to the daemon, so that one class has to stay. */
  guardLast() {
    const checked = [...this.rows.values()].filter((row) => row.box.checked);
    for (const row of this.rows.values()) row.box.disabled = checked.length === 1 && row.box.checked;
    this.paintAll.hidden = checked.length === this.rows.size;
  }

  set(isPainted) {
    for (const [name, row] of this.rows) row.box.checked = isPainted(name);
    this.send();
  }

  send() {
    this.heldUntil = performance.now() + 1500; // until the daemon's answers know of it
    this.guardLast();
    const painted = [...this.rows].filter(([, row]) => row.box.checked).map(([name]) => name);
    this.change(painted.length === this.rows.size ? [] : painted);
  }
}

function makeRow(item) {
  const element = document.createElement("li");
  const label = document.createElement("label");
  const box = Object.assign(document.createElement("input"), { type: "checkbox", checked: item.painted });
  const [swatch, name, share, bar] = ["swatch", "name", "share", "bar"].map((kind) => {
    const part = document.createElement("span");
    part.className = kind;
    return part;
  });
  name.textContent = item.name;
  swatch.style.backgroundColor = item.color;
  bar.style.backgroundColor = item.color;
  bar.setAttribute("aria-hidden", "true");
  swatch.setAttribute("aria-hidden", "true");
  label.append(box, swatch, name, share);
  element.append(label, bar);
  return { element, box, share, bar };
}
