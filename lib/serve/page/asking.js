// Asking: requests to the server, one at a time, of which the newest replaces what waits.
// Paths are relative, so that a proxy may put the server anywhere; what answers mean is up to others.

/** What the server wants to hear of everybody, where it does; kept as long as the page is open. */
let token = "";

/** What is told to people. */
class Problem extends Error {
  constructor(text, status = 0) {
    super(text);
    this.status = status;
  }
}

/** Milliseconds from the request to its last byte, without what this page had to wait for itself. */
function timeOf(response, begun) {
  const entry = performance.getEntriesByName(response.url).at(-1);
  performance.clearResourceTimings(); // of which a browser keeps only so many
  return entry?.requestStart ? entry.responseEnd - entry.requestStart : performance.now() - begun;
}

/** The JSON of an answer and the milliseconds until it was there. */
async function ask(path, options = {}) {
  if (token)
    options.headers = {...options.headers, Authorization: `Bearer ${token}`};
  const begun = performance.now();
  let response, text;
  try {
    response = await fetch(path, options);
    text = await response.text();
  } catch {
    throw new Problem("The server does not answer. Is it still running?");
  }
  const milliseconds = timeOf(response, begun);
  let answer;
  try {
    answer = JSON.parse(text);
  } catch {
    throw new Problem(`The server answered with status ${response.status}, and without JSON.`, response.status);
  }
  if (!response.ok)
    throw new Problem(problemText(response.status, answer.error), response.status);
  return {answer, milliseconds};
}

/** Errors of the server are whole messages; here they become sentences. */
function problemText(status, error) {
  if (status === 503)
    return "The server is busy: too many requests wait. It is asked again.";
  if (typeof error !== "string" || !error)
    return `The server refused with status ${status}.`;
  return error[0].toUpperCase() + error.slice(1) + (/[.!?]$/.test(error) ? "" : ".");
}

function post(path, body, type = "application/json") {
  return ask(path, {method: "POST", headers: {"Content-Type": type}, body});
}

/** Runs what was asked for last. While one job runs, a later one replaces whatever waits. */
class Newest {
  /** `busy` is told whether something runs or waits. */
  constructor(busy) {
    this.busy = busy;
    this.waiting = null;
    this.running = false;
    this.round = 0;
  }

  /** `job` gets a function that says whether its outcome is still wanted. */
  async run(job) {
    this.waiting = job;
    this.busy(true);
    if (this.running)
      return;
    this.running = true;
    while (this.waiting) {
      const next = this.waiting, round = ++this.round;
      this.waiting = null;
      await next(() => this.round === round);
    }
    this.running = false;
    this.busy(false);
  }

  /** Nothing that was asked is wanted any more. */
  forget() {
    this.waiting = null;
    ++this.round;
  }
}
