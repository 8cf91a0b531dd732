// Where the map looks: at first, and after it was moved and the page was loaded again. Prints the views that the page told
// the server as one line of JSON: [at first, after zooming in, after a reload]. An empty site's page is printed as a text.
//
// Started by tests/tests/browser.rs. Input: CORDON_URL, CORDON_NAME, CORDON_PASSWORD, CORDON_EMPTY (is the site empty?).
import process from "node:process";
import { withBrowser } from "./chromium.mjs";

const { CORDON_URL: url, CORDON_NAME: name, CORDON_PASSWORD: password, CORDON_EMPTY: empty, CORDON_SCREENSHOT: screenshot } =
  process.env;

const found = await withBrowser(async (browser) => {
  const page = await browser.newPage({ locale: "en-GB", viewport: { width: 1440, height: 900 } });
  page.setDefaultTimeout(60_000);
  const views = [];
  let told = () => {};
  page.on("websocket", (socket) =>
    socket.on("framesent", ({ payload }) => {
      const frame = typeof payload === "string" ? JSON.parse(payload) : {};
      if (frame.type !== "view") return;
      views.push(frame);
      told();
    }),
  );
  const nextView = async (seen) => {
    while (views.length <= seen) await new Promise((resolve) => (told = resolve));
    return views.at(-1);
  };
  await page.goto(url);
  await page.getByTestId("signin-name").fill(name);
  await page.getByTestId("signin-password").fill(password);
  await page.getByTestId("signin-submit").click();
  if (empty) {
    const text = await page.getByTestId("empty-site").innerText();
    if (screenshot) await page.screenshot({ path: screenshot });
    return text;
  }
  const first = await nextView(0);
  const seen = views.length;
  await page.getByRole("button", { name: /Zoom in|放大/ }).click();
  const zoomed = await nextView(seen);
  const before = views.length;
  await page.reload();
  const again = await nextView(before);
  if (screenshot) await page.screenshot({ path: screenshot });
  return [first, zoomed, again];
});
console.log(JSON.stringify(found));
