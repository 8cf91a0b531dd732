// The map on paper: the browser's own print key opens what the button opens, and the sheet is made into a PDF as a printer gets
// it, on A4 and A3. Prints what was found as one line of JSON.
//
// Started by tests/tests/console.rs. Input: CORDON_URL, CORDON_NAME, CORDON_PASSWORD.
import { withBrowser } from "./chromium.mjs";
import { open } from "./console.mjs";
import { signedIn } from "./person.mjs";

const found = await withBrowser(async (browser) => {
  const page = await signedIn(browser, { viewport: { width: 1366, height: 768 } });
  // The page is only told that it was asked to print.
  await page.evaluate(() => {
    globalThis.printed = 0;
    globalThis.print = () => {
      globalThis.printed += 1;
    };
  });
  await page.getByTestId("alarm-item").first().waitFor();
  await page.locator('[data-testid="map"][data-idle="true"]').waitFor();
  const dialog = page.getByTestId("print-dialog");
  const close = async () => {
    await page.keyboard.press("Escape");
    await dialog.waitFor({ state: "detached" });
  };

  const seen = { byKey: {}, papers: {} };
  for (const [name, press] of [
    ["p", () => page.keyboard.press("p")],
    ["button", () => page.getByTestId("print-open").click()],
    ["ctrl-p", () => page.keyboard.press("Control+p")],
  ]) {
    await press();
    await dialog.locator("[data-testid=print-sheet] img").waitFor();
    seen.byKey[name] = await dialog.locator("h2").first().innerText();
    if (name !== "ctrl-p") await close();
  }
  await page.getByTestId("print-go").click();
  seen.printed = await page.evaluate(() => globalThis.printed);

  for (const paper of ["a4", "a3"]) {
    await dialog.getByRole("radio", { name: paper.toUpperCase() }).check();
    await dialog.locator(`.sheet-${paper} img`).waitFor();
    const pdf = (await page.pdf({ preferCSSPageSize: true })).toString("latin1");
    await page.emulateMedia({ media: "print" });
    const sheet = page.locator(`.print-only .sheet-${paper}`);
    seen.papers[paper] = await sheet.evaluate((element) => {
      const box = element.getBoundingClientRect();
      const inside = (part) => {
        const { left, top, right, bottom, width, height } = part.getBoundingClientRect();
        return width > 0 && height > 0 && left >= box.left && top >= box.top && right <= box.right + 1 && bottom <= box.bottom + 1;
      };
      const parts = ["h1", ".sheet-map", ".sheet-north", ".sheet-scale", "aside", "footer"];
      const legend = [...element.querySelectorAll("aside li")];
      const image = element.querySelector("img");
      return {
        missing: parts.filter((part) => !inside(element.querySelector(part))),
        cut: legend.filter((entry) => !inside(entry)).map((entry) => entry.textContent),
        legend: legend.length,
        picture: image.complete && image.naturalWidth,
        text: element.innerText,
      };
    });
    await page.emulateMedia({ media: null });
    seen.papers[paper].pages = (pdf.match(/\/Type\s*\/Page\b/g) ?? []).length;
    seen.papers[paper].box = pdf.match(/\/MediaBox\s*\[([^\]]*)\]/)?.[1].trim().split(/\s+/).map(Number);
  }
  await close();

  // What is drawn and not saved is said to be so, on the screen and on the paper.
  seen.unsavedBefore = await page.getByTestId("print-unsaved").count();
  await page.getByTestId("tool-edit").click();
  await page.getByTestId("draw-numbers").click();
  await page.getByTestId("numbers-lon").fill("121.7");
  await page.getByTestId("numbers-lat").fill("29.9");
  await page.getByTestId("numbers-radius").fill("400");
  await page.getByTestId("numbers-apply").click();
  await page.getByTestId("print-open").click();
  await page.getByTestId("print-unsaved").waitFor();
  seen.unsaved = await page.locator(".print-only").textContent();
  await close();

  // Beside the map the browser prints what is there.
  await open(page, "#/help");
  await page.locator("article.help").first().waitFor();
  await page.keyboard.press("Control+p");
  seen.besideMap = await dialog.count();
  return { ...seen, complaints: page.complaints };
});
console.log(JSON.stringify(found));
