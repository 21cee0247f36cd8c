"""What the fuzzer is told about kefu: what there is to talk about, and one check of our own.

Requests that are meant to be good get ids of things that exist (most of the time), a key of their
own, and, for actions, one of those open now with its form filled in. Requests that are meant to be
bad stay as they are."""

import itertools
import json
import os
import re
import zlib
from typing import Any

import jsonschema_rs
import requests
import schemathesis
from schemathesis.core.parameters import ParameterLocation

with open(os.environ["KEFU_FUZZ_KNOWN"], encoding="utf-8") as file:
    SEEDED = json.load(file)
KNOWN: dict[str, list[str]] = SEEDED["known"]
URL = os.environ["KEFU_URL"]
SESSION = requests.Session()
SESSION.headers["Authorization"] = f"Bearer {SEEDED['token']}"
DOCUMENT = SESSION.get(f"{URL}/openapi.json", timeout=30).json()
COUNTER = itertools.count()

# Which members and parameters name what.
NAMES = {
    "site_id": "sites",
    "customer_id": "customers",
    "asset_id": "assets",
    "owner_id": "users",
    "assignee_id": "users",
    "parent_id": "cases",
    "case_id": "cases",
    "role": "roles",
    "calendar": "calendars",
    "procedure": "procedures",
}
# Codes of faults that JSON Schema finds. A request that keeps its schema never gets one …
SCHEMA_CODES = {
    "required", "type", "too_long", "too_short", "enum", "format", "pattern", "too_small", "too_big",
    "too_few", "too_many", "repeated", "unknown_member",
}
# … but where the schema is not in the contract: the form of a procedure or an action, which the case
# itself hands out, and the definition of a procedure, which the domain checks line by line.
# So are the rows of a table; and a view's filter is its list's query, whose schema each list publishes
# with its parameters.
FORMS = re.compile(r"^/fields/|^/items/\d+/fields/|^/filters/|^/rows/")
# What is needed only beside something else: a site where a scope is one, whom a view is shared with.
NEEDED_BESIDE = {
    "create_user": re.compile(r"^/grants/\d+/site_id$"),
    "change_user": re.compile(r"^/grants/\d+/site_id$"),
    "create_api_key": re.compile(r"^/site_id$"),
    "create_view": re.compile(r"^/(role|site_id)$"),
    "change_view": re.compile(r"^/(role|site_id)$"),
}
OPAQUE = {"act_on_case", "publish_procedure", "check_procedure"}


@schemathesis.serializer("application/toml")
def toml(ctx: schemathesis.SerializationContext, value: Any) -> Any:
    return value if isinstance(value, bytes) else str(value).encode()


@schemathesis.serializer(
    "application/vnd.ms-excel",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
)
def workbook(ctx: schemathesis.SerializationContext, value: Any) -> Any:
    return value if isinstance(value, bytes) else str(value).encode()


@schemathesis.deserializer(
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
)
def bytes_of(ctx: Any, response: Any) -> Any:
    """A workbook is text to a schema, whatever its bytes are."""
    return response.content.decode("latin-1")


def is_meant_to_be_good(case: schemathesis.Case) -> bool:
    return case.meta is not None and case.meta.generation.mode.is_positive


def luck(case: schemathesis.Case, salt: str) -> int:
    """The same for the same case: a failure can be replayed."""
    said = repr((salt, case.path_parameters, case.query, case.body))
    return zlib.crc32(said.encode("utf-8", "replace"))


def existing(case: schemathesis.Case, kind: str) -> str:
    return KNOWN[kind][luck(case, kind) % len(KNOWN[kind])]


def fill(case: schemathesis.Case, value: Any) -> Any:
    """The value with things that exist where it names things."""
    if isinstance(value, dict):
        return {
            name: ["property"]
            if name == "packs" and luck(case, name) % 4
            else existing(case, NAMES[name])
            if name in NAMES and isinstance(item, str) and luck(case, name) % 4
            else fill(case, item)
            for name, item in value.items()
        }
    if isinstance(value, list):
        return [fill(case, item) for item in value]
    return value


def sample(schema: dict, case: schemathesis.Case) -> Any:
    """Something that fits a form's schema."""
    for said in ("const", "default"):
        if said in schema:
            return schema[said]
    if schema.get("examples"):
        return schema["examples"][0]
    if "enum" in schema:
        return schema["enum"][luck(case, str(schema.get("title"))) % len(schema["enum"])]
    for several in ("oneOf", "anyOf"):
        if several in schema:
            return sample(schema[several][0], case)
    kind = schema.get("type")
    if kind == "object":
        needed = schema.get("required", [])
        return {k: sample(v, case) for k, v in schema.get("properties", {}).items() if k in needed}
    if kind == "array":
        return [sample(schema.get("items", {}), case)] * max(1, schema.get("minItems", 1))
    if kind in ("integer", "number"):
        return schema.get("minimum", 1)
    if kind == "boolean":
        return True
    return {
        "uuid": existing(case, "users"),
        "date": "2027-01-04",
        "date-time": "2027-01-04T02:00:00Z",
        "email": "a@example.com",
    }.get(schema.get("format", ""), "好" * max(2, schema.get("minLength", 0)))


def act(case: schemathesis.Case) -> None:
    """Makes the case take an action that is open, with its form filled in."""
    chosen = existing(case, "cases")
    open_now = SESSION.get(f"{URL}/v1/cases/{chosen}", timeout=30).json().get("actions", [])
    if open_now:
        action = open_now[luck(case, "action") % len(open_now)]
        case.path_parameters = {"id": chosen, "action": action["code"]}
        case.body = sample(action["form"], case)


FORM = {
    code: SESSION.get(f"{URL}/v1/procedures/{code}", timeout=30).json()["form"]
    for code in KNOWN["procedures"]
}


def open_for_real(case: schemathesis.Case) -> None:
    """Makes the case open something that can be opened: a procedure, with its form filled in."""
    procedure = existing(case, "procedures")
    body = {name: item for name, item in case.body.items() if not name.endswith("_id")}
    fields = sample(FORM[procedure], case)
    case.body = {**body, "procedure": procedure, "fields": fields, "site_id": KNOWN["sites"][0]}


def sign_in(case: schemathesis.Case, operation: str) -> None:
    """Somebody who is known signs in, or goes on."""
    who = {"username": "fuzz-1", "password": "a long enough passphrase 7"}
    if operation == "refresh_token":
        pair = SESSION.post(f"{URL}/v1/auth/token", json=who, timeout=30).json()
        case.body = {"refresh_token": pair.get("refresh_token", "none")}
    else:
        case.body = who


@schemathesis.hook
def before_call(ctx: schemathesis.HookContext, case: schemathesis.Case, kwargs: dict) -> None:
    # Nobody takes away the rights of whoever asks, or signs them out.
    place = case.path_parameters or {}
    if place.get("id") == SEEDED["admin"]:
        case.path_parameters = {**place, "id": KNOWN["users"][0]}
    if place.get("id") == SEEDED["session"]:
        case.path_parameters = {**place, "id": KNOWN["sessions"][0]}
    if case.path.startswith("/v1/roles/") and place.get("code") == "admin":
        case.path_parameters = {**place, "code": KNOWN["roles"][0]}
    if not is_meant_to_be_good(case):
        return
    operation = case.operation.definition.raw.get("operationId")
    led_here = case.meta is not None and case.meta.phase.name.value == "stateful"
    if not led_here and luck(case, "place") % 4:
        kind = case.path.split("/")[2] if case.path.startswith("/v1/") else ""
        if "{action}" in case.path:
            act(case)
        elif kind == "calendars" and place and case.method.upper() != "GET":
            case.path_parameters = {**place, "code": existing(case, "changed_calendars")}
        elif kind in KNOWN and place:
            name = "id" if "id" in place else "code"
            place = {**place, name: existing(case, kind)}
            if "delivery_id" in place:
                place["delivery_id"] = SEEDED["deliveries"][place["id"]]
            case.path_parameters = place
    if operation in ("create_token", "refresh_token") and luck(case, "who") % 4:
        sign_in(case, operation)
    if operation == "open_case" and isinstance(case.body, dict) and luck(case, "opening") % 4:
        open_for_real(case)
    elif operation not in OPAQUE:
        # What is set anew is judged anew, and bytes are no JSON: what stays is left alone.
        if isinstance(case.body, (dict, list)) and (body := fill(case, case.body)) != case.body:
            case.body = body
        if case.query and (query := fill(case, dict(case.query))) != dict(case.query):
            case.query = query
    if case.headers and "If-Match" in case.headers and luck(case, "version") % 4:
        case.headers["If-Match"] = "*"
    if case.headers and "Idempotency-Key" in case.headers:
        case.headers["Idempotency-Key"] = f"fuzz-{os.getpid()}-{next(COUNTER)}"


@schemathesis.check
def refused_for_what_a_schema_says(ctx: Any, response: Any, case: schemathesis.Case) -> None:
    """Whoever keeps the published schema is never told of a fault that a schema finds: what is
    enforced is what is published."""
    if response.status_code != 422 or not is_meant_to_be_good(case):
        return
    operation = case.operation.definition.raw.get("operationId")
    if operation in OPAQUE:
        return
    for fault in response.json().get("errors", []):
        code, pointer = fault["code"], fault["pointer"]
        beside = NEEDED_BESIDE.get(operation)
        if code == "required" and beside is not None and beside.match(pointer):
            continue
        if code in SCHEMA_CODES and not FORMS.match(pointer):
            raise AssertionError(f"the contract does not say: {fault}")


@schemathesis.check
def bad_items_are_refused(ctx: Any, response: Any, case: schemathesis.Case) -> None:
    """Of many things asked for at once, those that do not keep the schema are refused in their place."""
    operation = case.operation.definition.raw.get("operationId")
    body = case.meta and case.meta.components.get(ParameterLocation.BODY)
    bad = body is not None and body.mode.is_negative
    if operation in ("open_cases", "act_on_cases") and bad and response.status_code == 200:
        if response.json()["failed"] == 0:
            raise AssertionError("everything was done, though something does not keep its schema")


EVENT = jsonschema_rs.validator_for({**DOCUMENT, "$ref": "#/components/schemas/EventView"})


@schemathesis.check
def a_stream_tells_events(ctx: Any, response: Any, case: schemathesis.Case) -> None:
    """Each message of a stream is an event as the feed shows it, with its position as the id."""
    if "text/event-stream" not in response.headers.get("content-type", [""])[0]:
        return
    # What was cut short has no end.
    for message in response.content.decode().split("\n\n")[:-1]:
        fields = dict(line.split(": ", 1) for line in message.split("\n") if ": " in line)
        if "data" in fields:
            event = json.loads(fields["data"])
            EVENT.validate(event)
            if fields["id"] != str(event["position"]):
                raise AssertionError(f"an event with another id: {fields}")


# What cannot succeed here: there is no identity provider; a file is fetched with a link that is signed;
# whoever asks keeps their password; and a table that is made up is none.
OUT_OF_REACH = {
    "GET /v1/auth/oidc/start",
    "POST /v1/auth/oidc/start",
    "GET /v1/auth/oidc/callback",
    "POST /v1/auth/oidc/callback",
    "GET /v1/attachments/{id}/content",
    "POST /v1/me/password",
    "POST /v1/attachments",
    "POST /v1/customers/import",
    "POST /v1/assets/import",
}


@schemathesis.check
class EveryOperationWasReached:
    """Every operation succeeded at least once: what is never reached is not tested."""

    def __init__(self) -> None:
        self.asked: set[str] = set()
        self.reached: set[str] = set()

    def after_response(self, ctx: Any, response: Any, case: schemathesis.Case) -> None:
        self.asked.add(case.operation.label)
        if response.status_code < 400:
            self.reached.add(case.operation.label)

    def after_run(self, ctx: Any) -> None:
        never = sorted(self.asked - self.reached - OUT_OF_REACH)
        if never:
            raise AssertionError("never succeeded: " + ", ".join(never))
