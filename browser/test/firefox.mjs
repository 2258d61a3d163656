// @ts-check
/**
 * Firefox over WebDriver BiDi, steered line by line: a step of JSON comes in on stdin, its answer
 * goes out on stdout. The stories themselves are told once, in tests/, for this browser and for
 * Chromium; tests/firefox.py is the other end of the line.
 *
 * A step is `{"step": name, "with": [...]}`; an answer `{"value": ...}` or `{"error": text}`.
 * The first line is no step: `{"path", "profile", "prefs", "longest"}` starts the browser.
 */
import readline from "node:readline";
import process from "node:process";
import puppeteer from "puppeteer-core";

/** @typedef {{method: string, url: string, headers: Record<string, string>, body: string | null}} Sent */

const lines = readline.createInterface({ input: process.stdin })[Symbol.asyncIterator]();
const settings = JSON.parse((await lines.next()).value);
const browser = await puppeteer.launch({
  browser: "firefox",
  executablePath: settings.path,
  userDataDir: settings.profile,
  headless: true,
  extraPrefsFirefox: settings.prefs,
  timeout: settings.longest,
  protocolTimeout: settings.longest,
});
/** @type {import("puppeteer-core").BrowserContext} */
let context;
/** @type {import("puppeteer-core").Page} */
let page;
/** @type {Promise<Sent>[]} */
let sent = [];
/** @type {string[]} */
let complaints = [];

/** @param {number} width @param {number} height */
async function open(width, height) {
  context = await browser.createBrowserContext();
  page = await context.newPage();
  page.setDefaultTimeout(settings.longest);
  await page.setViewport({ width, height });
  sent = [];
  complaints = [];
  page.on("request", (request) => sent.push(recorded(request)));
  // "Leave this page?" Yes.
  page.on("dialog", (dialog) => dialog.accept());
  page.on("console", (message) => complaints.push(message.text()));
  page.on("pageerror", (error) => complaints.push(String(error)));
}

/** @param {import("puppeteer-core").HTTPRequest} request @returns {Promise<Sent>} */
async function recorded(request) {
  const found = { method: request.method(), url: request.url(), headers: request.headers() };
  return { ...found, body: request.method() === "POST" ? await body(request) : null };
}

/**
 * A body as it was sent, in base64. Puppeteer gives up on bodies that are no text, so the
 * browser itself is asked; it can answer once the request is on its way.
 * @param {import("puppeteer-core").HTTPRequest} request
 * @returns {Promise<string | null>}
 */
async function body(request) {
  const asked = { dataType: "request", request: /** @type {any} */ (request).id };
  const end = Date.now() + settings.longest;
  for (;;) {
    try {
      const { result } = await /** @type {any} */ (browser).connection.send("network.getData", asked);
      const { type, value } = result.bytes;
      return type === "base64" ? value : Buffer.from(value, "utf-8").toString("base64");
    } catch (error) {
      if (Date.now() > end) throw error;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}

/** @param {string} at */
async function one(at) {
  const found = await page.waitForSelector(at, { visible: true });
  if (!found) throw new Error(`nothing at ${at}`);
  return found;
}

/** @type {Record<string, (...given: any[]) => Promise<unknown>>} */
const steps = {
  open,
  close: async () => context.close(),
  before: async (/** @type {string} */ code) => {
    await page.evaluateOnNewDocument(code);
  },
  goto: async (/** @type {string} */ url) => {
    await page.goto(url);
  },
  reload: async () => {
    await page.reload();
  },
  back: async () => {
    await page.goBack();
  },
  url: async () => page.url(),
  fill: async (/** @type {string} */ at, /** @type {string} */ text) => {
    await page.locator(at).fill(text);
  },
  choose: async (/** @type {string} */ at, /** @type {string} */ value) => {
    await (await one(at)).select(value);
  },
  click: async (/** @type {string} */ at) => {
    await (await one(at)).click();
  },
  leave: async (/** @type {string} */ at) => {
    const found = await one(at);
    await Promise.all([page.waitForNavigation(), found.click()]);
  },
  press: async (/** @type {import("puppeteer-core").KeyInput} */ key) => page.keyboard.press(key),
  type: async (/** @type {string} */ text) => page.keyboard.type(text),
  text: async (/** @type {string} */ at) => (await one(at)).evaluate((node) => /** @type {HTMLElement} */ (node).innerText),
  texts: async (/** @type {string} */ at) =>
    page.$$eval(at, (nodes) => nodes.map((node) => /** @type {HTMLElement} */ (node).innerText)),
  value: async (/** @type {string} */ at) =>
    page.$eval(at, (node) => /** @type {HTMLInputElement} */ (node).value),
  attribute: async (/** @type {string} */ at, /** @type {string} */ name) =>
    page.$eval(at, (node, name) => node.getAttribute(name), name),
  shown: async (/** @type {string} */ at) =>
    page.$$eval(at, (nodes) => nodes.filter((node) => node.checkVisibility()).length),
  wait: async (/** @type {string} */ at) => {
    await one(at);
  },
  gone: async (/** @type {string} */ at) => {
    await page.waitForSelector(at, { hidden: true });
  },
  evaluate: async (/** @type {string} */ code) => page.evaluate(code),
  shot: async (/** @type {`${string}.png`} */ path) => {
    await page.screenshot({ path, fullPage: true });
  },
  sent: async () => Promise.all(sent),
  complaints: async () => complaints,
};

process.stdout.write('{"value": null}\n');
for await (const line of lines) {
  const { step, with: given } = JSON.parse(line);
  let answer;
  try {
    answer = { value: (await steps[step](...given)) ?? null };
  } catch (error) {
    answer = { error: String(error) };
  }
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
await browser.close();
