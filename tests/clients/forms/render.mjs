// Renders every form of every shipped procedure as a front end would, in both languages, without a
// word on the console; and submits what its examples hold.
//
// A form is JSON Schema 2020-12, so the validator is given Ajv's class for it.
import assert from "node:assert/strict";
import Form from "@rjsf/core";
import { customizeValidator } from "@rjsf/validator-ajv8";
import Ajv2020 from "ajv/dist/2020.js";
import { createElement } from "react";
import { renderToStaticMarkup } from "react-dom/server";

const url = process.env.KEFU_URL;
// The one format of kefu's own: the id of a file that was sent to POST /v1/attachments.
const validator = customizeValidator({
  AjvClass: Ajv2020.default ?? Ajv2020,
  customFormats: { attachment: /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i },
});
const FormOf = Form.default ?? Form;

// Whatever is said on the console is a defect of the form.
const said = [];
for (const level of ["log", "info", "warn", "error"]) {
  const loud = console[level];
  console[level] = (...words) => {
    said.push(words.join(" "));
    loud(...words);
  };
}

let token = "";
let keys = 0;
async function call(method, path, body, headers = {}) {
  const response = await fetch(url + path, {
    method,
    headers: {
      "Content-Type": "application/json",
      ...(token === "" ? {} : { Authorization: `Bearer ${token}` }),
      ...(method === "GET" || path.startsWith("/v1/auth/")
        ? {}
        : { "Idempotency-Key": `forms-${process.pid}-${++keys}` }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, etag: response.headers.get("ETag"), body: text && JSON.parse(text) };
}
async function ok(...request) {
  const reply = await call(...request);
  assert.ok(reply.status < 300, `${request[0]} ${request[1]}: ${reply.status} ${JSON.stringify(reply.body)}`);
  return reply.body;
}

/** What somebody fills in who follows the examples: every field that has one or needs something. */
function filled(schema, people, cases) {
  const { examples, oneOf } = schema;
  if (examples !== undefined && schema.format !== "uuid") return examples[0];
  if (schema.default !== undefined) return schema.default;
  if (oneOf !== undefined) return oneOf[0].const;
  if (schema.enum !== undefined) return schema.enum[0];
  switch (schema.type) {
    case "object":
      return Object.fromEntries(
        Object.entries(schema.properties ?? {}).map(([name, it]) => [
          name,
          filled(it, name === "case_id" ? cases : people, cases),
        ]),
      );
    case "array":
      return [filled(schema.items, people, cases)];
    case "boolean":
      return true;
    default:
      assert.equal(schema.format, "uuid", `no example: ${JSON.stringify(schema)}`);
      return people[0];
  }
}

/** The titles a person has to see. */
function titles(schema) {
  const own = Object.values(schema.properties ?? {}).flatMap((it) => [it.title, ...titles(it)]);
  const words = (schema.oneOf ?? []).map((it) => it.title);
  return [...own, ...words, ...(schema.items ? titles(schema.items) : [])];
}

/** The order in which a form's fields are written, at every depth. */
function orders(schema) {
  const inner = Object.entries(schema.properties ?? {}).map(([name, it]) => [name, orders(it)]);
  const items = schema.items === undefined ? {} : { items: orders(schema.items) };
  const own = schema["x-order"] === undefined ? {} : { "ui:order": [...schema["x-order"], "*"] };
  return { ...Object.fromEntries(inner), ...items, ...own };
}

/** What is drawn, in its order. */
function inOrder(schema, html, what) {
  const places = (schema["x-order"] ?? []).map((name) => html.indexOf(`id="${what}_${name}"`));
  const drawn = places.filter((it) => it >= 0);
  assert.deepEqual(drawn, drawn.toSorted((a, b) => a - b), `${what} is not in its order`);
}

let rendered = 0;
function render(what, schema, formData) {
  const before = said.length;
  const idPrefix = what.replace(/\W+/g, "_");
  const uiSchema = orders(schema);
  const html = renderToStaticMarkup(createElement(FormOf, { schema, uiSchema, validator, formData, idPrefix }));
  inOrder(schema, html, idPrefix);
  assert.deepEqual(said.slice(before), [], `${what} is not rendered silently`);
  const text = html.replaceAll("&#x27;", "'").replaceAll("&quot;", '"').replaceAll("&amp;", "&");
  for (const title of titles(schema)) {
    assert.ok(title, `${what}: a field without a title`);
    assert.ok(text.includes(title), `${what}: no "${title}" in ${html}`);
  }
  assert.ok(!html.includes("Unsupported field schema"), `${what}: ${html}`);
  const { errors } = validator.validateFormData(formData, schema);
  assert.deepEqual(errors, [], `${what}: its examples do not fit it`);
  rendered += 1;
}

const credentials = { username: "admin", password: process.env.KEFU_PASSWORD };
token = (await ok("POST", "/v1/auth/token", credentials)).access_token;
const code = `forms-${process.pid}`;
const site = await ok("POST", "/v1/sites", { code, name: "表单", packs: ["property"], calendar: "office" });
const colleague = await ok("POST", "/v1/users", {
  username: code,
  password: "a long enough passphrase 7",
  display_name: "赵师傅",
  grants: [{ role: "repairer", scope: "site", site_id: site.id }],
});
const people = [colleague.id];

async function open(procedure) {
  const fields = filled(procedure.form, people, []);
  return ok("POST", "/v1/cases", {
    procedure: procedure.code,
    subject: `表单 ${procedure.title}`,
    channel: "phone",
    site_id: site.id,
    fields,
  });
}

// Every form there is, as its procedure shows it.
const taken = new Set();
const declared = new Map();
const { items: procedures } = await ok("GET", "/v1/procedures?limit=200");
assert.ok(procedures.length >= 6, `${procedures.length} procedures`);
for (const language of ["zh-CN", "en"]) {
  for (const { code } of procedures) {
    const procedure = await ok("GET", `/v1/procedures/${code}`, undefined, { "Accept-Language": language });
    render(`${code} ${language}`, procedure.form, filled(procedure.form, people, people));
    for (const action of procedure.actions) {
      declared.set(`${code} ${action.code}`, action);
      render(`${code} ${action.code} ${language}`, action.form, filled(action.form, people, people));
    }
  }
}

// Walks through each procedure: every form that is offered on the way is rendered as well (those that
// every case has among them), and each action is tried with what its examples hold.
// The others are walked through by the domain's own tests, which fill in the same examples.
const walked = ["inquiry", "complaint", "repair", "suggestion", "callback", "rectification"];
for (const code of walked) {
  const procedure = await ok("GET", `/v1/procedures/${code}`);
  const other = await open(procedure);
  const left = () => procedure.actions.some((it) => !taken.has(`${code} ${it.code}`));
  for (let round = 0; round < 8 && (round === 0 || left()); round++) {
    const one = await open(procedure);
    for (let step = 0; step < 30; step++) {
      const { actions } = await ok("GET", `/v1/cases/${one.id}`, undefined, { "Accept-Language": "en" });
      const untried = actions.filter((it) => !taken.has(`${code} ${it.code}`));
      // Ends of the road last; where nothing is new, another way each round.
      const early = untried.filter((it) => !["withdraw", "suspend", "close"].includes(it.code));
      const next = early[0] ?? untried[0] ?? (left() ? actions[(round + step) % actions.length] : undefined);
      if (next === undefined) break;
      const input = filled(next.form, people, [other.id]);
      render(`${code} case ${next.code}`, next.form, input);
      const path = `/v1/cases/${one.id}/actions/${next.code}`;
      const tried = await call("POST", path, input, { "If-Match": "*" });
      // The state may say no, and so may a clock that this procedure does not have; the form may not.
      const faults = tried.status === 422 ? tried.body.errors.map((it) => it.pointer) : [];
      const fine = tried.status < 300 || tried.status === 409 || faults.join() === "/clock";
      assert.ok(fine, `${path} ${code}: ${tried.status} ${JSON.stringify(tried.body)}`);
      taken.add(`${code} ${next.code}`);
    }
  }
}
const never = [...declared.keys()].filter((it) => walked.includes(it.split(" ")[0]) && !taken.has(it));
process.stdout.write(
  `check result: ok. ${rendered} passed; forms rendered, ${taken.size} actions tried` +
    (never.length === 0 ? "\n" : `, not reached: ${never.join(", ")}\n`),
);
