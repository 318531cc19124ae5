// The page itself: which model is talked to, the form that fits it, and its answers as they come.
// Forms, answers and requests have files of their own, which stand before this one in the script.

const result = find("result"), seen = find("seen"), problem = find("problem");
let form = null;  // of the model that is shown
let again = null; // the timer that asks a busy server again
let spoken = null; // the timer after which an answer is read aloud

const newest = new Newest((busy) => {
  result.ariaBusy = String(busy);
});

const kHints = {
  draw: "Draw something: the answer follows every stroke.",
  picture: "Choose a picture to see what the net says of it.",
  fields: "",
  text: "Write the beginning of a text and let the net continue it.",
  array: "Write the numbers of a sample and press Predict.",
};

/** Nothing is known of the sample any more. */
function blank(hint = "") {
  result.replaceChildren(...(hint ? [element("p", {className: "quiet"}, hint)] : []));
  seen.hidden = true;
  find("latency").textContent = "";
  find("says").textContent = "";
}

function fail(error) {
  if (!(error instanceof Problem))
    throw error;
  problem.textContent = error.message;
  find("token-form").hidden = error.status !== 401;
}

find("token-form").onsubmit = (event) => {
  event.preventDefault();
  token = find("token").value;
  find("token-form").hidden = true;
  begin().catch(fail);
};

/** Says it when it has stayed the same for a moment: a drawing changes its answer many times. */
function speak(text) {
  const kMoment = 700;
  clearTimeout(spoken);
  spoken = setTimeout(() => {
    find("says").textContent = text;
  }, kMoment);
}

/** Asks about the sample of the form, and what `prepare` makes of it. */
function predict(model) {
  const current = form;
  clearTimeout(again);
  newest.run(async (wanted) => {
    try {
      const {body, type} = current.sample();
      const asked = post(`predict/${model.name}`, body, type);
      const prepared = model.form === "draw" || model.form === "picture" ? post(`prepare/${model.name}`, body, type) : null;
      prepared?.catch(() => {}); // the same problem as that of the answer
      const {answer, milliseconds} = await asked;
      const view = await prepared;
      if (!wanted())
        return;
      problem.textContent = "";
      speak(showAnswer(result, answer, model.outputs, current.like));
      find("latency").textContent = `${milliseconds.toFixed(1)} ms`;
      if (view)
        showPrepared(seen, view.answer, current.like);
    } catch (error) {
      if (!wanted())
        return;
      blank(error.message ? "" : kHints[model.form]);
      fail(error);
      const kRetry = 1000;
      if (error.status === 503)
        again = setTimeout(() => predict(model), kRetry);
    }
  });
}

/** A text that the model continues. */
function textForm(model) {
  find("text").onsubmit = (event) => {
    event.preventDefault();
    const prompt = find("prompt").value;
    const question = {prompt, n: find("count").valueAsNumber, temperature: find("temperature").valueAsNumber,
                      seed: find("seed").valueAsNumber};
    newest.run(async (wanted) => {
      try {
        const {answer, milliseconds} = await post(`generate/${model.name}`, JSON.stringify(question));
        if (!wanted())
          return;
        problem.textContent = "";
        result.replaceChildren(element("p", {className: "text"}, prompt, element("b", {}, answer.text)));
        find("latency").textContent = `${milliseconds.toFixed(1)} ms`;
        speak(answer.text);
      } catch (error) {
        if (!wanted())
          return;
        blank();
        fail(error);
      }
    });
  };
}

const kForms = {draw: drawForm, picture: pictureForm, fields: fieldsForm, text: textForm, array: arrayForm};

/** Shows the form of a model, and the answer to what stands in it already. */
async function show(name) {
  newest.forget();
  clearTimeout(again);
  blank();
  problem.textContent = "";
  const {answer: model} = await ask(`model/${name}`);
  if (find("model").value !== name) // another was chosen meanwhile
    return;
  document.title = `${name} · dlc serve`;
  find("about").textContent = aboutText(model);
  document.onpaste = null;
  find("columns").replaceChildren();
  for (const part of document.querySelectorAll("[data-form]"))
    part.hidden = part.dataset.form !== model.form;
  blank(kHints[model.form]);
  const changed = () => predict(model);
  form = kForms[model.form](model, changed, fail);
  if (model.form === "fields")
    changed();
}

/** "64-32-10, 2,410 parameters, f32" */
function aboutText(model) {
  const parts = model.net ? [model.net.replaceAll("->", "→"), `${model.params.toLocaleString("en")} parameters`] : [];
  return [...parts, model.dtype].join(" · ");
}

async function begin() {
  const {answer} = await ask("models");
  const choice = find("model");
  choice.replaceChildren(...answer.models.map((name) => element("option", {value: name}, name)));
  const wanted = decodeURIComponent(location.hash.slice(1));
  if (answer.models.includes(wanted))
    choice.value = wanted;
  choice.onchange = () => {
    history.replaceState(null, "", `#${choice.value}`);
    show(choice.value).catch(fail);
  };
  await show(choice.value);
}

// A file that misses its place must not be opened instead of the page.
document.ondragover = document.ondrop = (event) => event.preventDefault();
begin().catch(fail);
