"""What breaks is found, and nothing else is said. Run: python3 scripts/breaking_test.py"""

import copy
import unittest
from typing import Any, Callable

from breaking import Comparison

DOCUMENT: dict = {
    "paths": {
        "/v1/things": {
            "get": {
                "operationId": "list_things",
                "x-permission": "thing.read",
                "parameters": [
                    {"in": "query", "name": "kind", "schema": {"$ref": "#/components/schemas/Kind"}},
                    {"in": "query", "name": "limit", "schema": {"type": "integer", "maximum": 200}},
                ],
                "responses": {
                    "200": {
                        "headers": {"Link": {}},
                        "content": {
                            "application/json": {
                                "schema": {"$ref": "#/components/schemas/ThingList"}
                            }
                        },
                    },
                    "404": {"content": {}},
                },
            },
            "post": {
                "operationId": "create_thing",
                "x-permission": "thing.write",
                "requestBody": {
                    "required": True,
                    "content": {
                        "application/json": {"schema": {"$ref": "#/components/schemas/NewThing"}}
                    },
                },
                "responses": {"201": {"content": {}}},
            },
        }
    },
    "components": {
        "schemas": {
            "Kind": {"type": "string", "enum": ["a", "b"]},
            "Base": {
                "type": "object",
                "required": ["id"],
                "properties": {"id": {"type": "string", "format": "uuid"}},
            },
            "Thing": {
                "allOf": [
                    {"$ref": "#/components/schemas/Base"},
                    {
                        "type": "object",
                        "required": ["kind", "parent"],
                        "properties": {
                            "kind": {"$ref": "#/components/schemas/Kind"},
                            "parent": {
                                "oneOf": [{"$ref": "#/components/schemas/Thing"}, {"type": "null"}]
                            },
                        },
                    },
                ]
            },
            "ThingList": {
                "type": "object",
                "required": ["items"],
                "properties": {
                    "items": {"type": "array", "items": {"$ref": "#/components/schemas/Thing"}}
                },
            },
            "NewThing": {
                "type": "object",
                "additionalProperties": False,
                "required": ["name"],
                "properties": {
                    "name": {"type": "string", "minLength": 1, "maxLength": 200},
                    "note": {"type": ["string", "null"]},
                    "kind": {"$ref": "#/components/schemas/Kind"},
                },
            },
        }
    },
}


class Breaking(unittest.TestCase):
    def after(self, change: Callable[[dict, dict, dict], Any]) -> list[str]:
        """What is said about a change of the paths and schemas."""
        new = copy.deepcopy(DOCUMENT)
        change(new["paths"]["/v1/things"], new["components"]["schemas"], new["paths"])
        return Comparison(copy.deepcopy(DOCUMENT), new).run()

    def says(self, change: Callable[[dict, dict, dict], Any], *lines: str) -> None:
        self.assertEqual(self.after(change), list(lines))

    def test_nothing_breaks_without_a_change(self) -> None:
        self.says(lambda item, schemas, paths: None)

    def test_what_is_added_breaks_nothing(self) -> None:
        def change(item: dict, schemas: dict, paths: dict) -> None:
            paths["/v1/more"] = {"get": item["get"]}
            item["get"]["responses"]["418"] = {}
            item["get"]["parameters"].append({"in": "query", "name": "q", "schema": {}})
            schemas["Base"]["properties"]["more"] = {"type": "string"}
            schemas["Base"]["required"].append("more")
            schemas["NewThing"]["properties"]["more"] = {"type": "string"}
            schemas["NewThing"]["properties"]["name"]["maxLength"] = 300

        self.says(change)

    def test_an_operation_that_is_gone(self) -> None:
        self.says(lambda item, schemas, paths: item.pop("post"), "POST /v1/things: is gone")

    def test_an_operation_that_is_called_otherwise_or_needs_more(self) -> None:
        def change(item: dict, schemas: dict, paths: dict) -> None:
            item["get"].update({"operationId": "things", "x-permission": "thing.write"})

        self.says(
            change,
            "GET /v1/things: is called things, was list_things",
            "GET /v1/things: needs thing.write, was thing.read",
        )

    def test_parameters_that_are_gone_required_or_narrower(self) -> None:
        def change(item: dict, schemas: dict, paths: dict) -> None:
            limit = {"in": "query", "name": "limit", "schema": {"type": "integer", "maximum": 100}}
            new = {"in": "query", "name": "site", "required": True, "schema": {}}
            item["get"]["parameters"] = [limit, new]

        self.says(
            change,
            "GET /v1/things: query kind: is gone",
            "GET /v1/things: query limit: maximum is 100, was 200",
            "GET /v1/things: query site: is new and required",
        )

    def test_answers_that_are_gone_or_say_less(self) -> None:
        def change(item: dict, schemas: dict, paths: dict) -> None:
            del item["get"]["responses"]["200"]["headers"]["Link"]
            item["post"]["responses"] = {"200": {}}
            del schemas["Base"]["properties"]["id"]
            schemas["ThingList"]["required"] = []

        self.says(
            change,
            "GET /v1/things 200: no longer has the header Link",
            "ThingList (answered) .items: may be missing now",
            "Thing (answered) .id: is gone",
            "POST /v1/things: no longer answers 201",
        )

    def test_an_enum_breaks_senders_when_it_shrinks_and_readers_when_it_grows(self) -> None:
        def shrink(item: dict, schemas: dict, paths: dict) -> None:
            schemas["Kind"]["enum"] = ["a"]

        def grow(item: dict, schemas: dict, paths: dict) -> None:
            schemas["Kind"]["enum"] = ["a", "b", "c"]

        self.says(shrink, "Kind (sent): no longer takes b")
        self.says(grow, "Kind (answered): may be c, which it never was")

    def test_null_is_a_type_of_its_own(self) -> None:
        def sent(item: dict, schemas: dict, paths: dict) -> None:
            schemas["NewThing"]["properties"]["note"]["type"] = "string"

        def answered(item: dict, schemas: dict, paths: dict) -> None:
            schemas["Base"]["properties"]["id"]["type"] = ["string", "null"]

        self.says(sent, "NewThing (sent) .note: is string, was null or string")
        self.says(answered, "Thing (answered) .id: is null or string, was string")

    def test_bodies_that_ask_for_more(self) -> None:
        def change(item: dict, schemas: dict, paths: dict) -> None:
            new = schemas["NewThing"]
            new["required"] = ["name", "kind", "site"]
            new["properties"]["site"] = {"type": "string"}
            new["properties"]["name"] = {"type": "string", "minLength": 2, "pattern": "^x"}
            del new["properties"]["note"]

        self.says(
            change,
            "NewThing (sent) .name: minLength is 2, was 1",
            "NewThing (sent) .name: must match ^x, was None",
            "NewThing (sent) .note: is gone",
            "NewThing (sent) .kind: is required now",
            "NewThing (sent) .site: is new and required",
        )


if __name__ == "__main__":
    unittest.main()
