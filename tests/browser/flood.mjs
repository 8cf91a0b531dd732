// A dozen vehicles drive into one zone: the list shows one cause, which is acknowledged at one press. Prints what was seen as
// one line of JSON.
//
// Started by tests/tests/desk.rs. Input: CORDON_URL, CORDON_NAME, CORDON_PASSWORD.
import process from "node:process";
import { withBrowser } from "./chromium.mjs";
import { signedIn } from "./person.mjs";

const { CORDON_SCREENSHOT: screenshot } = process.env;

const found = await withBrowser(async (browser) => {
  const page = await signedIn(browser);
  const group = page.getByTestId("alarm-group");
  // The names of zones come a moment after the alarms.
  await group.filter({ hasText: "Tank farm" }).waitFor();
  const text = await group.innerText();
  const shown = await page.getByTestId("alarm-item").count();
  const urgent = await page.getByTestId("urgent").innerText();
  // Ages count up by themselves.
  const since = page.getByTestId("alarm-item").first().locator(".alarm-when");
  const age = await since.innerText();
  await since.filter({ hasNotText: age }).waitFor();
  await page.getByTestId("group-open").click();
  await page.getByTestId("alarm-item").nth(3).waitFor();
  if (screenshot) await page.screenshot({ path: screenshot });
  await page.getByTestId("group-ack").click();
  const summary = page.getByTestId("group-summary");
  await summary.waitFor();
  const done = await summary.innerText();
  await page.getByTestId("urgent").waitFor({ state: "detached" });
  await page.getByTestId("by-cause").click();
  await group.waitFor({ state: "detached" });
  await page.getByTestId("filter-text").fill("TRUCK-07");
  const filtered = await page.getByTestId("alarm-item").allInnerTexts();

  // On a wall the rows that fit are whole, and the others are counted.
  await page.evaluate(() => {
    location.hash = "#/map?wall=1";
  });
  const more = page.getByTestId("wall-more");
  await more.filter({ hasText: /\d/ }).waitFor();
  const wall = await page.getByTestId("wall-alarms").evaluate((element) => {
    const list = element.querySelector("ul").getBoundingClientRect();
    const rows = [...element.querySelectorAll("li")].filter((row) => getComputedStyle(row).visibility === "visible");
    return {
      shown: rows.length,
      cut: rows.filter((row) => row.getBoundingClientRect().bottom > list.bottom + 1).length,
      more: Number(element.querySelector('[data-testid="wall-more"]').innerText.match(/\d+/)[0]),
    };
  });
  const wallFlood = await page.getByTestId("wall-flood").innerText();
  const { complaints } = page;
  return { text, shown, urgent, done, filtered, wall, wallFlood, complaints };
});
console.log(JSON.stringify(found));
