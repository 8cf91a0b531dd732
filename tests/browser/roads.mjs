// The roads at the console: a click on the school names the three nearest ambulances with their times; a closure that is
// drawn over the bridge changes them at once; a tanker's route keeps out of the tunnel and says why; a place is dragged; and
// the same with the keyboard alone.
//
// Started by tests/tests/roads_console.rs. Input: CORDON_URL, CORDON_NAME, CORDON_PASSWORD, CORDON_SCHOOL, CORDON_BRIDGE,
// CORDON_WEST and CORDON_EAST (the tunnel's ends), each "lon,lat". Prints one line of JSON.
import process from "node:process";
import { withBrowser } from "./chromium.mjs";
import { open, screenshot } from "./console.mjs";
import { signedIn } from "./person.mjs";

const { CORDON_SCHOOL: school, CORDON_BRIDGE: bridge, CORDON_WEST: west, CORDON_EAST: east } = process.env;
const found = {};

async function shot(page, name) {
  if (screenshot) await page.screenshot({ path: `${screenshot}-roads-${name}.png` });
}

async function clickMap(page, across, down) {
  const box = await page.locator(".map canvas").first().boundingBox();
  const [x, y] = [box.x + box.width * across, box.y + box.height * down];
  await page.mouse.move(x, y, { steps: 3 });
  await page.mouse.click(x, y);
}

function drawn(page) {
  return page.locator('.map[data-idle="true"]').waitFor();
}

async function nearest(page) {
  await page.locator('[data-testid="roads-answer"][aria-busy="false"] [data-testid="roads-near"]').nth(2).waitFor();
  return page.getByTestId("roads-near").evaluateAll((items) =>
    items.map((item) => ({ id: item.dataset.id, time: item.querySelector("strong").textContent })),
  );
}

async function typePlace(page, index, text) {
  await page.getByTestId(`roads-place-${index}`).fill(text);
  await page.getByTestId("roads-found").first().waitFor();
  await page.getByTestId(`roads-place-${index}`).press("Enter");
}

await withBrowser(async (browser) => {
  const page = await signedIn(browser, { hash: `#/map?at=${school},15` });
  await drawn(page);
  await page.locator("body").press("r");
  await page.getByTestId("roads").waitFor();
  found.emptyHint = await page.getByTestId("roads").innerText();
  await page.getByTestId("roads-begin-nearest").click();
  await clickMap(page, 0.5, 0.5);
  found.before = await nearest(page);
  found.at = await page.getByTestId("roads-place-0").inputValue();
  await drawn(page);
  await shot(page, "nearest");

  // The bridge is closed by hand; what is open stays on the map meanwhile.
  await page.getByTestId("roads-close").click();
  await open(page, `#/map?at=${bridge},16`);
  await drawn(page);
  await page.getByTestId("draw-polygon").click();
  await page.getByTestId("edit-stroke").waitFor();
  for (const [across, down] of [[0.46, 0.4], [0.54, 0.4], [0.54, 0.6], [0.46, 0.6]]) await clickMap(page, across, down);
  await page.getByTestId("stroke-finish").click();
  await page.getByTestId("edit-stroke").waitFor({ state: "detached" });
  await page.getByTestId("edit-tab-form").click();
  await page.getByTestId("edit-name").fill("Bridge closed");
  await page.getByTestId("edit-reason").fill("Spill");
  found.tabs = await page.locator(".edit-tabs [role=tab]").allInnerTexts();
  await page.getByTestId("edit-save").click();
  await page.getByTestId("undo-notice").waitFor();
  await page.getByTestId("tool-roads").click();
  await page.getByTestId("roads-turned").waitFor();
  found.after = await nearest(page);
  found.turned = await page.getByTestId("roads-turned").innerText();
  found.closures = await page.getByTestId("roads-closures").innerText();
  await open(page, `#/map?at=${bridge},13`);
  await drawn(page);
  await shot(page, "closed");

  // A tanker from one end of the tunnel to the other, typed.
  await page.getByTestId("roads-begin-route").click();
  await page.getByTestId("roads-profile").selectOption("hazmat_truck");
  await typePlace(page, 0, west);
  await typePlace(page, 1, east);
  await page.getByTestId("roads-refused").waitFor();
  found.refused = await page.getByTestId("roads-refused").innerText();
  found.tanker = await page.getByTestId("roads-length").innerText();
  await page.locator(".roads-answer summary").click();
  found.directions = await page.getByTestId("roads-instructions").locator("li").count();
  await open(page, `#/map?at=${west},13`);
  await drawn(page);
  await shot(page, "tanker");
  await page.getByTestId("roads-profile").selectOption("car");
  await page.getByTestId("roads-refused").waitFor({ state: "detached" });
  found.car = await page.getByTestId("roads-length").innerText();

  // Dragged from the west end to somewhere else: another length, no click in between.
  const box = await page.locator(".map canvas").first().boundingBox();
  const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
  await page.mouse.move(x, y);
  await page.mouse.down();
  await page.mouse.move(x - 150, y + 4, { steps: 5 });
  await page.mouse.up();
  await page.waitForFunction((before) => {
    const now = document.querySelector('[data-testid="roads-answer"][aria-busy="false"] [data-testid="roads-length"]');
    return now !== null && now.textContent !== before;
  }, found.car);
  found.dragged = await page.getByTestId("roads-length").innerText();

  // What is reached, by keys alone: the middle of the map is taken with the space bar.
  await page.getByTestId("roads-begin-reach").focus();
  await page.keyboard.press("Enter");
  await page.locator(".map canvas").first().focus();
  await page.keyboard.press(" ");
  await page.getByTestId("roads-reach").locator("li").nth(2).waitFor();
  found.reach = await page.getByTestId("roads-reach").innerText();
  found.open = await page.getByTestId("roads-plan").count();
  await drawn(page);
  await shot(page, "reach");

  // A place in the sea has no road, and says so.
  await typePlace(page, 0, "124.0, 31.0");
  await page.getByTestId("roads-problem").waitFor();
  found.problem = await page.getByTestId("roads-problem").innerText();
  found.complaints = page.complaints;
});
console.log(JSON.stringify(found));
