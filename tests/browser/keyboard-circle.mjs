// A circle by numbers with the keyboard alone; leaving it unsaved asks first. Prints one line of JSON.
//
// Started by tests/tests/editing.rs.
import { withBrowser } from "./chromium.mjs";
import { signedIn } from "./person.mjs";

const found = {};

// Presses Tab, or Shift and Tab, until the focus is on something; more than a page has would never come to it.
async function tabTo(page, id, key = "Tab") {
  await page.getByTestId(id).waitFor();
  for (let i = 0; i < 200; i += 1) {
    if (await page.evaluate((wanted) => document.activeElement?.dataset?.testid === wanted, id)) return;
    await page.keyboard.press(key);
  }
  throw new Error(`no way by Tab to ${id}`);
}

async function press(page, id) {
  await tabTo(page, id);
  await page.keyboard.press("Enter");
}

async function type(page, id, text) {
  await tabTo(page, id);
  await page.keyboard.press("Control+a");
  await page.keyboard.type(text);
}

await withBrowser(async (browser) => {
  const page = await signedIn(browser);
  const empty = page.getByTestId("empty-site");
  await empty.waitFor();
  await press(page, "tool-edit");
  // Nothing covers the map of whoever draws on it.
  await empty.waitFor({ state: "hidden" });
  await press(page, "draw-numbers");
  await type(page, "numbers-lon", "121.5");
  await type(page, "numbers-lat", "30.25");
  await type(page, "numbers-radius", "400");
  await press(page, "numbers-apply");
  found.size = await page.getByTestId("edit-size").innerText();
  await page.keyboard.press("Escape");
  await page.getByTestId("edit-ask").waitFor();
  found.asked = await page.evaluate(() => document.activeElement?.dataset?.testid);
  await page.keyboard.press("Enter");
  await type(page, "edit-radius", "250");
  await tabTo(page, "edit-tab-shape", "Shift+Tab");
  await page.keyboard.press("ArrowRight");
  await type(page, "edit-name", "Typed circle");
  await press(page, "edit-save");
  await page.getByTestId("undo-notice").waitFor();
  found.notice = await page.getByTestId("undo-notice").innerText();
  found.complaints = page.complaints;
});
console.log(JSON.stringify(found));
