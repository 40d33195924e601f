"""What the two OpenAPI documents promise a program: an example of each body and answer, that its own schema lets
through; one form of failure; who is let in, and how."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from jsonschema_rs import Draft202012Validator

from tests.golden.contracts import apis

APIS = apis()
PROBLEM = "application/problem+json"
UNFORESEEN = {"400", "401", "403", "429", "500", "503"}


def operations(document: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for path, ways in document["paths"].items():
        for method, operation in ways.items():
            yield f"{method.upper()} {path}", operation


def contents(document: dict[str, Any], operation: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """The body and each answer of an operation: its status ("" the body), its media type, and what is said of it."""
    described = [("", operation.get("requestBody", {})), *operation["responses"].items()]
    for status, one in described:
        if "$ref" in one:
            one = document["components"]["responses"][one["$ref"].rpartition("/")[2]]
        for media, content in one.get("content", {}).items():
            yield status, media, content


@pytest.mark.parametrize("name", APIS)
def test_each_body_and_answer_has_an_example_that_its_schema_lets_through(name: str) -> None:
    document = APIS[name]
    schemas: dict[str, Any] = {}
    examples: dict[str, Any] = {}
    for where, operation in operations(document):
        for status, media, content in contents(document, operation):
            if "json" not in media.partition("/")[2].split("+") or "schema" not in content:
                continue
            if status >= "4":
                assert content["example"]["status"] == int(status), where
                where = "a problem"
            schemas[f"{where} {status}"], examples[f"{where} {status}"] = content["schema"], content["example"]
    # all of them at once: a validator is made for the whole of what is referred to, each time
    whole = Draft202012Validator({"properties": schemas, "components": document["components"]})
    assert len(examples) > 50
    assert [f"{fault.instance_path}: {fault.message}" for fault in whole.iter_errors(examples)] == []


@pytest.mark.parametrize("name", APIS)
def test_every_failure_has_one_form(name: str) -> None:
    document = APIS[name]
    must = {"type", "title", "status", "detail", "code", "values"}
    assert must == set(document["components"]["schemas"]["Problem"]["required"])
    for where, operation in operations(document):
        assert set(operation["responses"]) >= UNFORESEEN, where
        failures = [(media, content) for status, media, content in contents(document, operation) if status >= "4"]
        for media, content in failures:
            assert (media, content["schema"]) == (PROBLEM, {"$ref": "#/components/schemas/Problem"}), where


@pytest.mark.parametrize("name", APIS)
def test_every_operation_says_who_is_let_in(name: str) -> None:
    document = APIS[name]
    schemes = document["components"]["securitySchemes"]
    assert "key" in schemes and schemes["key"]["scheme"] == "bearer"
    for where, operation in operations(document):
        ways = operation.get("security", document["security"])
        assert {scheme for way in ways for scheme in way} <= set(schemes), where


def test_each_command_answers_with_facts_that_have_a_schema_each() -> None:
    document = APIS["openapi"]
    schemas = document["components"]["schemas"]
    for schema in schemas["HappenedEvent"]["discriminator"]["mapping"].values():
        assert schemas[schema.rpartition("/")[2]]["properties"] is not None
    commands = [one for one in operations(document) if one[0].startswith("POST /api/v1/commands/")]
    assert len(commands) > 100
    for where, operation in commands:
        (answer,) = operation["responses"]["200"]["content"].values()
        named = answer["schema"]["$ref"].rpartition("/")[2]
        plain = {"$ref": "#/components/schemas/CommandDone"}
        assert named == "CommandDone" or plain in schemas[named]["allOf"], where
        (body,) = operation["requestBody"]["content"].values()
        assert body["schema"], where
