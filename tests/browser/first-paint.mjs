// How much a browser with an empty cache must fetch before the console is of use: from the first byte to the alarm list
// after signing in, by file, as sent and as gzip would send it, with and without the map library. Prints one line of JSON;
// with CORDON_TABLE=1 a table for people stands before it.
//
// Started by tests/tests/browser.rs, or by hand for the figures in README. Input: CORDON_URL, CORDON_NAME, CORDON_PASSWORD.
import process from "node:process";
import { gzipSync } from "node:zlib";
import { withBrowser } from "./chromium.mjs";
import { signIn, url } from "./console.mjs";

const found = await withBrowser(async (browser) => {
  const page = await browser.newPage({ locale: "en-GB", viewport: { width: 1920, height: 1080 } });
  page.setDefaultTimeout(60_000);
  const bodies = [];
  page.on("response", (response) => {
    const { pathname } = new URL(response.url());
    // What the site itself holds (vehicles, zones, alarms) is not the console's weight.
    if (/^\/(api|ogc|live|readyz)/.test(pathname)) return;
    bodies.push(response.body().then((body) => ({ file: pathname, bytes: body.length, gzip: gzipSync(body, { level: 9 }).length })));
  });
  await page.goto(url);
  await page.getByTestId("signin-name").waitFor();
  const doorMs = await page.evaluate(() => performance.getEntriesByName("first-contentful-paint")[0]?.startTime ?? null);
  await signIn(page);
  await page.getByTestId("alarm-list").waitFor();
  const files = await Promise.all(bodies);
  const sum = (some) => some.reduce((total, { gzip }) => total + gzip, 0);
  const library = files.filter(({ file }) => /maplibre/.test(file));
  return { files, doorMs, gzip: sum(files), gzipLibrary: sum(library), gzipWithoutLibrary: sum(files) - sum(library) };
});
if (process.env.CORDON_TABLE) {
  for (const { file, bytes, gzip } of found.files) console.log(`${file.padEnd(60)} ${String(bytes).padStart(9)} B ${String(gzip).padStart(9)} B gzip`);
  console.log(`without the map library ${found.gzipWithoutLibrary} B gzip, with it ${found.gzip} B gzip`);
}
console.log(JSON.stringify(found));
