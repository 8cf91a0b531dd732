// Switching layers, choosing what lies under the cross by keyboard, the wall and the looks. The site has two zones around one
// place, the smaller within the larger, and a vehicle in alarm there. Prints what the page showed as one line of JSON.
//
// Started by tests/tests/browser.rs. Input: CORDON_URL, CORDON_NAME, CORDON_PASSWORD.
import { readFileSync } from "node:fs";
import process from "node:process";
import { withBrowser } from "./chromium.mjs";

const { CORDON_URL: url, CORDON_NAME: name, CORDON_PASSWORD: password, CORDON_SCREENSHOT: screenshot } = process.env;
const found = await withBrowser(async (browser) => {
  const page = await browser.newPage({ locale: "en-GB", viewport: { width: 1440, height: 900 } });
  page.setDefaultTimeout(120_000);
  const found = { complaints: [] };
  page.on("pageerror", (error) => found.complaints.push(String(error)));
  await page.goto(url);
  await page.getByTestId("signin-name").fill(name);
  await page.getByTestId("signin-password").fill(password);
  await page.getByTestId("signin-submit").click();
  await page.locator('[data-testid="connection-state"][data-state="live"]').waitFor();
  await page.locator(".map-label-alarm:not([hidden])").waitFor();

  // A whole group by its key: said on the map and in the address.
  await page.keyboard.press("1");
  found.hidden = await page.getByTestId("layers-hidden").innerText();
  found.address = new URL(page.url()).hash;
  // Vehicles are off, the one in alarm is not.
  await page.keyboard.press("4");
  await page.waitForFunction(() => location.hash.includes("-vehicles"));
  found.alarmWhileOff = await page.locator(".map-label-alarm:not([hidden])").innerText();

  await page.reload();
  await page.getByTestId("layers-hidden").waitFor();
  found.addressAfterReload = new URL(page.url()).hash;
  await page.getByTestId("tool-layers").click();
  await page.getByTestId("layers-all").click();
  await page.getByTestId("layers-hidden").waitFor({ state: "detached" });
  await page.getByTestId("layer-zones.red").click();
  found.group = await page.getByTestId("layer-group-zones").getAttribute("data-switched");
  await page.getByTestId("layers-all").click();

  // What is in sight, and where the truck was, as files.
  const made = async () => {
    const [file] = await Promise.all([page.waitForEvent("download"), page.getByTestId("export-make").click()]);
    await page.getByTestId("export-done").waitFor();
    return JSON.parse(readFileSync(await file.path(), "utf8")).features;
  };
  await page.getByTestId("layers-export-zones").click();
  await page.getByTestId("export-format").selectOption("geojson");
  await page.getByTestId("export-which-view").check();
  found.zonesInView = (await made()).length;
  await page.getByTestId("export-what").selectOption("tracks");
  await page.getByTestId("export-vehicle").fill("nobody");
  found.noVehicle = await page.getByTestId("export-no-vehicle").innerText();
  found.makesThen = await page.getByTestId("export-make").isEnabled();
  await page.getByTestId("export-vehicle").fill("浙A00001");
  found.track = (await made()).map(({ geometry }) => [geometry.type, geometry.coordinates.length]);
  await page.keyboard.press("Escape");

  // By keyboard: what lies in the middle, the smallest first; an arrow goes to the next.
  await page.locator(".map canvas").focus();
  await page.keyboard.press("Space");
  await page.getByTestId("chooser").waitFor();
  found.choices = await page.getByTestId("chooser").locator("li").count();
  const card = () => page.getByTestId("zone-card").locator("h2").innerText();
  const chosen = [];
  while (await page.getByTestId("zone-card").count() === 0) await page.keyboard.press("ArrowDown");
  chosen.push(await card());
  await page.keyboard.press("ArrowDown");
  await page.waitForFunction((before) => document.querySelector('[data-testid="zone-card"] h2')?.textContent !== before, chosen[0]);
  chosen.push(await card());
  found.chosen = chosen;
  await page.keyboard.press("Escape");
  await page.getByTestId("chooser").waitFor({ state: "detached" });
  await page.keyboard.press("Escape");

  await page.getByTestId("wall-enter").click();
  found.wall = await page.getByTestId("wall-alarms").innerText();
  found.toolsOnTheWall = await page.getByTestId("tool-layers").count();
  await page.keyboard.press("Escape");
  await page.getByTestId("tool-layers").waitFor();

  const theme = () => page.evaluate(() => document.documentElement.dataset.theme);
  await page.getByTestId("theme-switch").click();
  found.themes = [await theme()];
  await page.getByTestId("theme-switch").click();
  found.themes.push(await theme());

  await page.getByTestId("print-open").click();
  await page.getByTestId("print-sheet").first().waitFor();
  found.sheet = await page.getByTestId("print-sheet").first().innerText();
  if (screenshot) await page.screenshot({ path: screenshot });
  return found;
});
console.log(JSON.stringify(found));
