// What the console's own work costs in each frame while many vehicles move, and whether its memory stays flat. Opens the
// console with measure=1 and prints one line of JSON a minute with the memory at that moment, then one with ms per frame that
// had any work (p50, p95, most; by part the same of those frames), how old a frame of vehicles was when it was drawn, and
// vehicles on the screen. Memory is after a collection: the JavaScript heap of the page and of its workers together, and
// what the whole process of the page holds (Linux), MiB.
//
// Input: CORDON_URL, CORDON_NAME, CORDON_PASSWORD, DURATION_S (60), CORDON_AT (place and zoom of the map). Somebody else feeds
// the server: feed.mjs.
import { readdirSync, readFileSync } from "node:fs";
import process from "node:process";
import { withBrowser } from "./chromium.mjs";

const { CORDON_URL: url, CORDON_NAME: name, CORDON_PASSWORD: password } = process.env;
const seconds = Number(process.env.DURATION_S ?? 60);
const at = process.env.CORDON_AT ?? "121.05,30.6,10.1";
/** Names, fonts and compiled code come in the first seconds. */
const SETTLE_S = 10;
const MINUTE_S = 60;

const pause = (s) => new Promise((resolve) => setTimeout(resolve, s * 1_000));
const round = (value, digits = 2) => Number((value ?? 0).toFixed(digits));
const mib = (bytes) => round(bytes / 2 ** 20, 1);
const shares = (values) => {
  const sorted = [...values].sort((a, b) => a - b);
  const share = (part) => round(sorted[Math.floor(sorted.length * part)]);
  return { p50: share(0.5), p95: share(0.95), max: round(sorted.at(-1)) };
};

// Memory that the largest process of a page of this browser holds, kB; undefined where there is no /proc.
function pageProcessKib() {
  try {
    const processes = readdirSync("/proc")
      .filter((pid) => /^\d+$/.test(pid))
      .flatMap((pid) => {
        try {
          const command = readFileSync(`/proc/${pid}/cmdline`, "utf8");
          const status = readFileSync(`/proc/${pid}/status`, "utf8");
          return [{ pid, parent: /^PPid:\s+(\d+)/m.exec(status)?.[1], page: command.includes("--type=renderer"), kib: Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1] ?? 0) }];
        } catch {
          return [];
        }
      });
    const parents = new Map(processes.map(({ pid, parent }) => [pid, parent]));
    const own = (pid) => pid === String(process.pid) || (parents.has(pid) && own(parents.get(pid)));
    return Math.max(...processes.filter(({ pid, page }) => page && own(pid)).map(({ kib }) => kib));
  } catch {
    return undefined;
  }
}

// A way to ask the page and each of its workers: workers are attached to the page's own session.
async function listeners(page) {
  const devtools = await page.context().newCDPSession(page);
  const workers = new Map();
  let asked = 0;
  devtools.on("Target.attachedToTarget", ({ sessionId }) => workers.set(sessionId, new Map()));
  devtools.on("Target.detachedFromTarget", ({ sessionId }) => workers.delete(sessionId));
  devtools.on("Target.receivedMessageFromTarget", ({ sessionId, message }) => {
    const { id, result } = JSON.parse(message);
    workers.get(sessionId)?.get(id)?.(result);
  });
  await devtools.send("Target.setAutoAttach", { autoAttach: true, waitForDebuggerOnStart: false, flatten: false });
  const askWorker = (sessionId) => (method) =>
    new Promise((resolve) => {
      asked += 1;
      workers.get(sessionId).set(asked, resolve);
      void devtools.send("Target.sendMessageToTarget", { sessionId, message: JSON.stringify({ id: asked, method }) });
    });
  return () => [(method) => devtools.send(method), ...[...workers.keys()].map(askWorker)];
}

async function memory(all) {
  let heap = 0;
  for (const ask of all) {
    await ask("HeapProfiler.collectGarbage");
    const usage = await ask("Runtime.getHeapUsage");
    heap += usage.usedSize + (usage.backingStorageSize ?? 0);
  }
  const kib = pageProcessKib();
  return { heap_mib: mib(heap), heaps: all.length, ...(kib === undefined ? {} : { process_mib: mib(kib * 1_024) }) };
}

const found = await withBrowser(async (browser) => {
  const page = await browser.newPage({ locale: "en-GB", viewport: { width: 1366, height: 1100 } });
  page.setDefaultTimeout(120_000);
  await page.goto(`${url}/#/map?measure=1&at=${at}`);
  await page.getByTestId("signin-name").fill(name);
  await page.getByTestId("signin-password").fill(password);
  await page.getByTestId("signin-submit").click();
  await page.locator('[data-testid="connection-state"][data-state="live"]').waitFor();
  const everybody = await listeners(page);
  await pause(SETTLE_S);
  console.log(JSON.stringify({ after_s: 0, ...(await memory(everybody())) }));
  await page.evaluate(() => window.cordonWork.clear());
  // A collection that is asked for stops the page, so that what is measured meanwhile is taken out before it.
  const work = { frames: [], ages: [], parts: {} };
  for (let after = 0; after < seconds; ) {
    const wait = Math.min(MINUTE_S, seconds - after);
    await pause(wait);
    after += wait;
    const { frames, ages, parts } = await page.evaluate(() => {
      const { cordonWork: kept } = window;
      return { frames: kept.frames(), ages: kept.ages(), parts: kept.parts() };
    });
    work.frames.push(...frames);
    work.ages.push(...ages);
    for (const [part, ms] of Object.entries(parts)) (work.parts[part] ??= []).push(...ms);
    console.log(JSON.stringify({ after_s: after, ...(await memory(everybody())) }));
    await page.evaluate(() => window.cordonWork.clear());
  }
  return {
    vehicles: Number((await page.getByTestId("vehicle-count").innerText()).replaceAll(/\D/g, "")),
    frames: work.frames.length,
    work_ms: shares(work.frames),
    work_ms_per_s: round(work.frames.reduce((sum, ms) => sum + ms, 0) / seconds),
    parts_ms: Object.fromEntries(Object.entries(work.parts).map(([part, ms]) => [part, shares(ms)])),
    age_ms: { count: work.ages.length, ...shares(work.ages) },
  };
});
console.log(JSON.stringify(found));
