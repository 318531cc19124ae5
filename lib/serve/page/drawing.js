// Drawing: a grid of ink, several cells wide for each pixel of the net, and the strokes that are made in it.
// It knows neither the server nor what shows it, but for the canvas to which it copies its cells.

/** Cells along the longer side: enough that strokes have smooth edges. */
const kCells = 224;

class Drawing {
  /** `width` x `height` pixels; `changed` is called after each change. */
  constructor(width, height, changed) {
    this.width = width;
    this.height = height;
    this.scale = Math.max(2, Math.round(kCells / Math.max(width, height)));
    this.columns = width * this.scale;
    this.rows = height * this.scale;
    this.cells = new Uint8Array(this.columns * this.rows); // 0 is paper, 255 is ink
    this.earlier = []; // before each of the last strokes
    this.changed = changed;
  }

  /** Every change of a cell goes through here: ink adds up to the darkest, the eraser to the lightest. */
  ink(column, row, value, erase = false) {
    if (column < 0 || row < 0 || column >= this.columns || row >= this.rows)
      return;
    const at = row * this.columns + column;
    this.cells[at] = erase ? Math.min(this.cells[at], 255 - value) : Math.max(this.cells[at], value);
  }

  /** Begins what undo() takes back. */
  begin() {
    const kMost = 40;
    this.earlier.push(this.cells.slice());
    if (this.earlier.length > kMost)
      this.earlier.shift();
  }

  /** A line between two points, in pixels, with round ends and soft edges. */
  stroke(x0, y0, x1, y1, radius, erase = false) {
    const scale = this.scale, soft = kCells / 80, reach = radius * scale;
    const ax = x0 * scale, ay = y0 * scale, dx = x1 * scale - ax, dy = y1 * scale - ay;
    const length = dx * dx + dy * dy, margin = reach + soft + 1;
    const right = Math.max(ax, ax + dx) + margin, bottom = Math.max(ay, ay + dy) + margin;
    for (let row = Math.floor(Math.min(ay, ay + dy) - margin); row < bottom; ++row)
      for (let column = Math.floor(Math.min(ax, ax + dx) - margin); column < right; ++column) {
        const px = column + 0.5 - ax, py = row + 0.5 - ay;
        const along = length ? Math.min(1, Math.max(0, (px * dx + py * dy) / length)) : 0;
        const distance = Math.hypot(px - along * dx, py - along * dy);
        const value = Math.round(255 * Math.min(1, Math.max(0, 0.5 + (reach - distance) / (2 * soft))));
        if (value)
          this.ink(column, row, value, erase);
      }
    this.changed();
  }

  /** One pixel of the net in a shade from 0 to 255. */
  put(x, y, value) {
    for (let row = 0; row < this.scale; ++row)
      for (let column = 0; column < this.scale; ++column)
        this.ink(x * this.scale + column, y * this.scale + row, value);
  }

  /** All pixels at once, in shades from 0 to 255, row by row. */
  putAll(shades) {
    this.begin();
    this.cells.fill(0);
    shades.forEach((value, i) => this.put(i % this.width, Math.floor(i / this.width), value));
    this.changed();
  }

  clear() {
    if (this.isEmpty())
      return;
    this.begin();
    this.cells.fill(0);
    this.changed();
  }

  undo() {
    if (!this.earlier.length)
      return;
    this.cells = this.earlier.pop();
    this.changed();
  }

  isEmpty() {
    return this.cells.every((value) => value === 0);
  }

  /** What the net is asked about: the mean of each pixel's cells, as a whole number from 0 to 255, row by row. */
  pixels() {
    const pixels = new Array(this.width * this.height).fill(0), area = this.scale * this.scale;
    this.cells.forEach((value, i) => {
      const row = Math.floor(i / this.columns / this.scale), column = Math.floor((i % this.columns) / this.scale);
      pixels[row * this.width + column] += value;
    });
    return pixels.map((sum) => Math.round(sum / area));
  }

  /** Shows it: light ink on dark paper, or the other way round. */
  show(canvas, lightInk) {
    canvas.width = this.columns;
    canvas.height = this.rows;
    const context = canvas.getContext("2d"), image = context.createImageData(this.columns, this.rows);
    const words = new Uint32Array(image.data.buffer);
    this.cells.forEach((value, i) => {
      words[i] = 0xff000000 | (0x10101 * (lightInk ? value : 255 - value));
    });
    context.putImageData(image, 0, 0);
  }
}
