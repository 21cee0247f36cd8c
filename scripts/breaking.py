"""What changed between two OpenAPI documents that breaks those who were generated from the first.

    python3 scripts/breaking.py OLD.json NEW.json

Prints one line for each and exits 1 if there are any. What a client sends may be asked for more
loosely, and what it gets may say more; never the other way round.
"""

import json
import sys
from typing import Any, Iterator

METHODS = ("get", "put", "post", "delete", "patch")
# Limits that tighten as they grow, and as they shrink.
LOWER = ("minLength", "minimum", "exclusiveMinimum", "minItems", "minProperties")
UPPER = ("maxLength", "maximum", "exclusiveMaximum", "maxItems", "maxProperties")


class Document:
    """A document whose references can be followed."""

    def __init__(self, root: dict):
        self.root = root

    def follow(self, value: Any) -> Any:
        """What a value is, or refers to."""
        while isinstance(value, dict) and "$ref" in value:
            found: Any = self.root
            for part in value["$ref"].lstrip("#/").split("/"):
                found = found[part.replace("~1", "/").replace("~0", "~")]
            value = found
        return value

    def flat(self, schema: Any) -> dict:
        """A schema in one piece: parts of `allOf` together, "or null" as a type among others."""
        schema = self.follow(schema)
        if not isinstance(schema, dict):
            return {}
        flat = dict(schema)
        for part in map(self.flat, flat.pop("allOf", [])):
            flat["properties"] = {**part.get("properties", {}), **flat.get("properties", {})}
            flat["required"] = [*part.get("required", []), *flat.get("required", [])]
            for name, value in part.items():
                flat.setdefault(name, value)
        for several in ("oneOf", "anyOf"):
            parts = [self.flat(it) for it in flat.get(several, [])]
            some = [it for it in parts if it.get("type") != "null"]
            if parts and len(some) == 1:
                del flat[several]
                flat = {**some[0], **flat, "type": sorted(types(some[0]) | {"null"})}
        return flat


def types(schema: dict) -> set[str]:
    """The types a schema lets through; nothing said: any."""
    said = schema.get("type", [])
    return {said} if isinstance(said, str) else set(said)


def named(schema: Any) -> tuple[str, bool] | None:
    """The reference a schema is, or is if it is not null; and whether it may be null."""
    if not isinstance(schema, dict):
        return None
    if "$ref" in schema:
        return schema["$ref"], False
    some = [it for it in schema.get("oneOf", []) if it.get("type") != "null"]
    return (some[0]["$ref"], True) if len(some) == 1 and "$ref" in some[0] else None


class Comparison:
    """Two documents, and what breaks between them."""

    def __init__(self, old: dict, new: dict):
        self.old, self.new = Document(old), Document(new)
        self.found: list[str] = []
        self.seen: set[tuple[str, str, bool]] = set()

    def say(self, where: str, what: str) -> None:
        line = f"{where}: {what}"
        if line not in self.found:
            self.found.append(line)

    def run(self) -> list[str]:
        for path, item in self.old.root["paths"].items():
            for method in METHODS:
                if method not in item:
                    continue
                where = f"{method.upper()} {path}"
                new = self.new.root["paths"].get(path, {}).get(method)
                if new is None:
                    self.say(where, "is gone")
                else:
                    self.operation(where, item[method], new)
        return self.found

    def operation(self, where: str, old: dict, new: dict) -> None:
        for name, what in (("operationId", "is called"), ("x-permission", "needs")):
            if old.get(name) != new.get(name):
                self.say(where, f"{what} {new.get(name)}, was {old.get(name)}")
        self.parameters(where, old, new)
        self.body(where, old.get("requestBody"), new.get("requestBody"))
        for status, answer in old["responses"].items():
            if not status.startswith("2"):
                continue
            if status not in new["responses"]:
                self.say(where, f"no longer answers {status}")
                continue
            self.answer(f"{where} {status}", answer, new["responses"][status])

    def parameters(self, where: str, old: dict, new: dict) -> None:
        def by_name(document: Document, operation: dict) -> dict:
            all_ = map(document.follow, operation.get("parameters", []))
            return {(it["in"], it["name"]): it for it in all_}

        before, after = by_name(self.old, old), by_name(self.new, new)
        # Those that are defined once are spoken of once.
        shared = [self.old.follow(it) for it in old.get("parameters", []) if "$ref" in it]
        for key, parameter in before.items():
            name = f"{'everywhere' if parameter in shared else where}: {key[0]} {key[1]}"
            if key not in after:
                self.say(name, "is gone")
                continue
            if after[key].get("required") and not parameter.get("required"):
                self.say(name, "is required now")
            self.schema(name, parameter.get("schema"), after[key].get("schema"), sent=True)
        for key, parameter in after.items():
            if key not in before and parameter.get("required"):
                self.say(f"{where}: {key[0]} {key[1]}", "is new and required")

    def body(self, where: str, old: Any, new: Any) -> None:
        old, new = self.old.follow(old), self.new.follow(new)
        if new and new.get("required") and not (old or {}).get("required"):
            self.say(where, "needs a body now")
        for media, content in (old or {}).get("content", {}).items():
            if media not in (new or {}).get("content", {}):
                self.say(where, f"no longer takes {media}")
                continue
            after = new["content"][media]
            self.schema(f"{where} body", content.get("schema"), after.get("schema"), sent=True)

    def answer(self, where: str, old: Any, new: Any) -> None:
        old, new = self.old.follow(old), self.new.follow(new)
        for header in old.get("headers", {}):
            if header not in new.get("headers", {}):
                self.say(where, f"no longer has the header {header}")
        for media, content in old.get("content", {}).items():
            if media not in new.get("content", {}):
                self.say(where, f"no longer answers {media}")
                continue
            after = new["content"][media]
            self.schema(where, content.get("schema"), after.get("schema"), sent=False)

    def schema(self, where: str, old: Any, new: Any, sent: bool) -> None:
        """`sent`: by the client, who must be able to go on saying what it said; otherwise to the
        client, who must get what it got."""
        was, now = named(old), named(new)
        if was and now:
            (name, nullable), (new_name, null_now) = was, now
            if (nullable and not null_now) if sent else (null_now and not nullable):
                self.say(where, f"may {'be' if null_now else 'not be'} null now")
            # What is below a name is named after it, and looked at once.
            where = name.rsplit("/", 1)[-1] + (" (sent)" if sent else " (answered)")
            old, new = {"$ref": name}, {"$ref": new_name}
            if (name, new_name, sent) in self.seen:
                return
            self.seen.add((name, new_name, sent))
        before, after = self.old.flat(old), self.new.flat(new)
        for what in self.differences(before, after, sent):
            self.say(where, what)
        self.members(where, before, after, sent)
        if "items" in before and "items" in after:
            self.schema(f"{where}[]", before["items"], after["items"], sent)

    def differences(self, old: dict, new: dict, sent: bool) -> Iterator[str]:
        was, now = types(old), types(new)
        lost = (was - now) if sent else (now - was)
        if (was or now) and lost and not (sent and not now):
            yield f"is {' or '.join(sorted(now)) or 'anything'}, was {' or '.join(sorted(was)) or 'anything'}"
        if was == now and old.get("format") != new.get("format") and (new if sent else old).get("format"):
            yield f"has the format {new.get('format')}, had {old.get('format')}"
        words, new_words = old.get("enum"), new.get("enum")
        if sent:
            gone = [it for it in words or [] if new_words is not None and it not in new_words]
            if gone or (words is None and new_words is not None):
                yield f"no longer takes {', '.join(map(str, gone)) or 'any text'}"
            for limit in (*LOWER, *UPPER):
                a, b = old.get(limit), new.get(limit)
                if b is not None and (a is None or (b > a if limit in LOWER else b < a)):
                    yield f"{limit} is {b}, was {a}"
            if new.get("pattern") not in (None, old.get("pattern")):
                yield f"must match {new['pattern']}, was {old.get('pattern')}"
            if new.get("additionalProperties") is False and old.get("additionalProperties") is not False:
                yield "takes no other members now"
        elif words is not None and (new_words is None or set(new_words) - set(words)):
            more = [it for it in new_words or [] if it not in words]
            yield f"may be {', '.join(map(str, more)) or 'anything'}, which it never was"

    def members(self, where: str, old: dict, new: dict, sent: bool) -> None:
        before, after = old.get("properties", {}), new.get("properties", {})
        was, now = set(old.get("required", [])), set(new.get("required", []))
        for name, schema in before.items():
            place = f"{where} .{name}"
            if name not in after:
                if not sent or new.get("additionalProperties") is False:
                    self.say(place, "is gone")
                continue
            if sent and name in now - was:
                self.say(place, "is required now")
            if not sent and name in was - now:
                self.say(place, "may be missing now")
            self.schema(place, schema, after[name], sent)
        if sent:
            for name in now - set(before):
                self.say(f"{where} .{name}", "is new and required")


def main(old: str, new: str) -> int:
    with open(old, encoding="utf-8") as first, open(new, encoding="utf-8") as second:
        found = Comparison(json.load(first), json.load(second)).run()
    print("\n".join(found) if found else "nothing breaks")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
