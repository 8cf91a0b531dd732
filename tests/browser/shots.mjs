// What the screens look like, compared with pictures that a person approved (shots/*.png). Prints, as one line of JSON, by
// picture the share of pixels that differ; a picture that is not there yet is written, and counts as wholly different.
//
// What changes with the time of day is hidden in both: ages, clocks, the load of the last minutes; and the font is the
// console's own everywhere, since an English page takes the desk's first. Pictures that differ are left in CORDON_SHOTS_OUT,
// with one that marks where. CORDON_SHOTS=approve takes what is shown as the approved ones.
//
// Started by tests/tests/looks.rs. Input: CORDON_URL, CORDON_NAME, CORDON_PASSWORD, CORDON_SHOTS_OUT.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import process from "node:process";
import pixelmatch from "pixelmatch";
import { PNG } from "pngjs";
import { withBrowser } from "./chromium.mjs";

const { CORDON_URL: url, CORDON_NAME: name, CORDON_PASSWORD: password, CORDON_SHOTS: approve, CORDON_SHOTS_OUT: out } = process.env;
/** Two colours that differ by less look the same: the smoothing of an edge. */
const THRESHOLD = 0.15;
const STILL = `
  :root, body { font-family: "Cordon Sans SC" !important; }
  time, .clock, .load, .urgent, [data-testid="data-age"], .alarm-when, .events, .readout { visibility: hidden !important; }
  *, *::before, *::after { animation: none !important; transition: none !important; caret-color: transparent !important; }
`;

/** How each picture comes about; `open` is pressed once the map is drawn. */
const SCREENS = [
  { name: "sign-in-zh-light", language: "zh-CN", theme: "light", size: [1366, 768] },
  { name: "map-zh-light", language: "zh-CN", theme: "light", size: [1920, 1080], signIn: true, open: "tool-layers" },
  { name: "map-en-dark", language: "en-GB", theme: "dark", size: [1366, 768], signIn: true, open: "tool-edit" },
  { name: "wall-zh-dark", language: "zh-CN", theme: "dark", size: [1920, 1080], signIn: true, address: "#/map?wall=1" },
  { name: "help-en-light", language: "en-GB", theme: "light", size: [1366, 768], signIn: true, address: "#/help", map: false },
];

function compare(label, shown) {
  const approvedAt = new URL(`./shots/${label}.png`, import.meta.url);
  if (approve === "approve") {
    mkdirSync(new URL("./shots/", import.meta.url), { recursive: true });
    writeFileSync(approvedAt, shown);
    return 0;
  }
  mkdirSync(out, { recursive: true });
  writeFileSync(`${out}/${label}.png`, shown);
  if (!existsSync(approvedAt)) return 1;
  const [is, should] = [PNG.sync.read(shown), PNG.sync.read(readFileSync(approvedAt))];
  if (is.width !== should.width || is.height !== should.height) return 1;
  const marked = new PNG({ width: is.width, height: is.height });
  const differ = pixelmatch(is.data, should.data, marked.data, is.width, is.height, { threshold: THRESHOLD });
  if (differ > 0) writeFileSync(`${out}/${label}.differs.png`, PNG.sync.write(marked));
  return differ / (is.width * is.height);
}

const found = await withBrowser(async (browser) => {
  const differ = {};
  for (const screen of SCREENS) {
    const context = await browser.newContext({
      locale: screen.language,
      viewport: { width: screen.size[0], height: screen.size[1] },
      reducedMotion: "reduce",
      // The page's own policy forbids the style that hides what changes.
      bypassCSP: true,
    });
    context.setDefaultTimeout(60_000);
    const page = await context.newPage();
    await page.addInitScript(
      ([theme, language]) => {
        localStorage.setItem("cordon.theme", theme);
        localStorage.setItem("cordon.language", language);
      },
      [screen.theme, screen.language.startsWith("zh") ? "zh-CN" : "en"],
    );
    await page.goto(url + (screen.address ?? ""));
    await page.getByTestId("signin-name").waitFor();
    if (screen.signIn) {
      await page.getByTestId("signin-name").fill(name);
      await page.getByTestId("signin-password").fill(password);
      await page.getByTestId("signin-submit").click();
    }
    if (screen.signIn && screen.map !== false) {
      await page.locator('[data-testid="connection-state"][data-state="live"]').waitFor();
      await page.locator('[data-testid="alarm-item"], .wall-alarms li').first().waitFor();
      await page.locator('[data-testid="map"][data-idle="true"]').waitFor();
    }
    if (screen.map === false) await page.locator('.page [aria-current="page"]').waitFor();
    if (screen.open) {
      await page.getByTestId(screen.open).click();
      await page.getByTestId(screen.open.replace("tool-", "panel-")).locator("h2").first().waitFor();
      // The map learns of its smaller box with the next picture.
      await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
      await page.locator('[data-testid="map"][data-idle="true"]').waitFor();
    }
    await page.addStyleTag({ content: STILL });
    await page.evaluate(() => document.fonts.ready);
    differ[screen.name] = compare(screen.name, await page.screenshot());
    await context.close();
  }
  return differ;
});
console.log(JSON.stringify(found));
