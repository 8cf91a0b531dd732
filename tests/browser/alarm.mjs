// A monitor at the console, in a real Chromium: signs in, sees the alarm come, acknowledges it, reloads.
//
// Started by tests/tests/browser.rs, which drives the terminal when this says `live`. Everything it found is printed as
// one line of JSON at the end; whoever started it judges that. Input: CORDON_URL, CORDON_NAME, CORDON_PASSWORD.
import process from "node:process";
import { withBrowser } from "./chromium.mjs";

const { CORDON_URL: url, CORDON_NAME: name, CORDON_PASSWORD: password, CORDON_SCREENSHOT: screenshot } = process.env;
const found = { requests: [], complaints: [] };
await withBrowser(async (browser) => {
  const context = await browser.newContext({ locale: "en-GB", viewport: { width: 1440, height: 900 } });
  context.setDefaultTimeout(60_000);
  context.on("request", (request) => found.requests.push(request.url()));
  const page = await context.newPage();
  page.on("websocket", (socket) => found.requests.push(socket.url()));
  page.on("pageerror", (error) => found.complaints.push(String(error)));

  await page.goto(url);
  await page.getByTestId("signin-name").fill(name);
  await page.getByTestId("signin-password").fill("not the password");
  await page.getByTestId("signin-submit").click();
  await page.getByTestId("signin-problem").waitFor();
  await page.getByTestId("signin-password").fill(password);
  await page.getByTestId("signin-submit").click();
  const state = page.locator('[data-testid="connection-state"][data-state="live"]');
  await state.waitFor();
  found.alarmsBefore = await page.getByTestId("alarm-item").count();
  console.log("live");

  const item = page.getByTestId("alarm-item").first();
  await item.waitFor();
  found.alarm = await item.getAttribute("data-alarm-id");
  found.stateAtFirst = await item.getAttribute("data-state");
  found.text = await item.innerText();
  await page.getByTestId("vehicle-count").filter({ hasText: "1" }).waitFor();
  found.dataAge = await page.getByTestId("data-age").innerText();
  found.vehicles = await page.getByTestId("vehicle-count").innerText();

  const mine = page.locator(`[data-testid="alarm-item"][data-alarm-id="${found.alarm}"]`);
  await mine.getByTestId("alarm-ack").click();
  await page.locator(`[data-testid="alarm-item"][data-alarm-id="${found.alarm}"][data-state="acknowledged"]`).waitFor();

  await mine.locator(".alarm-body").click();
  await mine.getByTestId("alarm-why").click();
  found.why = await mine.getByTestId("alarm-why-text").innerText();

  const read = () => page.evaluate(() => ({ language: document.documentElement.lang, text: document.body.innerText }));
  found.languages = [await read()];
  await page.getByTestId("language-switch").click();
  await page.waitForFunction((language) => document.documentElement.lang !== language, found.languages[0].language);
  found.languages.push(await read());

  await page.reload();
  await mine.waitFor();
  found.stateAfterReload = await mine.getAttribute("data-state");
  await state.waitFor();
  found.itemsAfterReload = await page.getByTestId("alarm-item").count();
  if (screenshot) await page.screenshot({ path: screenshot });
});
console.log(JSON.stringify(found));
