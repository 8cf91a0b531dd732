// How vehicles are drawn: what the graphics card decides for each of them, read from pictures of the map. A bus (hazmat) and a
// van (ordinary) stand on one place, 250 m north of the middle of two zones; an old one, whose last fix is minutes old, 300 m to
// their west; a truck in alarm 70 m east of the zones' middle. Prints, as one line of JSON, how many pixels of which colour
// there are around each of them: with the bus chosen, with the van chosen, with nothing chosen and vehicles switched off.
//
// Started by tests/tests/browser.rs. Input: CORDON_URL, CORDON_NAME, CORDON_PASSWORD.
import { PNG } from "pngjs";
import { withBrowser } from "./chromium.mjs";
import { signedIn } from "./person.mjs";

/** The colours of the light theme, and how far from one a pixel may be. */
const COLOURS = { dark: [18, 28, 41], grey: [92, 110, 128], alarm: [199, 10, 26], chosen: [13, 107, 217] };
const NEAR = 24;
/** Metres of a pixel at the zoom that a vehicle of the address is shown at. */
const ZOOM = 15.5;
const METRES = (78_271.517 * Math.cos((30.3 * Math.PI) / 180)) / 2 ** ZOOM;

const found = await withBrowser(async (browser) => {
  const page = await signedIn(browser);
  await page.evaluate(() => localStorage.setItem("cordon.theme", "light"));
  await page.reload();
  await page.locator(".map-label-alarm:not([hidden])").waitFor();
  const idle = () => page.locator('[data-testid="map"][data-idle="true"]').waitFor();

  // Counts colours in a square of the map, `reach` pixels around what lies so many metres from the bus.
  const around = async (eastM, northM, reach) => {
    const box = await page.locator(".map canvas").boundingBox();
    const x = Math.round(box.x + box.width / 2 + eastM / METRES);
    const y = Math.round(box.y + box.height / 2 - northM / METRES);
    const clip = { x: x - reach, y: y - reach, width: 2 * reach, height: 2 * reach };
    const { data } = PNG.sync.read(await page.screenshot({ clip }));
    const counts = Object.fromEntries(Object.keys(COLOURS).map((name) => [name, 0]));
    for (let at = 0; at < data.length; at += 4) {
      for (const [name, colour] of Object.entries(COLOURS)) {
        if (colour.every((part, i) => Math.abs(data[at + i] - part) <= NEAR)) counts[name] += 1;
      }
    }
    return counts;
  };
  const choose = async (id) => {
    await page.evaluate((hash) => {
      location.hash = hash;
    }, `#/map?vehicle=${id}`);
    await page.getByTestId("vehicle-card").waitFor();
    await page.waitForFunction(() => !location.hash.includes("vehicle="));
    await idle();
  };

  await choose("bus");
  const bus = await around(0, 0, 20);
  await page.keyboard.press("Escape");
  await page.getByTestId("vehicle-card").waitFor({ state: "detached" });
  await choose("van");
  const van = await around(0, 0, 20);
  await page.keyboard.press("Escape");
  await page.getByTestId("vehicle-card").waitFor({ state: "detached" });
  await idle();
  const plain = await around(0, 0, 20);
  const old = { middle: await around(-300, 0, 3), all: await around(-300, 0, 16) };
  await page.keyboard.press("4");
  await page.getByTestId("layers-hidden").waitFor();
  await idle();
  return { bus, van, old, plain, off: await around(0, 0, 20), truck: await around(70, -250, 20), complaints: page.complaints };
});
console.log(JSON.stringify(found));
