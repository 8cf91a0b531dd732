// The data catalogue: who answers for each layer, what is overdue and what is wanting; what is wanting leads into the table, the extent to the
// map; the card of a layer is changed, against somebody who writes the same meanwhile, and taken back; the whole leaves as CSV. Prints
// what was seen as one line of JSON.
//
// Started by tests/tests/catalogue_page.rs, which writes into a card at the word "against". Input: CORDON_URL, CORDON_NAME, CORDON_PASSWORD.
import { readFileSync } from "node:fs";
import process from "node:process";
import { withBrowser } from "./chromium.mjs";
import { open } from "./console.mjs";
import { signedIn } from "./person.mjs";

const { CORDON_SCREENSHOT: screenshot } = process.env;

const found = await withBrowser(async (browser) => {
  const page = await signedIn(browser);
  const seen = {};
  const at = (id) => page.getByTestId(id);
  await open(page, "#/data");
  await at("data-view-catalogue").click();
  await at("catalogue-gates").waitFor();
  if (screenshot) await page.screenshot({ path: `${screenshot}-catalogue.png` });
  seen.gates = await at("catalogue-gates").innerText();
  seen.roads = await at("catalogue-roads").innerText();
  await at("catalogue-wanting").check();
  seen.wanting = await page.locator('[data-testid="catalogue"] tbody tr').evaluateAll((rows) => rows.map((row) => row.dataset.testid));

  // What is wanting, in the table; all of it again.
  await at("finding-gates-no_name").click();
  await at("data-count").filter({ hasText: "Rows: 1 of 3" }).waitFor();
  seen.nameless = await at("grid-row").evaluateAll((rows) => rows.map((row) => row.dataset.id));
  await at("data-clear").click();
  await at("data-count").filter({ hasText: "Rows: 3" }).waitFor();
  await page.goBack();
  await at("catalogue-map-gates").click();
  await page.locator(".map canvas").first().waitFor();
  seen.place = decodeURIComponent(page.url()).split("#")[1];
  await page.goBack();

  // The card by keys: opened, changed, saved with Enter.
  await at("catalogue-edit-gates").focus();
  await page.keyboard.press("Enter");
  await at("card-owner").fill("Gate office");
  await at("card-update_cycle_days").fill("often");
  seen.badCycle = await at("card-save").isDisabled();
  await at("card-update_cycle_days").fill("30");
  console.log("against");
  await page.waitForFunction(async () => {
    const card = await fetch("/ogc/collections/datasets/items/gates", { headers: { Accept: "application/geo+json" } });
    return (await card.json()).properties.owner === "Their office";
  });
  await page.keyboard.press("Enter");
  await at("card-conflict").waitFor();
  seen.theirs = await at("card-theirs-owner").innerText();
  seen.typed = await at("card-owner").inputValue();
  await at("card-save").click();
  const notice = at("data").getByTestId("undo-notice");
  await notice.waitFor();
  await at("catalogue-gates").filter({ hasText: "Gate office" }).waitFor();
  await at("catalogue-edit-gates").click();
  await at("card-history").click();
  await at("row-history-list").locator("li").nth(2).waitFor();
  seen.history = await at("row-history-list").innerText();
  await page.keyboard.press("Escape");
  await notice.getByTestId("undo-last").click();
  await at("catalogue-gates").filter({ hasText: "Their office" }).waitFor();
  const [csv] = await Promise.all([page.waitForEvent("download"), at("catalogue-csv").click()]);
  seen.csv = readFileSync(await csv.path(), "utf8");
  return { ...seen, complaints: page.complaints };
});
console.log(JSON.stringify(found));
