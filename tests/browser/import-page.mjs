// Files come in by the page "Data": one that cannot is refused before it is sent; one that does not say its datum asks for it; what would
// be is seen on a picture and in a table, fields are mapped by hand and remembered, rows are refused with their reason and leave as
// CSV; then it is imported and taken back. Prints what was seen as one line of JSON.
//
// Started by tests/tests/import_page.rs, which changes a feature at the word "imported". Input: CORDON_URL, CORDON_NAME,
// CORDON_PASSWORD; CORDON_FILE, the text of a table.
import { readFileSync } from "node:fs";
import process from "node:process";
import { withBrowser } from "./chromium.mjs";
import { open } from "./console.mjs";
import { signedIn } from "./person.mjs";

const { CORDON_FILE: table, CORDON_SCREENSHOT: screenshot } = process.env;

const found = await withBrowser(async (browser) => {
  const page = await signedIn(browser);
  const seen = {};
  const at = (id) => page.getByTestId(id);
  const give = (...files) =>
    at("import-file").setInputFiles(files.map(([name, text]) => ({ name, mimeType: "", buffer: Buffer.from(text) })));
  const idle = () => page.locator('[data-testid="import-try"]:enabled').waitFor();
  await open(page, "#/data?of=gates");
  await at("data-view-import").click();
  await at("import-past").filter({ hasText: "Nothing was imported since" }).waitFor();
  seen.empty = await at("import").innerText();
  seen.into = await at("import-collection").inputValue();

  await give(["gates.shp", "x"], ["gates.dbf", "x"]);
  seen.shape = await at("import-unfit").innerText();
  await give(["gates.csv", table]);
  await at("import-failed").waitFor();
  seen.noDatum = await at("import-failed").innerText();
  seen.asks = await at("import-srs").getAttribute("aria-invalid");
  seen.notYet = await at("import-go").isDisabled();

  // With the keys alone: the datum, another trial.
  await at("import-srs").focus();
  await page.keyboard.type("WGS");
  await idle();
  await at("import-try").focus();
  await page.keyboard.press("Enter");
  await at("import-report").waitFor();
  await idle();
  seen.would = await at("import-imported").innerText();
  seen.refused = await at("import-refused").innerText();
  seen.guessed = await at("import-map-名称").inputValue();
  seen.id = await at("import-map-编号").inputValue();
  seen.first = await at("import-first").innerText();
  seen.points = await at("import-preview").locator(".import-incoming circle").count();
  const box = () => at("import-preview").getAttribute("viewBox");
  const before = await box();
  await at("import-preview").focus();
  await page.keyboard.press("+");
  await page.waitForFunction((was) => document.querySelector('[data-testid="import-preview"]').getAttribute("viewBox") !== was, before);
  if (screenshot) await page.screenshot({ path: `${screenshot}-import.png` });

  // A field that nobody could guess, put right by hand: what was tried is not what would be imported any more.
  await at("import-map-几道").selectOption("lanes");
  seen.stale = await at("import-go").isDisabled();
  await at("import-try").click();
  await page.locator('[data-testid="import-go"]:enabled').waitFor();
  const [csv] = await Promise.all([page.waitForEvent("download"), at("import-csv").click()]);
  seen.csv = readFileSync(await csv.path(), "utf8");
  await at("import-go").click();
  await at("import-done").waitFor();
  seen.done = await at("import-done").innerText();
  console.log("imported");

  // The same kind of file again: what was corrected is remembered.
  await at("import-clear").click();
  await at("import-srs").selectOption("wgs84");
  await give(["again.csv", table]);
  await page.locator('[data-testid="import-go"]').waitFor();
  await idle();
  seen.remembered = await at("import-map-几道").inputValue();

  const row = page.locator('[data-testid="import-past-row"]', { hasText: "gates.csv" });
  seen.past = await row.innerText();
  await row.getByTestId("import-undo").click();
  seen.asked = await at("import-undo-dialog").innerText();
  await at("import-undo-sure").click();
  seen.undone = await at("import-undone").innerText();
  await page.keyboard.press("Escape");
  await page.locator('[data-testid="import-past-row"][data-state="undone"]').waitFor();

  // With the server out of reach it says so, and nothing can be sent.
  await page.context().setOffline(true);
  console.log("away");
  await at("import-offline").waitFor();
  seen.offline = await at("import-choose").isDisabled();
  return { ...seen, complaints: page.complaints };
});
console.log(JSON.stringify(found));
