// What a desk hears: an urgent alarm, and no other; nothing while it is quiet, and what came meanwhile when that is over; an urgent
// one over the past that is played back; and one that was put aside, when its time is over. Counts the tones that the page plays, and prints them after each step as
// one line of JSON.
//
// Started by tests/tests/desk.rs, which drives a vehicle into a zone at each word. Input: CORDON_URL, CORDON_NAME,
// CORDON_PASSWORD.
import { withBrowser } from "./chromium.mjs";
import { alarmIn, signedIn } from "./person.mjs";

/** The server puts nothing aside for less than a minute. */
const SHELF_MS = 61_000;

const found = await withBrowser(async (browser) => {
  const page = await signedIn(browser);
  page.setDefaultTimeout(90_000);
  await page.evaluate(() => {
    const { start } = OscillatorNode.prototype;
    globalThis.tones = 0;
    OscillatorNode.prototype.start = function counted(...when) {
      globalThis.tones += 1;
      return start.apply(this, when);
    };
  });
  const tones = () => page.evaluate(() => globalThis.tones);
  const heard = {};
  // What was announced has been heard, if it is to be heard.
  const drive = async (plate) => {
    console.log(plate);
    await page.locator('[role="status"][aria-live="assertive"]').filter({ hasText: plate }).waitFor({ state: "attached" });
    return tones();
  };
  const sound = page.getByTestId("sound");

  heard.notUrgent = await drive("CALM-1");
  heard.urgent = await drive("URGENT-1");
  const urgent = page.getByTestId("alarm-item").filter({ hasText: "URGENT-1" });
  const id = await urgent.getAttribute("data-alarm-id");
  const status = await page.evaluate(
    async ([alarm, forMs]) => {
      const until = new Date(Date.now() + forMs).toISOString();
      const body = JSON.stringify({ reason: "works", until });
      const headers = { "content-type": "application/json" };
      return (await fetch(`/api/alarms/${alarm}/shelve`, { method: "POST", headers, body })).status;
    },
    [id, SHELF_MS],
  );
  await alarmIn(page, id, "shelved").waitFor();

  await sound.click();
  await page.locator('[data-testid="sound"][data-sound="quiet"]').waitFor();
  heard.quiet = await drive("URGENT-2");
  await sound.click();
  await page.locator('[data-testid="sound"][data-sound="on"]').waitFor();
  await page.locator('[role="status"][aria-live="assertive"]').filter({ hasText: /muted: 1 .*URGENT-2/ }).waitFor({ state: "attached" });
  heard.afterQuiet = await tones();

  await page.getByTestId("event-item").filter({ hasText: "URGENT-2" }).first().getByTestId("event-replay").click();
  await page.getByTestId("watermark").waitFor();
  heard.playback = await drive("URGENT-3");
  await page.keyboard.press("Escape");
  await page.getByTestId("watermark").waitFor({ state: "detached" });

  await alarmIn(page, id, "unacknowledged").waitFor();
  await page.waitForFunction((before) => globalThis.tones > before, heard.playback);
  heard.back = await tones();
  const { complaints } = page;
  return { heard, status, id, complaints };
});
console.log(JSON.stringify(found));
