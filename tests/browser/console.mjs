// How a person gets to the console: through the sign-in form, until the picture is live.
import process from "node:process";

export const { CORDON_URL: url, CORDON_NAME: name, CORDON_PASSWORD: password, CORDON_SCREENSHOT: screenshot } = process.env;

export async function signIn(page) {
  await page.getByTestId("signin-name").fill(name);
  await page.getByTestId("signin-password").fill(password);
  await page.getByTestId("signin-submit").click();
  await live(page);
}

export function live(page) {
  return page.locator('[data-testid="connection-state"][data-state="live"]').waitFor();
}

// Opens a page of the console, or the map at some place, by its address.
export async function open(page, route) {
  await page.evaluate((hash) => {
    location.hash = hash;
  }, route);
}
