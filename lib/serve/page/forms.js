// Forms: the ways in. Each is an object with what it needs of the page and `sample()`, which gives what is to be asked:
// {body, type}, or a Problem where there is nothing to ask yet. None of them asks.

const find = (id) => document.getElementById(id);

/** Calls `use` with a picture that is dropped on `target`, pasted while it is shown, or chosen in one of `inputs`. */
function takePictures(target, inputs, use) {
  for (const input of inputs)
    input.onchange = () => {
      if (input.files[0])
        use(input.files[0]);
      input.value = "";
    };
  target.ondragover = (event) => {
    event.preventDefault();
    target.classList.add("over");
  };
  target.ondragleave = () => target.classList.remove("over");
  target.ondrop = (event) => {
    event.preventDefault();
    target.classList.remove("over");
    if (event.dataTransfer.files[0])
      use(event.dataTransfer.files[0]);
  };
  document.onpaste = (event) => {
    const file = [...event.clipboardData.files].find((item) => item.type.startsWith("image/"));
    if (file)
      use(file);
  };
}

/** Draws a picture file into the drawing: as large as fits, and as ink on paper whichever of the two is lighter. */
async function drawFile(drawing, file, lightInk) {
  let bitmap;
  try {
    bitmap = await createImageBitmap(file);
  } catch {
    throw new Problem(`${file.name || "What was pasted"} is no picture that this browser reads.`);
  }
  const {width, height} = drawing, shrink = Math.min(width / bitmap.width, height / bitmap.height);
  const context = new OffscreenCanvas(width, height).getContext("2d", {willReadFrequently: true});
  const w = bitmap.width * shrink, h = bitmap.height * shrink, place = [(width - w) / 2, (height - h) / 2, w, h];
  context.imageSmoothingQuality = "high";
  context.fillStyle = "#ffffff"; // what is transparent is paper
  context.fillRect(...place);
  context.drawImage(bitmap, ...place);
  const rgba = context.getImageData(0, 0, width, height).data;
  const luma = (i) => Math.round(0.299 * rgba[4 * i] + 0.587 * rgba[4 * i + 1] + 0.114 * rgba[4 * i + 2]);
  const pixels = Array.from({length: width * height}, (_, i) => i).filter((i) => rgba[4 * i + 3] === 255);
  // What lies at the edges of a picture is paper.
  const edge = pixels.filter((i) => i < width || i >= width * (height - 1) || i % width === 0 || i % width === width - 1);
  const lightPaper = edge.length ? edge.reduce((sum, i) => sum + luma(i), 0) / edge.length > 127 : !lightInk;
  const shades = new Array(width * height).fill(0);
  for (const i of pixels)
    shades[i] = lightPaper ? 255 - luma(i) : luma(i);
  drawing.putAll(shades);
}

/** A canvas for mouse, pen, finger and keys. `canvas` is what GET /model/{m} says of it. */
function drawForm({canvas: about}, changed, failed) {
  const canvas = find("canvas"), pen = find("pen"), lightInk = about.ink > about.paper;
  const drawing = new Drawing(about.width, about.height, () => {
    drawing.show(canvas, lightInk);
    changed();
  });
  const at = {x: about.width / 2, y: about.height / 2, down: false}; // the pen of the keys
  // As pens are in pictures of 28x28; in small ones a line has to be about as wide as a pixel.
  const radius = () => Number(find("width").value) * Math.max(0.4, Math.max(about.width, about.height) / 28);
  const erases = () => find("erase").ariaPressed === "true";
  const place = (event) => {
    const box = canvas.getBoundingClientRect();
    return [((event.clientX - box.left) / box.width) * about.width, ((event.clientY - box.top) / box.height) * about.height];
  };

  let last = null; // where the pointer that draws was
  canvas.onpointerdown = (event) => {
    if (last || (event.pointerType === "mouse" && event.button !== 0))
      return;
    canvas.setPointerCapture(event.pointerId);
    drawing.begin();
    last = {id: event.pointerId, point: place(event)};
    drawing.stroke(...last.point, ...last.point, radius(), erases());
  };
  canvas.onpointermove = (event) => {
    if (last?.id !== event.pointerId)
      return;
    for (const part of event.getCoalescedEvents?.() ?? [event]) {
      const point = place(part);
      drawing.stroke(...last.point, ...point, radius(), erases());
      last.point = point;
    }
  };
  canvas.onpointerup = canvas.onpointercancel = (event) => {
    if (last?.id === event.pointerId)
      last = null;
  };

  const showPen = () => {
    pen.style.left = `${(100 * at.x) / about.width}%`;
    pen.style.top = `${(100 * at.y) / about.height}%`;
    pen.classList.toggle("down", at.down);
  };
  const say = (text) => {
    find("pen-says").textContent = text;
  };
  const lift = () => {
    at.down = false;
    showPen();
  };
  const moves = {ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1]};
  canvas.onkeydown = (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey)
      return;
    const step = Math.max(0.5, Math.max(about.width, about.height) / 28);
    if (moves[event.key]) {
      const [dx, dy] = moves[event.key], from = [at.x, at.y];
      at.x = Math.min(about.width, Math.max(0, at.x + dx * step));
      at.y = Math.min(about.height, Math.max(0, at.y + dy * step));
      if (at.down)
        drawing.stroke(...from, at.x, at.y, radius(), erases());
    } else if (event.key === " ") {
      at.down = !at.down;
      if (at.down) {
        drawing.begin();
        drawing.stroke(at.x, at.y, at.x, at.y, radius(), erases());
      }
      say(`The pen is ${at.down ? "down" : "up"}, ${Math.round(at.x)} from the left and ${Math.round(at.y)} from the top.`);
    } else if (event.key === "Backspace") {
      drawing.undo();
    } else if (event.key === "Delete") {
      drawing.clear();
    } else {
      return;
    }
    event.preventDefault();
    showPen();
  };
  canvas.onblur = () => {
    lift();
    say("");
  };

  find("clear").onclick = () => drawing.clear();
  find("undo").onclick = () => drawing.undo();
  find("erase").ariaPressed = "false";
  find("erase").onclick = () => {
    find("erase").ariaPressed = String(!erases());
  };
  takePictures(canvas.parentElement, [find("draw-file")], (file) => drawFile(drawing, file, lightInk).catch(failed));
  canvas.drawing = drawing; // for scripts: canvas.drawing.putAll(shades)
  showPen();
  drawing.show(canvas, lightInk);
  return {
    like: [about.height, about.width],
    sample() {
      if (drawing.isEmpty())
        throw new Problem("");
      let values = drawing.pixels().map((shade) => about.paper + ((about.ink - about.paper) * shade) / 255);
      for (const size of about.shape.slice(1).reverse()) // innermost sizes first
        values = Array.from({length: values.length / size}, (_, i) => values.slice(i * size, (i + 1) * size));
      return {body: JSON.stringify([values])};
    },
  };
}

/** A picture file as it is. */
function pictureForm(_, changed) {
  let file = null;
  const preview = find("preview");
  preview.hidden = true;
  find("picture-name").textContent = "";
  takePictures(find("drop"), [find("picture-file"), find("camera")], (chosen) => {
    file = chosen;
    URL.revokeObjectURL(preview.src);
    preview.src = URL.createObjectURL(file);
    preview.hidden = false;
    find("picture-name").textContent = file.name;
    changed();
  });
  preview.onerror = () => {
    preview.hidden = true; // of a kind that this browser does not show; the server says whether it reads it
  };
  return {
    sample() {
      if (!file)
        throw new Problem("");
      return {body: file, type: file.type.startsWith("image/") ? file.type : "application/octet-stream"};
    },
  };
}

/** A number for each column. */
function fieldsForm(model, changed) {
  const count = model.inputs[0].shape.reduce((product, size) => product * size, 1);
  const columns = Array.from({length: count}, (_, i) => ({name: `value ${i + 1}`, ...model.columns?.[i]}));
  const fields = columns.map(({name, low, high, mean}, i) => {
    const known = high > low, digits = known ? Math.max(0, 2 - Math.floor(Math.log10(high - low))) : 0;
    const number = element("input", {type: "number", id: `field-${i}`, step: "any", required: true});
    number.value = known ? String(Number(mean.toFixed(Math.min(20, digits)))) : (low ?? "");
    const label = element("label", {htmlFor: number.id}, name), parts = [label, number];
    number.addEventListener("input", changed);
    if (known) {
      const slider = element("input", {type: "range", min: low, max: high, step: "any", ariaLabel: `${name}, slider`});
      slider.value = number.value;
      slider.oninput = () => {
        number.value = String(Number(Number(slider.value).toFixed(Math.min(20, digits))));
        changed();
      };
      number.addEventListener("input", () => {
        slider.value = number.value;
      });
      label.append(" ", element("span", {className: "quiet"}, `${short(low)} to ${short(high)}`));
      parts.push(slider);
    }
    find("columns").append(element("div", {}, ...parts));
    return number;
  });
  find("fields").onsubmit = (event) => event.preventDefault();
  return {
    sample() {
      const empty = fields.findIndex((field) => field.value === "" || !Number.isFinite(field.valueAsNumber));
      if (empty >= 0)
        throw new Problem(`${columns[empty].name} needs a number.`);
      // As it was typed: the server reads the digits.
      return {body: `[[${fields.map((field) => jsonNumber(field.value)).join(",")}]]`};
    },
  };
}

/** "+.5" and "5." are numbers to a browser, but not in JSON. */
function jsonNumber(text) {
  const number = text.trim();
  return /^-?(0|[1-9]\d*)(\.\d+)?([eE][-+]?\d+)?$/.test(number) ? number : JSON.stringify(Number(number));
}

/** Numbers as JSON, asked about when the button is pressed. */
function arrayForm(model, changed) {
  const box = find("values"), several = model.inputs.length > 1;
  const shape = several ? [model.inputs.reduce((sum, input) => sum + input.shape.reduce((a, b) => a * b, 1), 0)]
                        : model.sample?.shape ?? model.inputs[0].shape;
  const zeros = shape.reduceRight((inner, size) => Array.from({length: size || 1}, () => inner), 0);
  find("values-label").textContent = `One sample as a JSON array of ${shape.join("×")} numbers` +
      (several ? `: ${model.inputs.map((input) => `${input.name} ${input.shape.join("×")}`).join(", then ")}` : "");
  box.value = JSON.stringify(zeros).replaceAll("],[", "],\n[");
  find("array").onsubmit = (event) => {
    event.preventDefault();
    changed();
  };
  return {sample: () => ({body: box.value})};
}
