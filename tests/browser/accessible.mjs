// Every screen of the console under axe-core, in both themes: sign-in, the map with each of its panels and cards, the pages
// beside it and the dialogs. Prints what axe calls serious or critical as one line of JSON, and how many screens it saw.
//
// Started by tests/tests/console.rs. Input: CORDON_URL, CORDON_NAME, CORDON_PASSWORD of an administrator.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { withBrowser } from "./chromium.mjs";
import { live, open, screenshot, signIn, url } from "./console.mjs";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const found = { screens: 0, findings: [] };

async function look(page, theme, screen) {
  found.screens += 1;
  if (screenshot) await page.screenshot({ path: `${screenshot}-${theme}-${screen}.png` });
  // What does not depend on colours is the same in every theme.
  const rules = theme === "light" && screen !== "sign-in" ? { runOnly: ["color-contrast"] } : {};
  const violations = await page.evaluate((more) => globalThis.axe.run(document, { resultTypes: ["violations"], ...more }), rules);
  for (const { id, impact, help, nodes } of violations.violations) {
    if (impact !== "serious" && impact !== "critical") continue;
    for (const { target, failureSummary } of nodes) {
      found.findings.push({ theme, screen, id, impact, help, target: target.join(" "), why: failureSummary });
    }
  }
}

// Each step opens something, is looked at, and closes it again.
const MAP = ["layers", "find", "measure", "roads", "views", "edit"];

async function lookAtMap(page, theme) {
  await look(page, theme, "map");
  for (const tool of MAP) {
    const button = page.getByTestId(`tool-${tool}`);
    await button.click();
    await page.getByTestId(`panel-${tool}`).waitFor();
    if (tool === "find") {
      await page.getByTestId("find-input").fill("a");
      await page.getByTestId("find-item").first().waitFor();
      await look(page, theme, "find-results");
      await page.locator('[data-testid="find-item"][data-group="zones"]').first().click();
      await page.getByTestId("zone-card").waitFor();
      await look(page, theme, "card");
      await page.getByTestId("find-input").fill("121.05, 30.6");
    }
    await look(page, theme, tool);
    await button.click();
    await page.getByTestId(`panel-${tool}`).waitFor({ state: "detached" });
  }
  await page.locator("body").press("?");
  await page.getByTestId("help").waitFor();
  await look(page, theme, "help-drawer");
  await page.keyboard.press("Escape");
  await lookAtAlarm(page, theme);
  await page.locator(".readout summary").click();
  await look(page, theme, "datum");
  await page.locator(".readout summary").click();
}

async function lookAtAlarm(page, theme) {
  const alarm = page.getByTestId("alarm-item").first();
  await alarm.locator(".alarm-body").click();
  await look(page, theme, "alarm");
  for (const [key, screen] of [
    ["s", "shelve"],
    ["x", "close-alarm"],
  ]) {
    await page.keyboard.press(key);
    await look(page, theme, screen);
    await page.keyboard.press("Escape");
  }
  await page.evaluate(() => document.activeElement?.blur());
  await page.keyboard.press("e");
  await page.getByTestId("evidence-replay").waitFor();
  await look(page, theme, "evidence");
  await page.getByTestId("evidence-replay").click();
  await page.getByTestId("play-toggle").waitFor();
  await look(page, theme, "playback");
  await page.getByTestId("back-to-live").click();
  await page.getByTestId("play-toggle").waitFor({ state: "detached" });
  await page.evaluate(() => document.activeElement?.blur());
  await page.keyboard.press("p");
  await page.getByTestId("print-dialog").waitFor();
  await look(page, theme, "print");
  await page.keyboard.press("Escape");
  await open(page, "#/map?wall=1");
  await page.locator(".command.wall").waitFor();
  await look(page, theme, "wall");
  await open(page, "#/map");
  await page.locator(".command:not(.wall)").waitFor();
}

async function lookAtPages(page, theme) {
  await open(page, "#/data?of=zones");
  await page.getByTestId("grid-row").first().waitFor();
  await look(page, theme, "table");
  await page.locator('[data-testid="grid-row"] [data-column="name"]').first().click();
  await page.keyboard.press("Enter");
  await page.getByTestId("cell-input").waitFor();
  await look(page, theme, "table-cell");
  await page.keyboard.press("Escape");
  await page.getByTestId("row-history").first().click();
  await page.getByTestId("row-history-list").locator("li").first().waitFor();
  await look(page, theme, "row-history");
  await page.keyboard.press("Escape");
  await open(page, "#/health");
  await page.getByTestId("health-overall").waitFor();
  await look(page, theme, "health");
  await open(page, "#/accounts");
  await page.getByTestId("user-row").first().waitFor();
  await look(page, theme, "accounts");
  await page.getByTestId("user-add").click();
  await look(page, theme, "add-user");
  await page.keyboard.press("Escape");
  await page.getByTestId("user-delete").first().click();
  await look(page, theme, "delete-user");
  await page.keyboard.press("Escape");
  await open(page, "#/help");
  await page.locator("article.help").waitFor();
  await look(page, theme, "help");
  await page.locator(".page").getByTestId("user").click();
  await page.locator(".page").getByTestId("own-password").click();
  await page.getByTestId("own-password-dialog").waitFor();
  await look(page, theme, "own-password");
  await page.keyboard.press("Escape");
  await open(page, "#/map");
}

await withBrowser(async (browser) => {
  // axe runs in the page as the console's own policy would not let it: this is a test's script and no part of the console.
  const context = await browser.newContext({ locale: "en-GB", viewport: { width: 1366, height: 768 }, bypassCSP: true });
  context.setDefaultTimeout(60_000);
  await context.addInitScript({ content: axe });
  const page = await context.newPage();
  await page.goto(url);
  await page.getByTestId("signin-name").waitFor();
  for (const theme of ["light", "dark"]) {
    await page.evaluate((chosen) => localStorage.setItem("cordon.theme", chosen), theme);
    await page.reload();
    await page.getByTestId("signin-name").waitFor();
    await look(page, theme, "sign-in");
  }
  await signIn(page);
  for (const theme of ["dark", "light"]) {
    await page.evaluate((chosen) => localStorage.setItem("cordon.theme", chosen), theme);
    await page.reload();
    await live(page);
    await page.getByTestId("alarm-item").first().waitFor();
    await lookAtMap(page, theme);
    await lookAtPages(page, theme);
  }
});
console.log(JSON.stringify(found));
