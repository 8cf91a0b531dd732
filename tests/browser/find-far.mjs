// More zones than a desk holds: one that lies far out of view is found by its name and shown. Prints one line of JSON.
//
// Started by tests/tests/find.rs. Input: CORDON_URL, CORDON_NAME, CORDON_PASSWORD.
import { withBrowser } from "./chromium.mjs";
import { signedIn } from "./person.mjs";

const found = {};
await withBrowser(async (browser) => {
  const page = await signedIn(browser, { hash: "#/map?at=120.0,28.0,15" });
  await page.keyboard.press("f");
  await page.getByTestId("find-input").fill("6017号罐区");
  const item = page.locator('[data-testid="find-item"][data-group="zones"]').filter({ hasText: "Tank farm 6017" });
  await item.waitFor();
  found.item = await item.innerText();
  found.cut = await page.getByTestId("find-cut").count();
  await page.keyboard.press("Enter");
  await page.getByTestId("zone-card").waitFor();
  found.card = await page.getByTestId("zone-card").locator("h2").innerText();
  await page.waitForFunction(() => document.querySelector('[data-testid="readout-at"]')?.textContent?.startsWith("121.0"));
  found.complaints = page.complaints;
});
console.log(JSON.stringify(found));
