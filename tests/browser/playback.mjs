// Somebody plays back what an event was about: jumps there from the log, steps, plays, jumps to the next event, looks into a
// gap, and comes back to now; then opens the same moment from its address. Prints what was seen as one line of JSON.
//
// Started by tests/tests/desk.rs. Input: CORDON_URL, CORDON_NAME, CORDON_PASSWORD.
import process from "node:process";
import { withBrowser } from "./chromium.mjs";
import { signedIn } from "./person.mjs";

const { CORDON_SCREENSHOT: screenshot } = process.env;

const found = await withBrowser(async (browser) => {
  const page = await signedIn(browser);
  const playback = page.getByTestId("playback");
  const actor = page.getByTestId("actor");
  const at = async () => Number(await playback.getAttribute("data-at"));
  const place = () => actor.evaluate((element) => element.style.transform);
  const enter = page.getByTestId("event-item").filter({ hasText: /entered/ }).last();
  await enter.getByTestId("event-replay").click();
  await page.getByTestId("watermark").waitFor();
  await actor.waitFor();
  const watermark = await page.getByTestId("watermark").innerText();
  const opened = await at();

  await page.keyboard.press("ArrowRight");
  const stepped = await at();
  const before = await place();
  await page.keyboard.press("Shift+ArrowRight");
  const long = await at();
  const after = await place();

  await page.keyboard.press("[");
  const atEvent = await at();
  // The address follows when the moment rests.
  await page.waitForFunction((at) => decodeURIComponent(location.hash).includes(new Date(at).toISOString()), atEvent);
  const address = page.url();
  if (screenshot) await page.screenshot({ path: screenshot });

  await page.getByTestId("speed-60").click();
  await page.getByTestId("timeline").focus();
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("ArrowLeft");
  const fast = await page.getByTestId("speed-60").getAttribute("aria-pressed");
  await page.keyboard.press(" ");
  await page.waitForFunction(
    (from) => Number(document.querySelector('[data-testid="playback"]').dataset.at) > from + 5_000,
    atEvent,
  );
  await page.keyboard.press(" ");
  await page.locator('[data-testid="playback"][data-playing="false"]').waitFor();
  const played = await at();

  // The track ends a while before now: at the end the vehicle is hollow.
  await page.keyboard.press("End");
  const known = await actor.getAttribute("data-known");
  // Another language says it anew and leaves nobody of the past behind.
  await page.getByTestId("language-switch").click();
  await actor.filter({ hasText: "前的位置" }).waitFor();
  await page.getByTestId("language-switch").click();
  await actor.filter({ hasText: "ago" }).waitFor();
  await page.keyboard.press("Escape");
  await playback.waitFor({ state: "detached" });
  const actorsAfter = await actor.count();
  const { complaints } = page;

  const again = await signedIn(browser, { hash: new URL(address).hash });
  await again.getByTestId("playback").waitFor();
  const reopened = Number(await again.getByTestId("playback").getAttribute("data-at"));
  const cast = await again.getByTestId("cast").allInnerTexts();
  complaints.push(...again.complaints);
  return { watermark, opened, stepped, long, moved: before !== after, atEvent, fast, played, known, actorsAfter, reopened, cast, complaints };
});
console.log(JSON.stringify(found));
