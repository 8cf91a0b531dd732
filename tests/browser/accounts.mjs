// An administrator makes a colleague and a token, lets a terminal in, and removes them again; the colleague signs in and
// changes their own password. Prints what was seen as one line of JSON.
//
// Started by tests/tests/console.rs. Input: CORDON_URL, CORDON_NAME, CORDON_PASSWORD of an administrator.
import { withBrowser } from "./chromium.mjs";
import { live, name, open, screenshot, signIn, url } from "./console.mjs";

const FIRST = "the first pass phrase";
const SECOND = "the second pass phrase";

const found = await withBrowser(async (browser) => {
  const page = await browser.newPage({ locale: "en-GB", viewport: { width: 1440, height: 900 } });
  page.setDefaultTimeout(60_000);
  const seen = {};
  const row = (kind, called) => page.locator(`[data-testid="${kind}-row"][data-name="${called}"]`);
  const submit = () => page.getByTestId("confirm-submit").click();

  await page.goto(url);
  await signIn(page);
  await open(page, "#/accounts");
  await row("user", name).waitFor();

  await page.getByTestId("user-add").click();
  await page.getByTestId("user-name").fill("王强");
  await page.getByTestId("role").selectOption("monitor");
  await page.getByTestId("new-password").fill("short");
  await submit();
  seen.weak = await page.getByTestId("confirm-problem").innerText();
  await page.getByTestId("new-password").fill(FIRST);
  await submit();
  await row("user", "王强").waitFor();

  // The last administrator stays one.
  await row("user", name).getByTestId("user-role").click();
  await page.getByTestId("role").selectOption("guard");
  await submit();
  seen.lastAdmin = await page.getByTestId("confirm-problem").innerText();
  await page.keyboard.press("Escape");

  await page.getByTestId("token-add").click();
  await page.getByTestId("token-name").fill("gateway");
  await submit();
  seen.secret = await page.getByTestId("token-secret").innerText();
  await page.keyboard.press("Escape");
  await row("token", "gateway").waitFor();
  seen.secretGone = !(await page.locator("body").innerText()).includes(seen.secret);
  console.log(`token ${seen.secret}`);
  await row("token", "gateway").getByTestId("token-revoke").click();
  await submit();
  await row("token", "gateway").waitFor({ state: "detached" });

  await page.getByTestId("terminal-row").waitFor();
  await page.getByTestId("terminal-approve").click();
  await submit();
  await page.getByTestId("terminal-row").waitFor({ state: "detached" });
  if (screenshot) await page.screenshot({ path: screenshot });

  // The colleague sees no accounts, and changes their password.
  const other = await browser.newPage({ locale: "en-GB" });
  other.setDefaultTimeout(60_000);
  const enter = async (password) => {
    await other.getByTestId("signin-name").fill("王强");
    await other.getByTestId("signin-password").fill(password);
    await other.getByTestId("signin-submit").click();
    await live(other);
  };
  await other.goto(url);
  await enter(FIRST);
  seen.accountsOffered = await other.getByTestId("page-accounts").count();
  await other.getByTestId("user").click();
  await other.getByTestId("own-password").click();
  await other.getByTestId("old-password").fill("not the old one");
  await other.getByTestId("new-password").fill(SECOND);
  await other.getByTestId("own-password-submit").click();
  seen.wrongOld = await other.getByTestId("own-password-dialog").getByRole("alert").innerText();
  await other.getByTestId("old-password").fill(FIRST);
  await other.getByTestId("own-password-submit").click();
  await other.getByTestId("own-password-dialog").getByRole("status").waitFor();
  await other.keyboard.press("Escape");
  await other.getByTestId("user").click();
  await other.getByTestId("sign-out").click();
  await other.getByTestId("signin-name").waitFor();
  await enter(SECOND);

  // Removed, they are shown the door at once.
  await row("user", "王强").getByTestId("user-delete").click();
  await submit();
  await row("user", "王强").waitFor({ state: "detached" });
  await other.getByTestId("signin-name").waitFor();
  return seen;
});
console.log(JSON.stringify(found));
