// A person opens the console while the server reads back what it stored. Says `waiting` when the page said so, and prints
// the page's text at that moment and afterwards, when it went on by itself, as one line of JSON.
//
// Started by tests/tests/recovery.rs. Input: CORDON_URL.
import process from "node:process";
import { withBrowser } from "./chromium.mjs";

const { CORDON_URL: url, CORDON_SCREENSHOT: screenshot } = process.env;

const found = await withBrowser(async (browser) => {
  const page = await browser.newPage({ locale: "en-GB", viewport: { width: 1440, height: 900 } });
  page.setDefaultTimeout(60_000);
  await page.goto(url);
  const said = page.locator('[data-testid="waiting"][data-code="recovering"]');
  await said.waitFor();
  const chinese = await said.innerText();
  await page.getByTestId("language-switch").click();
  const english = await said.innerText();
  if (screenshot) await page.screenshot({ path: screenshot });
  console.log("waiting");
  await page.getByTestId("signin-name").waitFor();
  return { chinese, english };
});
console.log(JSON.stringify(found));
