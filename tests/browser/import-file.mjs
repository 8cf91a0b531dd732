// A GeoJSON file is looked at, refused by feature, imported without what was refused, and taken back whole. Prints one line of JSON.
//
// Started by tests/tests/editing.rs. Input: CORDON_FILE, the text of the file.
import process from "node:process";
import { withBrowser } from "./chromium.mjs";
import { signedIn } from "./person.mjs";

const found = {};
await withBrowser(async (browser) => {
  const page = await signedIn(browser);
  await page.getByTestId("tool-edit").click();
  await page.getByTestId("edit-import").click();
  const give = (name, text) =>
    page.getByTestId("import-file").setInputFiles({ name, mimeType: "application/geo+json", buffer: Buffer.from(text) });
  await give("broken.geojson", '{"type": "FeatureCollection", "features": [');
  found.broken = await page.getByTestId("file-problems").innerText();
  await give("zones.geojson", process.env.CORDON_FILE);
  found.summary = await page.getByTestId("file-summary").innerText();
  found.problems = await page.getByTestId("file-problems").innerText();
  found.swapped = await page.getByTestId("file-swap").isChecked();
  await page.getByTestId("import-send").click();
  found.refused = await page.getByTestId("import-refused").innerText();
  await page.getByTestId("import-skip").click();
  const notice = page.getByTestId("undo-notice");
  await notice.waitFor();
  found.notice = await notice.innerText();
  found.kept = await page.getByTestId("import-kept").innerText();
  found.sendAgain = await page.getByTestId("import-send").count();
  console.log("imported");
  await page.getByTestId("undo-last").click();
  await page.locator('[data-testid="undo-notice"][data-state="undone"]').waitFor();
  // Nothing of it is called imported any more, and it may be sent again.
  await page.getByTestId("import-kept").waitFor({ state: "detached" });
  await page.getByTestId("import-send").waitFor();
  found.complaints = page.complaints;
});
console.log(JSON.stringify(found));
