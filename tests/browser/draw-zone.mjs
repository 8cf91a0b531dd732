// Somebody draws a zone around a vehicle with the pointer, gives it a speed limit and saves it; then its alarm comes.
//
// Started by tests/tests/editing.rs, which drives the terminal when this says `saved`. Prints one line of JSON.
import { withBrowser } from "./chromium.mjs";
import { signedIn } from "./person.mjs";

const found = {};

// Clicks the map at shares of its width and height.
async function clickMap(page, across, down) {
  const box = await page.locator(".map canvas").first().boundingBox();
  const [x, y] = [box.x + box.width * across, box.y + box.height * down];
  await page.mouse.move(x, y, { steps: 3 });
  await page.mouse.click(x, y);
}

await withBrowser(async (browser) => {
  const page = await signedIn(browser);
  await page.getByTestId("vehicle-count").filter({ hasText: "1" }).waitFor();
  // The first look is at the one vehicle: from further away the zone holds what it drives in a minute.
  for (let i = 0; i < 2; i += 1) await page.getByRole("button", { name: /Zoom out/ }).click();
  await page.getByTestId("tool-edit").click();
  await page.getByTestId("draw-polygon").click();
  await page.getByTestId("edit-stroke").waitFor();
  await clickMap(page, 0.2, 0.2);
  await clickMap(page, 0.8, 0.2);
  await clickMap(page, 0.8, 0.8);
  // One that was not meant, and is taken back.
  await clickMap(page, 0.5, 0.3);
  await page.keyboard.press("Control+z");
  await clickMap(page, 0.2, 0.8);
  found.sizeWhileDrawn = await page.getByTestId("edit-size").innerText();
  await page.getByTestId("stroke-finish").click();
  await page.getByTestId("edit-stroke").waitFor({ state: "detached" });
  found.corners = (await page.getByTestId("edit-places").inputValue()).trim().split("\n").length;
  found.size = await page.getByTestId("edit-size").innerText();
  await page.getByTestId("edit-tab-form").click();
  await page.getByTestId("edit-name").fill("Drawn by hand");
  await page.getByTestId("edit-level-yellow").check();
  await page.getByTestId("edit-tab-rules").click();
  await page.getByTestId("template-speed").click();
  found.rule = await page.getByTestId("rule-read").innerText();
  await page.getByTestId("edit-save").click();
  await page.getByTestId("undo-notice").waitFor();
  found.card = await page.getByTestId("zone-card").innerText();
  console.log("saved");
  const alarm = page.getByTestId("alarm-item").first();
  await alarm.waitFor();
  found.alarm = await alarm.innerText();
  found.complaints = page.complaints;
});
console.log(JSON.stringify(found));
