// The table of a collection: 3,000 rows of which only those in sight are drawn, found, sifted and sorted; cells changed with the
// keys alone, taken back, and against somebody who writes the same feature meanwhile; history; files of what is filtered; the way
// to the map and back. Prints what was seen as one line of JSON.
//
// Started by tests/tests/attribute_table.rs, which writes into a feature at each word. Input: CORDON_URL, CORDON_NAME,
// CORDON_PASSWORD.
import { readFileSync } from "node:fs";
import process from "node:process";
import { withBrowser } from "./chromium.mjs";
import { open } from "./console.mjs";
import { signedIn } from "./person.mjs";

const { CORDON_SCREENSHOT: screenshot } = process.env;

const found = await withBrowser(async (browser) => {
  const page = await signedIn(browser);
  await open(page, "#/data?of=resources");
  const count = page.getByTestId("data-count");
  const rows = page.getByTestId("grid-row");
  const cell = (id, column) => page.locator(`[data-testid="grid-row"][data-id="${id}"] [data-column="${column}"]`);
  const input = page.getByTestId("cell-input");
  // The map behind the page has one too.
  const notice = page.getByTestId("data").getByTestId("undo-notice");
  const ids = (most) => rows.evaluateAll((all, n) => all.sort((a, b) => a.offsetTop - b.offsetTop).slice(0, n).map((row) => row.dataset.id), most);
  const counts = (text) => count.filter({ hasText: text }).waitFor();
  const seen = {};

  await counts("Rows: 3003");
  seen.drawn = await rows.count();
  seen.collections = await page.getByTestId("collection-resources").innerText();

  // Sifted, found and sorted.
  await page.getByTestId("above-beds").fill(">=20");
  await counts("Rows: 2 of 3003");
  await page.getByTestId("sort-beds").click();
  await page.getByTestId("sort-beds").click();
  await page.locator('[role="columnheader"][aria-sort="descending"]').waitFor();
  seen.sorted = await ids(2);
  await page.getByTestId("above-beds").fill("many");
  await counts("Rows: 3003");
  seen.bad = await page.getByTestId("above-beds").getAttribute("aria-invalid");
  await page.getByTestId("data-clear").click();
  await page.getByTestId("data-find").fill("hospital");
  await counts("Rows: 3 of 3003");
  if (screenshot) await page.screenshot({ path: screenshot });

  // With the keys alone: into the table, to a cell, another value, and what was there before again.
  await page.getByTestId("data-find").press("ArrowDown");
  await page.waitForFunction(() => document.activeElement?.dataset.column === "name");
  const write = async (id, column) => {
    await cell(id, column).click();
    await page.keyboard.press("Enter");
    await input.waitFor();
  };
  while (!(await page.evaluate(() => document.activeElement?.dataset.column === "beds"))) await page.keyboard.press("ArrowRight");
  const first = (await ids(1))[0];
  await page.keyboard.press("Enter");
  await input.fill("a lot");
  await page.keyboard.press("Enter");
  seen.noNumber = await page.getByTestId("cell-problem").innerText();
  await input.fill("77");
  await page.keyboard.press("Enter");
  await notice.waitFor();
  seen.changed = [first, await cell(first, "beds").innerText()];
  seen.focusBack = await page.evaluate(() => document.activeElement?.dataset.column);
  console.log("changed");
  await notice.getByTestId("undo-last").click();
  await page.locator('[data-testid="data"] [data-testid="undo-notice"][data-state="undone"]').waitFor();
  await cell(first, "beds").filter({ hasNotText: "77" }).waitFor();
  seen.undone = await cell(first, "beds").innerText();

  // Somebody writes beside it: both stand. Somebody writes the same: a person decides.
  const kept = (column, value) =>
    page.waitForFunction(
      async ([name, expected]) => (await (await fetch("/ogc/collections/resources/items/hospital-2")).json()).properties[name] === expected,
      [column, value],
    );
  await write("hospital-2", "beds");
  console.log("beside");
  await kept("phone", "0573-2");
  await input.fill("31");
  await page.keyboard.press("Enter");
  seen.beside = await page.getByTestId("cell-beside").innerText();
  await cell("hospital-2", "beds").filter({ hasText: "31" }).waitFor();
  await write("hospital-2", "beds");
  console.log("against");
  await kept("beds", 40);
  await input.fill("32");
  await page.keyboard.press("Enter");
  seen.conflict = await page.getByTestId("cell-conflict").locator("p").innerText();
  seen.theirs = await cell("hospital-2", "beds").innerText();
  await page.getByTestId("conflict-mine").click();
  await cell("hospital-2", "beds").filter({ hasText: "32" }).waitFor();
  seen.refused = null;
  await write("hospital-2", "name");
  await input.fill("x".repeat(5_000));
  await page.keyboard.press("Enter");
  seen.refused = await page.getByTestId("cell-problem").innerText();
  seen.typedKept = (await input.inputValue()).length;
  await page.keyboard.press("Escape");

  await page.locator('[data-testid="grid-row"][data-id="hospital-2"]').getByTestId("row-history").click();
  const history = page.getByTestId("row-history-list");
  await history.locator("li ins").first().waitFor();
  seen.history = await history.innerText();
  await page.keyboard.press("Escape");

  // What somebody else deletes goes; what an import brings comes.
  console.log("deleted");
  await counts("Rows: 2 of 3002");

  const save = async (button) => {
    const [file] = await Promise.all([page.waitForEvent("download"), page.getByTestId(button).click()]);
    return { name: file.suggestedFilename(), text: readFileSync(await file.path(), "utf8") };
  };
  const csv = await save("export-csv");
  seen.csv = { name: csv.name.replace(/\d{8}-\d{6}/, "TIME"), lines: csv.text.split("\r\n").length - 2, head: csv.text.split("\r\n")[0] };
  const geojson = await save("export-geojson");
  const { features } = JSON.parse(geojson.text);
  seen.geojson = { name: geojson.name.replace(/\d{8}-\d{6}/, "TIME"), ids: features.map(({ id }) => id), geometry: features[0].geometry };

  // Any other format comes from the server, with the rows that the filter leaves.
  await page.getByTestId("export-others").click();
  await page.getByTestId("export-format").selectOption("csv");
  seen.which = await page.getByTestId("export-which-filter").isChecked();
  const made = await save("export-make");
  seen.made = { name: made.name.replace(/\d{8}-\d{6}/, "TIME"), ids: made.text.trim().split("\n").slice(1).map((line) => line.split(",").find((word) => word.includes("hospital-"))) };
  seen.said = await page.getByTestId("export-done").innerText();
  await page.keyboard.press("Escape");

  // To the map, and back to the same table.
  await rows.first().getByTestId("row-map").click();
  await page.getByTestId("feature-card").waitFor();
  seen.address = decodeURIComponent(page.url()).split("#")[1];
  await page.goBack();
  await counts("Rows: 2 of 3002");

  // To the end of all rows.
  await page.getByTestId("data-clear").click();
  await counts("Rows: 3002");
  await page.getByTestId("data-find").press("ArrowDown");
  await page.keyboard.press("Control+End");
  await page.waitForFunction(() => Number(document.activeElement?.closest('[role="row"]')?.getAttribute("aria-rowindex")) === 3003);
  seen.drawnAtEnd = await rows.count();
  seen.none = null;
  await page.getByTestId("data-find").fill("nobody is called so");
  seen.none = await page.getByTestId("data-none").innerText();
  return { ...seen, complaints: page.complaints };
});
console.log(JSON.stringify(found));
