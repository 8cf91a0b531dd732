// Everything that the console can show, with every other server out of reach: no name but the server's is resolved, and
// whatever asks for another origin is refused and written down. Prints all requests and complaints as one line of JSON.
//
// Started by tests/tests/console.rs. Input: CORDON_URL, CORDON_NAME, CORDON_PASSWORD of an administrator.
import { launch } from "./chromium.mjs";
import { live, open, signIn, url } from "./console.mjs";

const { origin, hostname } = new URL(url);
const found = { requests: [], refused: [], complaints: [], opened: [] };
const browser = await launch([`--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE ${hostname}`]);
try {
  const context = await browser.newContext({ locale: "en-GB", viewport: { width: 1920, height: 1080 } });
  context.setDefaultTimeout(60_000);
  await context.route("**/*", (route) => {
    const asked = route.request().url();
    if (asked.startsWith(`${origin}/`)) return route.continue();
    found.refused.push(asked);
    return route.abort();
  });
  context.on("request", (request) => found.requests.push(request.url()));
  const page = await context.newPage();
  page.on("websocket", (socket) => found.requests.push(socket.url()));
  page.on("pageerror", (error) => found.complaints.push(String(error)));
  page.on("console", (message) => {
    if (/content security policy|blocked|ERR_NAME_NOT_RESOLVED/i.test(message.text())) found.complaints.push(message.text());
  });

  await page.goto(url);
  await signIn(page);
  await page.getByTestId("alarm-item").first().waitFor();
  const tools = await page.locator('[data-testid^="tool-"]').evaluateAll((all) => all.map((tool) => tool.dataset.testid));
  for (const tool of tools) {
    await page.getByTestId(tool).click();
    await page.getByTestId(tool.replace("tool", "panel")).waitFor();
    found.opened.push(tool);
  }
  await page.getByTestId("alarm-item").first().locator(".alarm-body").click();
  const alarm = page.locator('[data-testid="alarm-item"][aria-current="true"]');
  await alarm.getByTestId("alarm-why").click();
  await alarm.getByTestId("alarm-why-text").waitFor();
  await page.locator("summary").evaluateAll((all) => all.forEach((summary) => summary.click()));
  await page.locator("body").press("?");
  await page.getByTestId("help").waitFor();
  for (const theme of ["light", "dark"]) {
    await page.evaluate((chosen) => localStorage.setItem("cordon.theme", chosen), theme);
    await page.reload();
    await live(page);
    for (const route of ["data", "health", "accounts", "help", "map"]) {
      await open(page, `#/${route}`);
      const shown = { data: "grid", health: "health-overall", accounts: "user-row", help: null, map: "map" }[route];
      if (shown) await page.getByTestId(shown).first().waitFor();
      found.opened.push(route);
    }
    await page.getByTestId("language-switch").first().click();
  }
} finally {
  await browser.close();
}
console.log(JSON.stringify(found));
