// Uses the page as people do: with a mouse, with keys alone, on a phone, in the dark.
// Reads a task from stdin (serve_page.py) and prints what it saw; what is wrong in itself is in `problems`.
import {execFileSync} from "node:child_process";
import {readFileSync} from "node:fs";
import {createRequire} from "node:module";
import {join} from "node:path";

const {chromium} = createRequire(join(process.cwd(), "/"))("playwright-core");
const task = JSON.parse(readFileSync(0, "utf8"));
const said = {problems: []};
const check = (good, otherwise) => good || said.problems.push(otherwise);
const program = process.env.DLC_CHROMIUM || execFileSync("which", ["chromium"], {encoding: "utf8"}).trim();
const browser = await chromium.launch({executablePath: program, args: ["--no-sandbox"]});

/** A page of one model. Whatever it says on the console, or asks elsewhere, is a problem. */
async function open(model, options = {}, base = task.base) {
  const context = await browser.newContext(options), page = await context.newPage();
  page.excused = false;
  page.on("console", (message) => check(page.excused, `${model}: on the console: ${message.text()}`));
  page.on("pageerror", (error) => check(false, `${model}: ${error.stack}`));
  page.on("request", (request) => check(request.url().startsWith(base) || /^(blob|data):/.test(request.url()),
                                        `${model}: asks ${request.url()}`));
  await page.goto(`${base}/#${model}`);
  if (base === task.base)
    await page.waitForFunction((name) => document.title.startsWith(name), model);
  return page;
}

/** What the page says once it has the answer. */
async function answer(page) {
  await page.waitForFunction(() => document.getElementById("result").ariaBusy === "false");
  return page.evaluate(() => document.getElementById("class")?.textContent ?? "");
}
const pixels = (page) => page.evaluate(() => document.getElementById("canvas").drawing.pixels());

/** A point of the canvas in pixels of the net. */
async function place(page, x, y) {
  const box = await page.locator("#canvas").boundingBox();
  return [box.x + (x / 28) * box.width, box.y + (y / 28) * box.height];
}

/** Draws a digit as lines through its dark pixels, row by row. */
async function trace(page, shades) {
  await page.click("#clear");
  const box = await page.locator("#canvas").boundingBox();
  const move = (x, y) => page.mouse.move(box.x + (x / 28) * box.width, box.y + (y / 28) * box.height);
  for (let row = 0; row < 28; ++row)
    for (let column = 0, end = 0; column < 28; column = end + 1) {
      const dark = (at) => at < 28 && shades[row * 28 + at] > 100;
      for (end = column; dark(end); ++end);
      if (end === column)
        continue;
      await move(column + 0.5, row + 0.5);
      await page.mouse.down();
      await move(end - 0.5, row + 0.5);
      await page.mouse.up();
    }
}

/** Text whose contrast is below 4.5 to 1, and controls without a name. */
function lacks() {
  const parts = (colour) => colour.match(/[\d.]+/g).map(Number);
  const light = (colour) => parts(colour).slice(0, 3)
      .map((part) => (part / 255 <= 0.04045 ? part / 255 / 12.92 : ((part / 255 + 0.055) / 1.055) ** 2.4))
      .reduce((sum, part, i) => sum + part * [0.2126, 0.7152, 0.0722][i], 0);
  const ground = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const colour = getComputedStyle(at).backgroundColor;
      if (parts(colour)[3] !== 0)
        return colour;
    }
    return "rgb(255, 255, 255)";
  };
  const found = [];
  for (const element of document.querySelectorAll("body *")) {
    if (!element.checkVisibility())
      continue;
    const text = [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim());
    const [a, b] = [light(getComputedStyle(element).color), light(ground(element))].sort((x, y) => y - x);
    if (text && (a + 0.05) / (b + 0.05) < 4.5)
      found.push(`contrast of ${element.tagName} "${element.textContent.trim().slice(0, 30)}"`);
    if (element.matches("input, select, textarea, canvas, button")) {
      const name = element.ariaLabel || [...(element.labels ?? [])].map((label) => label.textContent).join("") ||
                   (element.tagName === "BUTTON" && element.textContent);
      if (!name?.trim())
        found.push(`${element.tagName} ${element.id} has no name`);
    }
  }
  return found;
}

async function look(name, page) {
  for (const what of await page.evaluate(lacks))
    check(false, `${name}: ${what}`);
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  check(wide <= 0, `${name}: wider than the window by ${wide}`);
  await page.screenshot({path: join(task.folder, `${name}.png`), fullPage: true});
}

// Digits, put on the canvas by the code that strokes use, and some drawn with the mouse.
let page = await open("mnist");
said.classes = [], said.shares = [];
for (const digit of task.digits) {
  await page.evaluate((shades) => document.getElementById("canvas").drawing.putAll(shades), digit);
  said.classes.push(await answer(page));
  said.shares.push(await page.evaluate(() => [...document.querySelectorAll("#result .number")].map((one) => one.textContent)));
}
await page.fill("#width", "0.5");
said.strokes = [];
for (const digit of task.digits.slice(0, task.drawn)) {
  await trace(page, digit);
  said.strokes.push({class: await answer(page), pixels: await pixels(page)});
}
check(await page.isVisible("#seen"), "the picture that the net sees is not shown");
check(/^\d+\.\d ms$/.test(await page.textContent("#latency")), "no latency");
await page.waitForFunction(() => document.getElementById("says").textContent !== "");
check(await page.evaluate(() => document.activeElement.id) === "canvas", "a click does not give the canvas the keys");
const penOf = () => page.evaluate(() => getComputedStyle(document.getElementById("pen")).visibility);
check(await penOf() === "hidden", "the pen of the keys is shown to a mouse");
await look("light", page);
await page.click("#erase");
await page.mouse.move(...await place(page, 0, 14));
const before = (await pixels(page)).reduce((a, b) => a + b, 0);
await page.mouse.down();
await page.mouse.move(...await place(page, 28, 14), {steps: 5});
await page.mouse.up();
check((await pixels(page)).reduce((a, b) => a + b, 0) < before, "the eraser takes nothing away");
await page.click("#undo");
check((await pixels(page)).reduce((a, b) => a + b, 0) === before, "undo does not bring it back");

// A picture of light ink, and one of dark ink on paper.
for (const [name, file] of [["opened", "digit.png"], ["turned", "paper.png"]]) {
  await page.click("#clear");
  await page.setInputFiles("#draw-file", join(task.folder, file));
  await page.waitForFunction(() => !document.getElementById("canvas").drawing.isEmpty());
  said[name] = {class: await answer(page), pixels: await pixels(page)};
}
for (const [name, kind] of [["dropped", "drop"], ["pasted", "paste"]]) {
  await page.click("#clear");
  await page.evaluate(([bytes, type]) => {
    const transfer = new DataTransfer();
    transfer.items.add(new File([Uint8Array.from(bytes)], "digit.png", {type: "image/png"}));
    const options = {bubbles: true, cancelable: true, dataTransfer: transfer, clipboardData: transfer};
    document.getElementById("canvas").dispatchEvent(type === "drop" ? new DragEvent(type, options) : new ClipboardEvent(type, options));
  }, [[...readFileSync(join(task.folder, "digit.png"))], kind]);
  await page.waitForFunction(() => !document.getElementById("canvas").drawing.isEmpty());
  said[name] = {class: await answer(page), pixels: await pixels(page)};
}
await page.setInputFiles("#draw-file", {name: "notes.txt", mimeType: "text/plain", buffer: Buffer.from("no picture")});
await page.waitForFunction(() => /notes\.txt is no picture/.test(document.getElementById("problem").textContent));

// What goes wrong is said, and goes away with the next answer.
page.excused = true;
await page.route("**/predict/*", (route) => route.abort());
await page.click("#clear");
await page.evaluate((shades) => document.getElementById("canvas").drawing.putAll(shades), task.digits[0]);
await answer(page);
check(/does not answer/.test(await page.textContent("#problem")), "nothing is said of a server that does not answer");
await page.unroute("**/predict/*");
page.excused = false;
await page.evaluate((shades) => document.getElementById("canvas").drawing.putAll(shades), task.digits[1]);
check(await answer(page) === said.classes[1] && await page.textContent("#problem") === "", "the problem stays");

// With keys alone: to the canvas, a line down the middle, and to another model.
page = await open("mnist", {colorScheme: "dark"});
const focused = () => page.evaluate(() => document.activeElement.id);
for (let i = 0; i < 10 && await focused() !== "canvas"; ++i)
  await page.keyboard.press("Tab");
check(await focused() === "canvas", "Tab does not lead to the canvas");
check(await penOf() === "visible", "no pen is shown");
const press = async (key, times) => {
  for (let i = 0; i < times; ++i)
    await page.keyboard.press(key);
};
await press("ArrowUp", 9);
await press("Space", 1);
await press("ArrowDown", 18);
await press("Space", 1);
said.keys = {class: await answer(page), pixels: await pixels(page)};
await look("dark", page);
await press("Backspace", 1);
check((await pixels(page)).every((shade) => shade === 0), "Backspace does not take the stroke back");
await page.keyboard.press("Shift+Tab");
check(await focused() === "model", "Shift+Tab does not lead to the models");
await press("ArrowDown", 1);
await page.waitForFunction(() => document.title.startsWith("iris"));
check(await page.isVisible("#fields"), "no form after another model was chosen");

// A form, whose fields begin with means.
page = await open("iris");
await answer(page);
await page.fill("#field-2", "");
await page.waitForFunction(() => document.getElementById("problem").textContent === "petal_length needs a number.");
await page.fill("#field-2", "6.5");
await page.fill("#field-3", "2.25");
said.flower = await answer(page);
check(await page.inputValue("#field-0") === "5.84", "a field does not begin with the mean of its column");
await look("form", page);

// On a phone, with a finger.
page = await open("mnist", {viewport: {width: 360, height: 740}, hasTouch: true, isMobile: true});
await page.touchscreen.tap(...await place(page, 14, 14));
await answer(page);
check((await pixels(page)).some((shade) => shade > 0), "a finger draws nothing");
await look("phone", page);

// A picture in colour, and what is none.
page = await open("photos");
await page.setInputFiles("#picture-file", join(task.folder, "photos/red/1.png"));
await page.waitForFunction(() => document.getElementById("class"));
said.photo = await answer(page);
await look("picture", page);
page.excused = true;
await page.setInputFiles("#picture-file", {name: "x.webp", mimeType: "image/webp", buffer: Buffer.from("RIFF\0\0\0\0WEBPVP8 ")});
await page.waitForFunction(() => /WEBP picture, which dlc does not support/.test(document.getElementById("problem").textContent));

// A server that asks for a token.
page = await open("iris", {}, task.guarded);
page.excused = true; // a browser says on the console that it was refused
await page.waitForSelector("#token");
await page.fill("#token", "mustard-0123456789");
await page.keyboard.press("Enter");
await page.waitForFunction(() => /none of this server/.test(document.getElementById("problem").textContent));
await page.fill("#token", "sesame-0123456789");
await look("token", page);
await page.keyboard.press("Enter");
await page.waitForFunction(() => document.getElementById("class"));
check(!await page.isVisible("#token-form") && await page.textContent("#problem") === "", "the token is still asked for");

// A text that is continued, by mouse and by keys, and one that cannot be.
page = await open("text");
await page.fill("#prompt", "the ");
await page.fill("#count", "20");
await page.click("#text button");
await page.waitForSelector("#result .text b");
check((await page.textContent("#result .text")).startsWith("the "), "the prompt is not shown before what follows");
said.text = await page.textContent("#result .text b");
await page.fill("#seed", "2");
await page.focus("#seed");
await page.keyboard.press("Enter");
await page.waitForFunction((before) => document.querySelector("#result .text b")?.textContent !== before, said.text);
said.otherText = await page.textContent("#result .text b");
await look("text", page);
page.excused = true;
await page.fill("#prompt", "thez");
await page.click("#text button");
await page.waitForFunction(() => /'z' \(character 4\) is not one of/.test(document.getElementById("problem").textContent));
page = await open("text", {viewport: {width: 360, height: 740}, hasTouch: true, isMobile: true, colorScheme: "dark"});
await page.fill("#prompt", "the cat");
await page.click("#text button");
await page.waitForSelector("#result .text b");
await look("text-phone", page);

await browser.close();
console.log(JSON.stringify(said));
