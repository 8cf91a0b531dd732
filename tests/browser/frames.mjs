// What the console's own work costs in each frame while many vehicles move, and whether its memory stays flat. Opens the
// console with measure=1 and prints one line of JSON: ms per frame that had any work (p50, p95, most), frames, vehicles on
// the screen, and the JavaScript heap after a collection at the start and at the end.
//
// Input: CORDON_URL, CORDON_NAME, CORDON_PASSWORD, DURATION_S (60). Somebody else feeds the server: feed.mjs or `bench live`.
import process from "node:process";
import { withBrowser } from "./chromium.mjs";

const { CORDON_URL: url, CORDON_NAME: name, CORDON_PASSWORD: password } = process.env;
const seconds = Number(process.env.DURATION_S ?? 60);
/** Names, fonts and compiled code come in the first seconds. */
const SETTLE_S = 10;

const found = await withBrowser(async (browser) => {
  const page = await browser.newPage({ locale: "en-GB", viewport: { width: 1366, height: 1100 } });
  page.setDefaultTimeout(120_000);
  await page.goto(`${url}/#/map?measure=1&at=121.05,30.6,10.1`);
  await page.getByTestId("signin-name").fill(name);
  await page.getByTestId("signin-password").fill(password);
  await page.getByTestId("signin-submit").click();
  await page.locator('[data-testid="connection-state"][data-state="live"]').waitFor();
  const devtools = await page.context().newCDPSession(page);
  await devtools.send("HeapProfiler.enable");
  const heap = async () => {
    await devtools.send("HeapProfiler.collectGarbage");
    return (await devtools.send("Runtime.getHeapUsage")).usedSize;
  };
  const pause = (s) => new Promise((resolve) => setTimeout(resolve, s * 1_000));
  await pause(SETTLE_S);
  const heapStart = await heap();
  await page.evaluate(() => window.cordonWork.clear());
  await pause(seconds);
  const frames = (await page.evaluate(() => window.cordonWork.frames())).sort((a, b) => a - b);
  const share = (part) => Number((frames[Math.floor(frames.length * part)] ?? 0).toFixed(2));
  const vehicles = Number((await page.getByTestId("vehicle-count").innerText()).replaceAll(/\D/g, ""));
  return {
    vehicles,
    frames: frames.length,
    work_ms_p50: share(0.5),
    work_ms_p95: share(0.95),
    work_ms_max: Number((frames.at(-1) ?? 0).toFixed(2)),
    heap_start_mib: Number((heapStart / 2 ** 20).toFixed(1)),
    heap_end_mib: Number(((await heap()) / 2 ** 20).toFixed(1)),
  };
});
console.log(JSON.stringify(found));
