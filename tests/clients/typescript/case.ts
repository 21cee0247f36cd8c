// A whole case through a client generated from the contract: sign in, open, read the actions, act in
// the version seen, page, follow the feed, repeat safely, understand a refusal.
import assert from "node:assert/strict";
import createClient, { type Middleware } from "openapi-fetch";
import type { components, paths } from "../build/kefu.js";

type Case = components["schemas"]["CaseView"];
type Problem = components["schemas"]["Problem"];

const url = process.env["KEFU_URL"] ?? "http://127.0.0.1:8080";
const client = createClient<paths>({ baseUrl: url });

/** The answer, or the problem it was refused with, thrown. */
function answered<T>(reply: { data?: T; error?: Problem; response: Response }): T {
  if (reply.data === undefined) {
    throw new Error(`${reply.response.status}: ${reply.error?.detail ?? "no detail"}`);
  }
  return reply.data;
}

/** The version a change has to name. */
function etag(reply: { response: Response }): string {
  const etag = reply.response.headers.get("ETag");
  assert.ok(etag, "a single resource has an ETag");
  return etag;
}

let keys = 0;
const key = () => ({ "Idempotency-Key": `typescript-${process.pid}-${++keys}` });

// Nobody is let in without saying who they are.
const stranger = await client.GET("/v1/me");
assert.equal(stranger.error?.type, "/problems/unauthenticated");

const signed_in = answered(
  await client.POST("/v1/auth/token", {
    body: { username: "admin", password: process.env["KEFU_PASSWORD"] ?? "" },
  }),
);
const bearer: Middleware = {
  onRequest({ request }) {
    request.headers.set("Authorization", `Bearer ${signed_in.access_token}`);
    request.headers.set("Accept-Language", "en");
    return request;
  },
};
client.use(bearer);
const me = answered(await client.GET("/v1/me"));
assert.equal(me.user.username, "admin");

const site = answered(
  await client.POST("/v1/sites", {
    params: { header: key() },
    body: { code: `ts-${process.pid}`, name: "TypeScript", packs: ["property"], calendar: "office" },
  }),
);
const customer = answered(
  await client.POST("/v1/customers", {
    params: { header: key() },
    body: { name: "王小明", kind: "person", site_id: site.id },
  }),
);

// Open a case twice with one key: one case.
const start = answered(await client.GET("/v1/events", { params: { query: { limit: 1 } } }));
assert.ok(start.next_position > 0);
const opening = {
  params: { header: key() },
  body: {
    procedure: "inquiry",
    subject: "物业费怎么算",
    channel: "phone",
    site_id: site.id,
    customer_id: customer.id,
    fields: { question: "几月起按新标准？" },
  },
} as const;
const opened = await client.POST("/v1/cases", opening);
const again = await client.POST("/v1/cases", opening);
let inquiry: Case = answered(opened);
assert.equal(opened.response.status, 201);
assert.equal(answered(again).id, inquiry.id);
assert.equal(again.response.headers.get("Idempotent-Replayed"), "true");
assert.equal(inquiry.clocks[0]?.state, "running");

// What may be done next is said by the case, with a form for each.
const path = { id: inquiry.id };
const read = await client.GET("/v1/cases/{id}", { params: { path } });
inquiry = answered(read);
const answer = inquiry.actions.find((it) => it.code === "answer");
assert.equal(answer?.title, "Answer the customer");
assert.deepEqual(answer?.form["required"], ["answer", "told_by"]);

// A form that is not filled in names every fault; nothing has happened.
const act = (form: { [name: string]: unknown }, version: string) =>
  client.POST("/v1/cases/{id}/actions/{action}", {
    params: {
      path: { ...path, action: "answer" },
      header: { "If-Match": version, ...key() },
    },
    body: form,
  });
const refused = await act({ told_by: "pigeon" }, etag(read));
assert.equal(refused.response.status, 422);
assert.deepEqual(
  refused.error?.errors?.map((it) => it.pointer).sort(),
  ["/answer", "/told_by"],
);

// Somebody was faster: the version we saw is not the one there is.
const noted = await client.PATCH("/v1/cases/{id}", {
  params: { path, header: { "If-Match": etag(read), ...key() } },
  body: { priority: "high" },
});
assert.equal(answered(noted).priority, "high");
const filled = { answer: "明年一月起", told_by: "phone", note: "客户满意" };
const stale = await act(filled, etag(read));
assert.equal(stale.error?.type, "/problems/stale");
const closed = answered(await act(filled, etag(noted)));
assert.equal(closed.state, "answered");
assert.equal(closed.clocks[0]?.state, "met");
const late = await act(filled, `"${closed.version}"`);
assert.equal(late.response.status, 409);
assert.equal(late.error?.type, "/problems/action_not_open");

// Page through a list: every case once.
for (let n = 0; n < 5; n++) {
  answered(
    await client.POST("/v1/cases", {
      params: { header: key() },
      body: { ...opening.body, subject: `第 ${n} 问` },
    }),
  );
}
const seen: string[] = [];
let cursor: string | null = null;
do {
  const page: components["schemas"]["CaseList"] = answered(
    await client.GET("/v1/cases", {
      params: {
        query: {
          site_id: [site.id],
          sort: "opened_at",
          limit: 2,
          count: true,
          ...(cursor === null ? {} : { cursor }),
        },
      },
    }),
  );
  assert.equal(page.total, 6);
  seen.push(...page.items.map((it) => it.id));
  cursor = page.next_cursor;
} while (cursor !== null);
assert.equal(new Set(seen).size, 6);
assert.equal(seen[0], inquiry.id);

// Follow the feed from where we began: the case's whole story, in order.
const story: string[] = [];
for (let after = start.next_position; ; ) {
  const feed = answered(
    await client.GET("/v1/events", { params: { query: { after, limit: 3 } } }),
  );
  if (feed.items.length === 0) break;
  assert.ok(feed.items.every((it) => it.position > after));
  story.push(...feed.items.filter((it) => it.aggregate_id === inquiry.id).map((it) => it.type));
  after = feed.next_position;
}
assert.equal(story.filter((it) => it === "case.opened").length, 1);
assert.ok(story.includes("case.acted") || story.length > 2, story.join(" "));

console.log(`check result: ok. 1 passed; a whole case in TypeScript (${story.join(" ")})`);
