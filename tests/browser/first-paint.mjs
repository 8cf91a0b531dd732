// How much a browser with an empty cache must fetch before the console is of use: from the first byte to the alarm list
// after signing in, by file, as sent and as gzip would send it, with and without the map library. The font is held back
// until then: it is no part of the first useful paint, and the list is painted without it. Prints one line of JSON; with
// CORDON_TABLE=1 a table for people stands before it.
//
// Started by tests/tests/console.rs, or by hand for the figures in README. Input: CORDON_URL, CORDON_NAME, CORDON_PASSWORD.
import process from "node:process";
import { gzipSync } from "node:zlib";
import { withBrowser } from "./chromium.mjs";
import { signIn, url } from "./console.mjs";

function withResolvers() {
  const made = {};
  made.promise = new Promise((resolve, reject) => Object.assign(made, { resolve, reject }));
  return made;
}

const found = await withBrowser(async (browser) => {
  const page = await browser.newPage({ locale: "en-GB", viewport: { width: 1920, height: 1080 } });
  page.setDefaultTimeout(60_000);
  const bodies = [];
  let measured = false;
  const font = withResolvers();
  await page.route("**/*.woff2", async (route) => {
    await font.promise;
    await route.continue();
  });
  page.on("response", (response) => {
    const { pathname } = new URL(response.url());
    // What the site itself holds (vehicles, zones, alarms) is not the console's weight.
    if (/^\/(api|ogc|live|readyz)/.test(pathname)) return;
    if (measured) return;
    bodies.push(response.body().then((body) => ({ file: pathname, bytes: body.length, gzip: gzipSync(body, { level: 9 }).length })));
  });
  await page.goto(url);
  await page.getByTestId("signin-name").waitFor();
  const doorMs = await page.evaluate(() => performance.getEntriesByName("first-contentful-paint")[0]?.startTime ?? null);
  await signIn(page);
  await page.getByTestId("alarm-item").first().waitFor();
  // Fonts that text waits for would have to be counted.
  const fontDisplays = await page.evaluate(() => [...document.fonts].map(({ display }) => display));
  const arrived = page.waitForResponse((response) => response.url().endsWith(".woff2"));
  font.resolve();
  await arrived;
  measured = true;
  const all = await Promise.all(bodies);
  const files = all.filter(({ file }) => !file.endsWith(".woff2"));
  const fontBytes = all.filter(({ file }) => file.endsWith(".woff2")).reduce((total, { bytes }) => total + bytes, 0);
  const sum = (some) => some.reduce((total, { gzip }) => total + gzip, 0);
  const library = files.filter(({ file }) => /maplibre/.test(file));
  return { files, doorMs, fontBytes, fontDisplays, gzip: sum(files), gzipLibrary: sum(library), gzipWithoutLibrary: sum(files) - sum(library) };
});
if (process.env.CORDON_TABLE) {
  for (const { file, bytes, gzip } of found.files) console.log(`${file.padEnd(60)} ${String(bytes).padStart(9)} B ${String(gzip).padStart(9)} B gzip`);
  console.log(`without the map library ${found.gzipWithoutLibrary} B gzip, with it ${found.gzip} B gzip; the font comes afterwards: ${found.fontBytes} B`);
}
console.log(JSON.stringify(found));
