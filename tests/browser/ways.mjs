// Other ways beside a route: one is chosen in the list by the keys, the first again by a click on its dots. Each has its own length and
// instructions. Then the way from upwind onto a ring, and what of the park does not join the network. Prints one line of JSON.
//
// Started by tests/tests/roads_console.rs. Input: CORDON_URL, CORDON_NAME, CORDON_PASSWORD, CORDON_BRIDGE and CORDON_SCHOOL, each "lon,lat";
// CORDON_SCREENSHOT, where pictures go, if they are wanted.
import process from "node:process";
import { withBrowser } from "./chromium.mjs";
import { signedIn } from "./person.mjs";

const { CORDON_SCHOOL: school, CORDON_BRIDGE: bridge, CORDON_SCREENSHOT: screenshot } = process.env;
const found = { figures: [], steps: [] };

await withBrowser(async (browser) => {
  const page = await signedIn(browser, { hash: `#/map?at=${school},13` });
  await page.locator('.map[data-idle="true"]').waitFor();
  await page.locator("body").press("r");
  await page.getByTestId("roads-begin-route").click();
  await page.getByTestId("roads-profile").selectOption("car");
  for (const [index, place] of [bridge, school].entries()) {
    await page.getByTestId(`roads-place-${index}`).fill(place);
    await page.getByTestId("roads-found").first().waitFor();
    await page.getByTestId(`roads-place-${index}`).press("Enter");
  }
  const ways = page.getByTestId("roads-others").locator("label");
  await ways.nth(1).waitFor();
  found.ways = await ways.allInnerTexts();
  const noted = async () => {
    const [time, length] = await Promise.all(["roads-duration", "roads-length"].map((id) => page.getByTestId(id).innerText()));
    found.figures.push(`${time} ${length}`);
    found.steps.push(await page.getByTestId("roads-instructions").evaluate((list) => list.textContent));
  };
  await noted();
  await page.getByTestId("roads-way-0").focus();
  await page.keyboard.press("ArrowDown");
  await page.locator('[data-testid="roads-way-1"]:checked').waitFor();
  await noted();
  await page.locator('.map[data-idle="true"]').waitFor();

  // Looked for with the pointer until its shape says that a click would choose: the fastest lies there as dots by now.
  const canvas = page.locator(".map canvas").first();
  const box = await canvas.boundingBox();
  const isOver = () => canvas.evaluate((element) => element.style.cursor === "pointer");
  let at = null;
  for (let y = 0.1; y < 0.9 && !at; y += 0.04) {
    for (let x = 0.1; x < 0.9 && !at; x += 0.012) {
      const place = [box.x + box.width * x, box.y + box.height * y];
      await page.mouse.move(...place);
      if (await isOver()) at = place;
    }
  }
  if (!at) throw new Error("no other way was found on the map");
  await page.mouse.click(...at);
  await page.locator('[data-testid="roads-way-0"]:checked').waitFor();
  await noted();
  found.cards = await page.getByTestId("feature-card").count() + (await page.getByTestId("zone-card").count());

  // From upwind onto a ring around the school.
  await page.getByTestId("roads-upwind").check();
  found.arrives = await page.getByTestId("roads-arrives").innerText();
  if (screenshot) await page.screenshot({ path: `${screenshot}-upwind.png` });

  // What does not join the network: told, and shown on the map.
  await page.getByTestId("roads-network").click();
  const stray = page.getByTestId("roads-network-own").getByRole("button", { name: "Stray Gate" });
  // An edit is joined within a second or so; each time that it is opened it is read anew.
  while (!(await stray.isVisible())) {
    await page.getByTestId("roads-network").click();
    await page.getByTestId("roads-network").click();
    await page.getByTestId("roads-network-told").waitFor();
  }
  found.network = await page.getByTestId("roads-network-told").innerText();
  if (screenshot) await page.screenshot({ path: `${screenshot}-network.png` });
  await stray.click();
  found.stray = await page.getByTestId("feature-card").getByRole("heading").first().innerText();
  found.complaints = page.complaints;
});
console.log(JSON.stringify(found));
