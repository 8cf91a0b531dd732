// Two people change one zone: different fields are put together, the same field is chosen. Then the last save is undone, and
// the zone is deleted and comes back, at once and from the list of what was deleted. Prints one line of JSON.
//
// Started by tests/tests/editing.rs. Input: CORDON_ZONE, the id of a zone that exists.
import process from "node:process";
import { withBrowser } from "./chromium.mjs";
import { signedIn } from "./person.mjs";

const { CORDON_ZONE: zone } = process.env;
const found = {};

async function open(page) {
  await page.getByTestId(`open-${zone}`).click();
  await page.getByTestId("edit-tab-form").click();
}

async function save(page) {
  await page.getByTestId("edit-save").click();
  await page.getByTestId("undo-notice").waitFor();
}

await withBrowser(async (browser) => {
  const [mine, other] = [await signedIn(browser), await signedIn(browser)];
  for (const page of [mine, other]) {
    await page.getByTestId("tool-edit").click();
    await open(page);
  }
  await mine.getByTestId("edit-name").fill("My name");
  await other.getByTestId("edit-level-red").check();
  await other.getByTestId("edit-name").fill("Their name");
  await save(other);
  await mine.getByTestId("edit-changed").waitFor();

  await mine.getByTestId("edit-save").click();
  await mine.getByTestId("edit-conflict").waitFor();
  found.conflict = await mine.getByTestId("edit-conflict").innerText();
  found.by = {};
  for (const field of ["name", "level"]) {
    found.by[field] = await mine.getByTestId(`change-${field}`).getAttribute("data-by");
  }
  await mine.getByTestId("choose-name-mine").check();
  await mine.getByTestId("conflict-merge").click();
  found.nothingLost = await mine.getByTestId("edit-name").inputValue();
  await save(mine);
  console.log("merged");
  await mine.getByTestId("undo-last").click();
  await mine.locator('[data-testid="undo-notice"][data-state="undone"]').waitFor();
  console.log("undone");

  await open(mine);
  await mine.getByTestId("edit-tab-history").click();
  await mine.getByTestId("revision-1").waitFor();
  found.history = await mine.getByTestId("edit-history").innerText();
  await mine.getByTestId("restore-1").click();
  found.restoredName = await mine.getByTestId("edit-name").inputValue();
  await save(mine);
  console.log("restored");

  const notice = mine.getByTestId("undo-notice");
  const takeAway = async () => {
    await open(mine);
    await mine.getByTestId("edit-delete").click();
    await mine.getByTestId("ask-yes").click();
    await notice.filter({ hasText: "was deleted" }).waitFor();
  };
  await takeAway();
  await mine.getByTestId("undo-last").click();
  await notice.filter({ hasText: "is back" }).waitFor();
  console.log("back");
  await takeAway();
  await mine.getByTestId("edit-deleted").click();
  const back = mine.getByTestId(`bring-back-${zone}`);
  await back.waitFor();
  found.deleted = await mine.locator("li", { has: back }).innerText();
  await back.click();
  await notice.filter({ hasText: "is back" }).waitFor();
  await back.waitFor({ state: "detached" });
  console.log("back");
  await mine.getByTestId("undo-last").click();
  await notice.filter({ hasText: "deleted again" }).waitFor();
  // The list of what was deleted knows it too.
  await back.waitFor();
  console.log("gone");
  found.complaints = [...mine.complaints, ...other.complaints];
});
console.log(JSON.stringify(found));
