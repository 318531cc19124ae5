// Answers: what the net said, as bars, words, numbers or pictures, and the sample as the net saw it.
// It shows what it is given; asking is in asking.js.

const kMostBars = 12, kMostValues = 200;

/** A new element. Texts become text, never HTML. */
function element(name, properties = {}, ...children) {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children);
  return made;
}

/** A number for people: five digits, or "not a number", which JSON has as null. */
function short(value) {
  return value === null ? "not a number" : String(Number(value.toPrecision(5)));
}

/** The same with one digit behind the point, in percent. */
function percent(value) {
  return value === null ? "none" : `${(100 * value).toFixed(1)}%`;
}

/** One line per class: name, bar, number. Of many classes the most probable, largest first. */
function bars(names, values) {
  const shares = values.every((value) => value !== null && value >= 0 && value <= 1.0001);
  const low = shares ? 0 : Math.min(...values), high = shares ? 1 : Math.max(...values);
  const largest = values.indexOf(Math.max(...values));
  let order = values.map((_, i) => i);
  if (values.length > kMostBars)
    order = order.sort((a, b) => values[b] - values[a]).slice(0, kMostBars);
  const list = element("ul", {className: names.every((name) => name.length <= 2) ? "bars narrow" : "bars"});
  for (const i of order) {
    const bar = element("div", {className: "bar"});
    bar.style.width = `${high > low ? Math.max(0, (100 * (values[i] - low)) / (high - low)) : 0}%`;
    const track = element("div", {className: "track", ariaHidden: "true"}, bar);
    list.append(element("li", {className: i === largest ? "largest" : ""},
                        element("span", {className: "name"}, names[i]), track,
                        element("span", {className: "number"}, shares ? percent(values[i]) : short(values[i]))));
  }
  return list;
}

/** Numbers of 1xHxW, 3xHxW or HxW as shades, from the lowest to the highest of them. */
function showPicture(canvas, shape, values) {
  const width = shape.at(-1), height = shape.at(-2), plane = width * height;
  const colour = shape.length === 3 && shape[0] === 3;
  let low = Infinity, high = -Infinity;
  for (const value of values)
    if (value !== null)
      low = Math.min(low, value), high = Math.max(high, value);
  canvas.width = width;
  canvas.height = height;
  const context = canvas.getContext("2d"), image = context.createImageData(width, height);
  const shade = (value) => (high > low ? (255 * (value - low)) / (high - low) : 0);
  for (let i = 0; i < plane; ++i) {
    for (let c = 0; c < 3; ++c)
      image.data[4 * i + c] = shade(values[colour ? c * plane + i : i]);
    image.data[4 * i + 3] = 255;
  }
  context.putImageData(image, 0, 0);
  return [low, high];
}

/** Whether numbers of this shape are a picture of at least 4x4 pixels. */
function isPicture(shape) {
  const channels = shape.length === 3 ? shape[0] : 1;
  return (shape.length === 2 || shape.length === 3) && (channels === 1 || channels === 3) && shape.at(-1) >= 4 &&
         shape.at(-2) >= 4;
}

/** What one output says: elements, and a sentence to be read aloud. */
function showOutput(answer, output, like) {
  const names = (count) => Array.from({length: count}, (_, i) => output.classes?.[i] ?? String(i));
  if (answer.class !== undefined) {
    const p = answer.p.length === 1 ? [1 - answer.p[0], answer.p[0]] : answer.p;
    const share = Math.max(...p);
    const says = share <= 1 && share >= 0 ? `${answer.class}, ${percent(share)}` : answer.class;
    return {says, parts: [element("p", {className: "first", id: "class"}, answer.class), bars(names(p.length), p)]};
  }
  if (answer.labels) {
    const all = names(answer.labels.length), yes = all.filter((_, i) => answer.labels[i]);
    const says = yes.length ? yes.join(", ") : "none of them";
    return {says, parts: [element("p", {className: "first", id: "class"}, says), bars(all, answer.p)]};
  }
  if (answer.classes) {
    const says = answer.classes.join(" ");
    return {says, parts: [element("p", {className: "text"}, says)]};
  }
  const shape = isPicture(output.shape) ? output.shape
                : like && answer.values.length === like[0] * like[1] ? like : null;
  if (shape) {
    const canvas = element("canvas", {role: "img", ariaLabel: "The picture that the net made"});
    showPicture(canvas, shape, answer.values);
    return {says: "a picture", parts: [element("p", {className: "quiet"}, "What the net makes of it"), canvas]};
  }
  const shown = answer.values.slice(0, kMostValues).map(short), left = answer.values.length - shown.length;
  const says = shown.slice(0, 8).join(", ");
  const list = element("ul", {className: shown.length === 1 ? "values first" : "values"});
  list.append(...shown.map((value) => element("li", {}, value)));
  return {says, parts: left ? [list, element("p", {className: "quiet"}, `and ${left} more`)] : [list]};
}

/** All outputs of an answer to one sample. `like`: the height and width of pictures, where they are known. */
function showAnswer(result, answer, outputs, like) {
  const one = Array.isArray(answer) ? answer[0] : answer;
  const said = [], parts = [];
  for (const output of outputs) {
    const shown = showOutput(outputs.length > 1 ? one[output.name] : one, output, like);
    if (outputs.length > 1)
      parts.push(element("h3", {}, output.name));
    parts.push(...shown.parts);
    said.push(shown.says);
  }
  result.replaceChildren(...parts);
  return said.join("; ");
}

/** What `prepare` made of the sample, where that is a picture; otherwise nothing is shown. */
function showPrepared(figure, prepared, like) {
  const shape = isPicture(prepared.shape) ? prepared.shape
                : like && prepared.values.length === like[0] * like[1] ? like : null;
  figure.hidden = !shape;
  if (!shape)
    return;
  const [low, high] = showPicture(figure.querySelector("canvas"), shape, prepared.values);
  figure.querySelector("p").textContent =
      `${prepared.shape.join("×")}, values from ${short(low)} to ${short(high)}, after prepare`;
}
