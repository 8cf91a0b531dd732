// The server goes away while the page is open and comes back; then the person's session is ended. Says `live`, `lost` and
// `again` for whoever stops and starts the server, then `missed` when the alarm of the time between is there, and prints
// what was seen as one line of JSON.
//
// Started by tests/tests/console.rs. Input: CORDON_URL, CORDON_NAME, CORDON_PASSWORD, CORDON_NEXT_PASSWORD.
import process from "node:process";
import { withBrowser } from "./chromium.mjs";
import { live, name, open, screenshot, signIn, url } from "./console.mjs";

const { CORDON_NEXT_PASSWORD: nextPassword } = process.env;

const found = await withBrowser(async (browser) => {
  const page = await browser.newPage({ locale: "en-GB", viewport: { width: 1440, height: 900 } });
  page.setDefaultTimeout(60_000);
  const attempts = [];
  page.on("websocket", () => attempts.push(Date.now()));
  const seen = {};
  await page.goto(`${url}#/map?at=121.61,29.98,14`);
  await signIn(page);
  seen.alarmsBefore = await page.getByTestId("alarm-item").count();
  console.log("live");

  const banner = page.getByTestId("banner-lost");
  await banner.waitFor();
  seen.banner = await banner.innerText();
  seen.state = await page.getByTestId("connection-state").getAttribute("data-state");
  if (screenshot) await page.screenshot({ path: screenshot });
  // What was not read yet cannot be: that takes nothing away from what is there.
  await open(page, "#/data");
  seen.later = await page.getByTestId("later-failed").innerText();
  await open(page, "#/map?at=121.61,29.98,14");
  await banner.waitFor();
  // Two attempts fail before the server is back: their distance is the back-off's.
  const before = attempts.length;
  while (attempts.length < before + 2) await page.waitForEvent("websocket");
  seen.apartMs = attempts.slice(-2).reduce((a, b) => b - a);
  console.log("lost");

  await live(page);
  await banner.waitFor({ state: "detached" });
  console.log("again");
  await page.getByTestId("alarm-item").first().waitFor();
  seen.alarmsAfter = await page.getByTestId("alarm-item").count();
  seen.reloaded = await page.evaluate(() => performance.getEntriesByType("navigation")[0].type !== "navigate");
  seen.address = await page.evaluate(() => location.hash);
  console.log("missed");

  // The session is over: the door, with the address kept behind it.
  await page.getByTestId("signin-name").waitFor();
  seen.notice = await page.getByTestId("signin-problem").innerText();
  seen.addressAtDoor = await page.evaluate(() => location.hash);
  await page.getByTestId("signin-name").fill(name);
  await page.getByTestId("signin-password").fill(nextPassword);
  await page.getByTestId("signin-submit").click();
  await live(page);
  await page.waitForFunction(() => document.querySelector('[data-testid="readout-at"]')?.textContent?.startsWith("121.61"));
  seen.centre = await page.getByTestId("readout-at").innerText();
  return seen;
});
console.log(JSON.stringify(found));
