// A person who signs in at the console and is then at their desk.
import process from "node:process";

const { CORDON_URL: url, CORDON_NAME: name, CORDON_PASSWORD: password } = process.env;

// A page of somebody who has signed in, the live picture before them. `hash` is what their link names.
export async function signedIn(browser, { hash = "", viewport = { width: 1440, height: 900 } } = {}) {
  const page = await browser.newPage({ locale: "en-GB", viewport });
  page.setDefaultTimeout(60_000);
  await page.addInitScript(() => localStorage.setItem("cordon.language", "en"));
  page.complaints = [];
  page.on("pageerror", (error) => page.complaints.push(String(error)));
  await page.goto(url + hash);
  await page.getByTestId("signin-name").fill(name);
  await page.getByTestId("signin-password").fill(password);
  await page.getByTestId("signin-password").press("Enter");
  await page.locator('[data-testid="connection-state"][data-state="live"]').waitFor();
  return page;
}

// The alarm of that id in that state.
export function alarmIn(page, id, state) {
  return page.locator(`[data-testid="alarm-item"][data-alarm-id="${id}"][data-state="${state}"]`);
}
