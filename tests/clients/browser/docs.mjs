// Somebody at the documentation page: says who they are, opens a case with "Try it out", sees 201.
import assert from "node:assert/strict";
import { chromium } from "playwright-core";

const url = process.env.KEFU_URL;
const signIn = await fetch(`${url}/v1/auth/token`, {
  method: "POST",
  headers: { "Content-Type": "application/json" },
  body: JSON.stringify({ username: "admin", password: process.env.KEFU_PASSWORD }),
});
const { access_token: token } = await signIn.json();

// A profile of its own, no network but the server's.
const browser = await chromium.launchPersistentContext(process.env.KEFU_PROFILE, {
  executablePath: process.env.KEFU_CHROMIUM,
  headless: true,
  viewport: { width: 1280, height: 900 },
  args: [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
  ],
});
try {
  const page = await browser.newPage();
  page.setDefaultTimeout(60_000);
  const complaints = [];
  const elsewhere = [];
  page.on("console", (it) => it.type() === "error" && complaints.push(it.text()));
  page.on("pageerror", (it) => complaints.push(String(it)));
  page.on("request", (it) => !/^(data|blob):/.test(it.url()) && !it.url().startsWith(url) && elsewhere.push(it.url()));
  const picture = async (name) =>
    process.env.KEFU_PICTURES && (await page.screenshot({ path: `${process.env.KEFU_PICTURES}/${name}.png` }));

  await page.goto(`${url}/docs/`);
  await page.locator(".opblock-tag-section").first().waitFor();
  await picture("docs");

  // Every operation is there, below its tag; and every webhook.
  const { paths, webhooks } = await (await fetch(`${url}/openapi.json`)).json();
  const operations = [...Object.values(paths), ...Object.values(webhooks)].flatMap((it) => Object.values(it));
  for (const tag of await page.locator(".opblock-tag").all()) await tag.click();
  const shown = page.locator(".opblock");
  await shown.nth(operations.length - 1).waitFor();
  assert.equal(await shown.count(), operations.length, "every operation is shown once");

  // Without a token: 401, in the page.
  const me = page.locator("#operations-auth-get_me");
  await me.locator(".opblock-summary-control").click();
  await me.getByRole("button", { name: "Execute" }).click();
  await me.locator(".live-responses-table .response-col_status", { hasText: "401" }).waitFor();

  await page.locator("button.authorize.unlocked").first().click();
  await page.locator(".auth-container input").fill(token);
  await page.locator(".auth-btn-wrapper button.authorize").click();
  await page.locator(".auth-btn-wrapper button.btn-done").click();
  await me.getByRole("button", { name: "Execute" }).click();
  await me.locator(".live-responses-table .response-col_status", { hasText: "200" }).waitFor();

  const open = page.locator("#operations-cases-open_case");
  await open.locator(".opblock-summary-control").click();
  const body = {
    procedure: "inquiry",
    subject: "从文档页提问",
    channel: "web",
    fields: { question: "这样可以吗？" },
  };
  await open.locator("textarea.body-param__text").fill(JSON.stringify(body, null, 2));
  await open.getByRole("button", { name: "Execute" }).click();
  await open.locator(".live-responses-table .response-col_status", { hasText: "201" }).waitFor();
  const answer = await open.locator(".live-responses-table .highlight-code").first().innerText();
  assert.ok(answer.includes("从文档页提问"), answer);
  await open.scrollIntoViewIfNeeded();
  await picture("opened");

  // The case is there for everybody else too.
  const found = await fetch(`${url}/v1/cases?q=${encodeURIComponent("文档页")}`, {
    headers: { Authorization: `Bearer ${token}` },
  });
  const { items } = await found.json();
  assert.deepEqual(items.map((it) => it.subject), [body.subject]);

  assert.deepEqual(elsewhere, [], "the page needs nothing from anywhere else");
  const unexpected = complaints.filter((it) => !it.includes("401"));
  assert.deepEqual(unexpected, [], "the page has nothing to complain about");
  console.log(`check result: ok. 1 passed; ${operations.length} operations at /docs, a case opened there`);
} finally {
  await browser.close();
}
