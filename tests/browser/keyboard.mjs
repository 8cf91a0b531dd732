// A person without a mouse: signs in, reaches the alarms, acknowledges one, shows it, opens and closes help, tools and a
// dialog, switches single keys off and on. Prints where the focus was at each step as one line of JSON.
//
// Started by tests/tests/console.rs. Input: CORDON_URL, CORDON_NAME, CORDON_PASSWORD.
import { withBrowser } from "./chromium.mjs";
import { live, name, password, url } from "./console.mjs";

const found = await withBrowser(async (browser) => {
  const page = await browser.newPage({ locale: "en-GB", viewport: { width: 1366, height: 768 } });
  page.setDefaultTimeout(60_000);
  const { keyboard } = page;
  const focus = () =>
    page.evaluate(() => {
      const at = document.activeElement;
      return at?.getAttribute("data-testid") ?? (at?.id || at?.className || at?.tagName.toLowerCase());
    });
  const tabTo = async (wanted, most = 60) => {
    for (let i = 0; i < most; i += 1) {
      if ((await focus()) === wanted) return i;
      await keyboard.press("Tab");
    }
    throw new Error(`Tab never reached ${wanted}; it is at ${await focus()}`);
  };

  await page.goto(url);
  await page.getByTestId("signin-name").waitFor();
  const steps = { first: await focus() };
  await keyboard.type(name);
  await keyboard.press("Tab");
  await keyboard.type(password);
  await keyboard.press("Enter");
  await live(page);
  const item = page.getByTestId("alarm-item").first();
  await item.waitFor();

  // Past the bars and tools in one step.
  await page.evaluate(() => document.activeElement?.blur());
  await keyboard.press("Tab");
  steps.skip = await focus();
  await keyboard.press("Enter");
  steps.skipped = await focus();
  steps.addressKept = !(await page.evaluate(() => location.hash)).startsWith("#alarms");

  // The alarm: selected, acknowledged, shown on the map.
  await keyboard.press("n");
  steps.selected = await focus();
  const id = await page.locator('[data-testid="alarm-item"][aria-current="true"]').getAttribute("data-alarm-id");
  await keyboard.press("a");
  const mine = page.locator(`[data-testid="alarm-item"][data-alarm-id="${id}"]`);
  await page.locator(`[data-testid="alarm-item"][data-alarm-id="${id}"][data-state="acknowledged"]`).waitFor();
  steps.acknowledged = await mine.getAttribute("data-state");
  await keyboard.press("Enter");
  await page.locator(".alarm-mark").waitFor();

  // What is opened takes the focus and gives it back.
  await keyboard.press("?");
  await page.getByTestId("help").waitFor();
  steps.help = await focus();
  const chapters = ["flood", "evidence", "playback", "lost"];
  steps.chapters = await page
    .getByTestId("help")
    .locator("section[data-chapter]")
    .evaluateAll((all, wanted) => all.filter((one) => wanted.includes(one.dataset.chapter) && one.innerText.length > 150).length, chapters);
  await keyboard.press("Escape");
  await page.getByTestId("help").waitFor({ state: "detached" });
  steps.afterHelp = await focus();
  await keyboard.press("/");
  await page.getByTestId("find-input").waitFor();
  steps.find = await focus();
  // No key acts while somebody types.
  await keyboard.type("aman?");
  steps.typed = await page.getByTestId("find-input").inputValue();
  steps.helpWhileTyping = await page.getByTestId("help").count();
  await keyboard.press("Escape");
  await keyboard.press("Escape");
  await page.getByTestId("panel-find").waitFor({ state: "detached" });
  steps.afterFind = await focus();
  await keyboard.press("m");
  await page.getByTestId("measure").waitFor();
  await keyboard.press("Escape");
  await page.getByTestId("measure").waitFor({ state: "detached" });

  await page.evaluate(() => document.activeElement?.blur());
  await tabTo("user");
  await keyboard.press("Enter");
  await keyboard.press("Tab");
  await keyboard.press("Enter");
  await page.getByTestId("own-password-dialog").waitFor();
  steps.dialog = await focus();
  // Behind a dialog no key acts on the map.
  await page.evaluate(() => document.activeElement?.blur());
  await keyboard.press("m");
  steps.measureBehindDialog = await page.getByTestId("measure").count();
  await keyboard.press("Escape");
  await page.getByTestId("own-password-dialog").waitFor({ state: "detached" });
  steps.afterDialog = await focus();

  // Keys that write a character can be switched off; the others stay, and the choice is kept.
  const switchKeys = async (on) => {
    await page.evaluate(() => {
      location.hash = "#/help";
    });
    await page.locator(".page").getByTestId("character-keys").setChecked(on);
    await page.evaluate(() => {
      location.hash = "#/map";
    });
    await page.locator(".page").waitFor({ state: "detached" });
    await page.evaluate(() => document.activeElement?.blur());
  };
  await switchKeys(false);
  await page.reload();
  await live(page);
  await item.waitFor();
  await keyboard.press("m");
  await keyboard.press("?");
  await keyboard.press("1");
  await keyboard.press("ArrowDown");
  await page.locator('[data-testid="alarm-item"][aria-current="true"]').waitFor();
  steps.charactersOff = await page.locator('[data-testid="measure"], [data-testid="help"], .map-note').count();
  await switchKeys(true);
  await keyboard.press("m");
  await page.getByTestId("measure").waitFor();
  return steps;
});
console.log(JSON.stringify(found));
