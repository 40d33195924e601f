"""What a release promised, kept unchanged, and whether this version still keeps it (docs/promises.md).

`tests/golden/schemas` follows each change; the contracts of a release (`tests/migration/releases`) never change.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

from edge.core.registry import Registry
from tests.golden.contracts import ContractFile, apis, fault, today
from tests.golden.promises import Promises, broken_promises, promises_today

Schema = dict[str, Any]
WORDS = ("title", "description", "summary", "example", "examples", "tags", "deprecated", "operationId")
"""What an API document says in words: no program relies on it."""
SAME = ("type", "format", "const", "pattern")
MOST, LEAST = ("maximum", "maxLength", "maxItems"), ("minimum", "minLength", "minItems")
"""Limits that may be raised, and lowered: more is accepted."""


class Released(msgspec.Struct, frozen=True):
    """All contracts of a version by the name of their file, the promised names, and both APIs."""

    contracts: dict[str, ContractFile]
    promises: Promises
    apis: dict[str, Schema]


def todays() -> str:
    """The contracts of this version, as JSON."""
    return msgspec.json.encode(_of_today()).decode()


def _of_today() -> Released:
    return Released(today(), promises_today(), {name: _without_words(said) for name, said in apis().items()})


def broken(released: bytes, registry: Registry) -> list[str]:
    """What this version no longer keeps of a release's contracts, one sentence each."""
    before, now = msgspec.json.decode(released, type=Released), _of_today()
    nothing = ContractFile({}, {})
    faults = [
        said
        for file, contracts in before.contracts.items()
        for name in contracts.contracts
        if (said := fault(name, contracts, now.contracts.get(file, nothing)))
    ]
    faults += broken_promises(before.promises, now.promises)
    for name, api in before.apis.items():
        faults += [f"{name}: {said}" for said in broken_api(api, now.apis[name])]
    return faults + [said for file in before.contracts.values() for said in _unread(file, registry)]


def _unread(file: ContractFile, registry: Registry) -> Iterator[str]:
    """Stored examples of events that can't be read any more."""
    for name, contract in file.contracts.items():
        if name not in registry.events:
            continue
        for version, body in contract.examples.items():
            try:
                registry.decode(name, int(version), body.encode())
            except (LookupError, ValueError, msgspec.MsgspecError) as error:
                yield f"{name}: version {version} can't be read ({error})"


def broken_api(before: Schema, now: Schema) -> Iterator[str]:
    """Addresses, parameters, fields and answers of an API that are gone or changed; more of them may come."""
    comparison = _Comparison(before, now)
    for path, item in before["paths"].items():
        for method, was in item.items():
            if method == "parameters":
                continue
            if (its := now["paths"].get(path, {}).get(method)) is None:
                yield f"{method.upper()} {path} is gone"
            else:
                yield from (f"{method.upper()} {path}: {said}" for said in comparison.operation(was, its))


class _Comparison:
    """Compares two documents. A schema is compared in the direction in which it is sent: a program that knows the older
    one sends what the newer one accepts, and reads what the newer one answers."""

    def __init__(self, before: Schema, now: Schema) -> None:
        self._before, self._now = before, now

    def operation(self, was: Schema, now: Schema) -> Iterator[str]:
        known = {(one["name"], one["in"]): one for one in map(self._its_now, now.get("parameters", ()))}
        for one in map(self._it_was, was.get("parameters", ())):
            if (its := known.pop((one["name"], one["in"]), None)) is None:
                yield f"parameter {one['name']} is gone"
            else:
                yield from self._schema(one.get("schema"), its.get("schema"), one["name"], sent=True)
        yield from (f"parameter {name} is required" for (name, _), one in known.items() if one.get("required"))
        for kind, body in was.get("requestBody", {}).get("content", {}).items():
            its = now.get("requestBody", {}).get("content", {}).get(kind, {})
            yield from self._schema(body.get("schema"), its.get("schema"), "body", sent=True)
        for status, answer in was.get("responses", {}).items():
            if status not in now.get("responses", {}):
                yield f"answer {status} is gone"
                continue
            known_kinds = self._its_now(now["responses"][status]).get("content", {})
            for kind, body in self._it_was(answer).get("content", {}).items():
                its = known_kinds.get(kind, {})
                yield from self._schema(body.get("schema"), its.get("schema"), f"answer {status}", sent=False)

    def _it_was(self, schema: Any) -> Any:
        return _resolved(schema, self._before)

    def _its_now(self, schema: Any) -> Any:
        return _resolved(schema, self._now)

    def _schema(self, was: Any, now: Any, at: str, sent: bool, seen: frozenset[str] = frozenset()) -> Iterator[str]:
        if isinstance(was, dict) and isinstance(ref := was.get("$ref"), str):
            if ref in seen:
                return
            seen |= {ref}
        was, now = self._it_was(was), self._its_now(now)
        if was == now or was is None:
            return
        if not isinstance(was, dict) or not isinstance(now, dict):
            yield f"{at} is not what it was"
            return
        for name, field in was.get("properties", {}).items():
            if name not in now.get("properties", {}):
                yield f"{at}.{name} is gone"
            else:
                yield from self._schema(field, now["properties"][name], f"{at}.{name}", sent, seen)
        required, wanted = set(was.get("required", ())), set(now.get("required", ()))
        yield from (f"{at}.{name} is required" for name in sorted(wanted - required) if sent)
        yield from (f"{at}.{name} may be missing" for name in sorted(required - wanted) if not sent)
        if any(value not in now.get("enum", was["enum"]) for value in was.get("enum", ())):
            yield f"{at} lacks a value"
        for key in ("items", "additionalProperties"):
            if key in was:
                yield from self._schema(was[key], now.get(key, was[key]), f"{at}[]", sent, seen)
        for key in ("anyOf", "oneOf", "allOf"):
            for one in was.get(key, ()):
                if all(any(self._schema(one, its, at, sent, seen)) for its in now.get(key, ())):
                    yield f"{at} lacks a kind"
        yield from (f"{at}: another {key}" for key in SAME if was.get(key) != now.get(key))
        yield from (f"{at}: lower {key}" for key in MOST if key in now and now[key] < was.get(key, float("inf")))
        yield from (f"{at}: higher {key}" for key in LEAST if key in now and now[key] > was.get(key, float("-inf")))


def _resolved(schema: Any, document: Schema) -> Any:
    while isinstance(schema, dict) and (ref := schema.get("$ref")):
        schema = document
        for step in ref.removeprefix("#/").split("/"):
            schema = schema[step.replace("~1", "/").replace("~0", "~")] if schema is not document else document[step]
    return schema


def _without_words(schema: Any) -> Any:
    if isinstance(schema, dict):
        rest = {key: value for key, value in schema.items() if key not in WORDS or not isinstance(value, str | list)}
        return {key: _without_words(value) for key, value in rest.items() if key != "examples"}
    return [_without_words(one) for one in schema] if isinstance(schema, list) else schema
