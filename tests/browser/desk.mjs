// Three alarms dealt with by keyboard alone: one is acknowledged, one put aside and taken back, one closed with a result. Then
// the first one's evidence is looked at, and the closed one is found again. Prints what was seen as one line of JSON.
//
// Started by tests/tests/desk.rs. Input: CORDON_URL, CORDON_NAME, CORDON_PASSWORD.
import process from "node:process";
import { withBrowser } from "./chromium.mjs";
import { alarmIn, signedIn } from "./person.mjs";

const { CORDON_SCREENSHOT: screenshot } = process.env;

const found = await withBrowser(async (browser) => {
  const page = await signedIn(browser);
  const items = page.getByTestId("alarm-item");
  await items.nth(2).waitFor();
  // One row after the other: neither a hole, which looks like the end of the list, nor one over another.
  await page.waitForFunction(() => {
    const boxes = [...document.querySelectorAll('[data-testid="alarm-item"]')].map((row) => row.getBoundingClientRect());
    return boxes.every(({ top }, i) => i === 0 || Math.abs(top - boxes[i - 1].bottom) < 1);
  });
  const keys = page.keyboard;
  const chosen = page.locator('[data-testid="alarm-item"][aria-current="true"]');
  const chosenAfter = async (key, last) => {
    await keys.press(key);
    await page.waitForFunction(
      (before) => ![null, before].includes(document.querySelector('[aria-current="true"]')?.dataset.alarmId ?? null),
      last,
    );
    return chosen.getAttribute("data-alarm-id");
  };

  const acknowledged = await chosenAfter("n", null);
  await keys.press("a");
  await alarmIn(page, acknowledged, "acknowledged").waitFor();

  const shelved = await chosenAfter("j", acknowledged);
  await keys.press("s");
  await keys.type("known, being repaired");
  await keys.press("Enter");
  await alarmIn(page, shelved, "shelved").waitFor();
  const shelvedText = await alarmIn(page, shelved, "shelved").innerText();
  // What is put aside stands last; it is still the chosen one, and is taken back with a note.
  await keys.press("w");
  await keys.type("back at work");
  await keys.press("Enter");
  await alarmIn(page, shelved, "acknowledged").waitFor();

  const closed = await chosenAfter("n", shelved);
  await keys.press("x");
  await keys.type("patrol sent");
  await keys.press("Escape");
  const leftOpen = await alarmIn(page, closed, "unacknowledged").count();
  await keys.press("x");
  await keys.type("patrol sent, driver told");
  await keys.press("Enter");
  await page.locator(`[data-testid="alarm-item"][data-alarm-id="${closed}"]`).waitFor({ state: "detached" });

  await page.getByTestId("alarms-handled").click();
  const handled = page.locator(`[data-testid="handled-item"][data-alarm-id="${closed}"]`);
  await page.getByTestId("handled-find").fill("driver told");
  // Its text, laid out yet or not: rows out of sight are laid out when the page has time.
  const handledText = await handled.textContent();
  await page.getByTestId("alarms-open").click();

  await alarmIn(page, acknowledged, "acknowledged").locator(".alarm-body").click();
  await keys.press("e");
  const card = page.getByTestId("evidence-card");
  await card.locator("table").first().waitFor();
  await card.locator("summary").last().click();
  const evidence = await card.innerText();
  const pins = await page.locator(".evidence-pin").allInnerTexts();
  const address = page.url();
  if (screenshot) await page.screenshot({ path: screenshot });
  await keys.press("Escape");
  await card.waitFor({ state: "detached" });
  const pinsAfter = await page.locator(".evidence-pin").count();
  // A line of the log brings the card of whom it speaks, in place of whosever was there.
  const before = await page.getByTestId("vehicle-card").locator("h2").innerText();
  const line = page.getByTestId("event-item").filter({ hasNotText: before }).first();
  const eventLine = await line.innerText();
  await line.locator(".event-row").click();
  await page.waitForFunction(
    (other) => ![undefined, other].includes(document.querySelector('[data-testid="vehicle-card"] h2')?.textContent),
    before,
  );
  const eventCard = await page.getByTestId("vehicle-card").locator("h2").innerText();
  const { complaints } = page;
  return {
    acknowledged, shelved, closed, shelvedText, leftOpen, handledText, evidence, pins, pinsAfter, address, eventLine, eventCard, complaints,
  };
});
console.log(JSON.stringify(found));
