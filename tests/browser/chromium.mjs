// The Chromium of this machine, headless, without anything that it would do by itself.
import { existsSync } from "node:fs";
import { chromium } from "playwright-core";

// `more` are further arguments of the browser.
export function launch(more = []) {
  const executablePath = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].find((p) => existsSync(p));
  if (!executablePath) throw new Error("no Chromium found: ./test installs it");
  return chromium.launch({
    executablePath,
    headless: true,
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-dev-shm-usage",
      "--no-first-run",
      ...more,
    ],
  });
}

// Runs `work` with a browser; what a page showed is said when it fails.
export async function withBrowser(work) {
  const browser = await launch();
  try {
    return await work(browser);
  } catch (error) {
    for (const page of browser.contexts().flatMap((context) => context.pages())) {
      console.error(`the page ${page.url()} showed:\n${await page.locator("body").innerText()}`);
    }
    throw error;
  } finally {
    await browser.close();
  }
}
