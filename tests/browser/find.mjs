// Finding, links, views, measuring and coordinates, as a person uses them. Prints what was seen as one line of JSON.
//
// Started by tests/tests/console.rs. Input: CORDON_URL, CORDON_NAME, CORDON_PASSWORD.
import { withBrowser } from "./chromium.mjs";
import { live, screenshot, signIn, url } from "./console.mjs";

const found = await withBrowser(async (browser) => {
  const context = await browser.newContext({ locale: "en-GB", viewport: { width: 1440, height: 900 } });
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  context.setDefaultTimeout(60_000);
  const page = await context.newPage();
  const copied = () => page.evaluate(() => navigator.clipboard.readText());
  const address = () => page.evaluate(() => location.hash);
  const addressHas = (part) => page.waitForFunction((text) => location.hash.includes(text), part);
  const centre = () => page.getByTestId("readout-at").innerText();
  const seen = {};

  // A link leads there, through the sign-in form.
  await page.goto(`${url}#/map?at=121.7,29.9,15&on=zones/tank`);
  await signIn(page);
  await page.getByTestId("zone-card").waitFor();
  seen.linkCard = await page.getByTestId("zone-card").locator("h2").innerText();
  await page.waitForFunction(() => document.querySelector('[data-testid="readout-at"]')?.textContent?.startsWith("121.700"));
  seen.linkCentre = await centre();
  await page.keyboard.press("Escape");

  // A plate without its dot, in lower case.
  await page.keyboard.press("f");
  await page.getByTestId("find-input").fill("浙l0");
  await page.getByTestId("find-item").first().waitFor();
  seen.marked = await page.locator(".find mark").first().innerText();
  await page.keyboard.press("Enter");
  await page.getByTestId("vehicle-card").waitFor();
  seen.vehicle = await page.getByTestId("vehicle-card").locator("h2").innerText();
  await addressHas("on=vehicles/");
  seen.vehicleAddress = await address();
  // A zone by the initials of its Chinese name.
  await page.getByTestId("find-input").fill("yagq");
  await page.locator('[data-testid="find-item"][data-group="zones"]').waitFor();
  await page.keyboard.press("Enter");
  await page.getByTestId("zone-card").waitFor();
  seen.zone = await page.getByTestId("zone-card").locator("h2").innerText();
  await page.getByTestId("find-input").fill("nothing like that");
  await page.getByTestId("find-none").waitFor();
  // Amap's coordinates of 121.05, 30.6.
  await page.getByTestId("find-input").fill("121.0544955，30.5977717");
  const gcj = page.getByTestId("find-item").nth(1);
  seen.readAs = await gcj.innerText();
  await gcj.click();
  await page.waitForFunction(() => /121\.0500\d\d, 30\.6000\d\d/.test(document.querySelector('[data-testid="readout-at"]')?.textContent ?? ""));
  await addressHas("at=121.05,30.6,");
  seen.foundAddress = await address();
  await page.keyboard.press("Escape");
  await page.keyboard.press("Escape");

  // Copied in another notation.
  await page.mouse.move(5, 5);
  await page.keyboard.press("c");
  await page.waitForFunction(async () => (await navigator.clipboard.readText()).startsWith("121.05"));
  seen.copied = await copied();
  await page.locator(".readout summary").click();
  await page.locator('.readout input[name="readout-format"]').nth(1).check();
  await page.locator('.readout input[name="readout-datum"]').nth(2).check();
  await page.keyboard.press("Escape");
  seen.bd09 = await centre();

  // A way of two typed points, without the mouse.
  await page.keyboard.press("m");
  for (const point of ["30°36′N 121°03′E", "30.6N 121.06E"]) {
    await page.locator(".measure-add input").fill(point);
    await page.locator(".measure-add button").click();
  }
  seen.bd09Length = await page.getByTestId("measure-length").innerText();
  await page.locator(".readout summary").click();
  await page.locator('.readout input[name="readout-datum"]').first().check();
  await page.locator(".readout summary").click();
  await page.getByTestId("measure").getByRole("radio").nth(1).check();
  for (const point of ["121.05, 30.6", "121.06, 30.6", "121.06, 30.61", "121.05, 30.61"]) {
    await page.locator(".measure-add input").fill(point);
    await page.locator(".measure-add button").click();
  }
  await page.waitForFunction(() => /1\.06/.test(document.querySelector('[data-testid="measure-area"]')?.textContent ?? ""));
  seen.area = await page.getByTestId("measure-area").innerText();
  // With the mouse: a double click ends it, and adds no point of its own.
  await page.getByTestId("measure").getByRole("radio").first().check();
  const box = await page.getByTestId("map").boundingBox();
  const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
  await page.mouse.click(x, y);
  await page.mouse.dblclick(x + 120, y);
  await page.locator(".measure-legs li").nth(0).waitFor();
  await page.mouse.move(x, y + 100);
  seen.legs = await page.locator(".measure-legs li").count();
  if (screenshot) await page.screenshot({ path: screenshot });
  await page.keyboard.press("Escape");
  await page.keyboard.press("Escape");

  // A view is saved, left, deleted, brought back, and survives a reload.
  await page.keyboard.press("v");
  await page.getByTestId("views-name").fill("Tank farm");
  await page.keyboard.press("Enter");
  await page.getByTestId("views-item").waitFor();
  await page.getByTestId("views-link").click();
  await page.waitForFunction(async () => (await navigator.clipboard.readText()).startsWith("http"));
  seen.link = await copied();
  await page.getByTestId("views-item").locator("button").last().click();
  await page.getByTestId("views-item").waitFor({ state: "detached" });
  await page.getByTestId("views-undo").click();
  await page.getByTestId("views-item").waitFor();
  const rested = await address();
  await page.reload();
  await live(page);
  await page.waitForFunction((text) => location.hash === text, rested);
  await page.keyboard.press("v");
  seen.views = await page.getByTestId("views-item").count();
  return seen;
});
console.log(JSON.stringify(found));
