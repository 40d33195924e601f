"""What is stored for good and what others rely on: every event, every message of the wire and what is in it, both APIs.

An event's stored rows are read for ever, so its struct may only change together with its `version`. A message is read
by boxes and by hubs of other releases, so within one `PROTOCOL` fields with a default may come, and nothing else.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any, get_args

import msgspec

from edge.app.hub import reads
from edge.backoffice.directives.kinds import KINDS
from edge.core.registry import Registry
from edge.core.text_patterns import to_ecma
from edge.lib.floors import EDGE
from edge.operations.ledger import build_registry
from edge.web.api.openapi import describe
from edge.web.api.query_runner import question_of
from edge.web.app import declare_endpoints
from sync import wire
from sync.hub.api.openapi import document
from sync.releases import Release
from tests.golden.example import example
from tests.shop_fixture import config

FOLDER = Path(__file__).parent / "schemas"
COMMAND = "python -m tests.golden"
Schema = dict[str, Any]
MESSAGES = "head_office_messages.py"
"""Module of a capability with what its box asks head office and hears."""


def _bodies() -> Iterator[type[msgspec.Struct]]:
    yield from (kind.body for kind in KINDS.values())
    yield Release
    for file in sorted(EDGE.rglob(MESSAGES)):
        module = import_module(".".join(file.relative_to(EDGE.parent).with_suffix("").parts))
        structs = (one for one in vars(module).values() if isinstance(one, type) and issubclass(one, msgspec.Struct))
        yield from (one for one in structs if one.__module__ == module.__name__)


BODIES = tuple(_bodies())
"""What boxes and head office tell each other inside messages of the wire."""
_REF = "#/types/"


class Contract(msgspec.Struct, frozen=True, omit_defaults=True):
    """A struct as it is stored or sent. `examples` by version: JSON as its text, MessagePack in hex."""

    version: int
    schema: Schema
    examples: dict[str, str] = {}


class ContractFile(msgspec.Struct, frozen=True):
    """The contracts of one capability, of the wire or of what is in it, and the types that they share. `grows`: a field
    with a default may come without a new version."""

    types: dict[str, Schema]
    contracts: dict[str, Contract]
    grows: bool = False

    def whole(self, name: str) -> Any:
        """A contract's schema with the types it refers to in their places: what these are called is not stored."""
        inside = {one: contract.schema for one, contract in self.contracts.items()}
        return _expanded(self.contracts[name].schema, {**inside, **self.types})


class ContractBroken(Exception):
    """A struct is not what was kept of it, and may not be; the message says what to do."""


@cache
def registry() -> Registry:
    """That of a shop with everything in it."""
    with tempfile.TemporaryDirectory(prefix="edge-golden-") as folder:
        return build_registry(config(Path(folder)))


def today() -> dict[str, ContractFile]:
    """Everything as it is declared now, by the name of its file."""
    files = {
        f"events-{capability.name}": contract_file({event: event.version for event in capability.events}, as_json)
        for capability in registry().capabilities
        if capability.events
    }
    messages = dict.fromkeys((*get_args(wire.Up), *get_args(wire.Down), wire.Row), wire.PROTOCOL)
    return {
        **files,
        "wire": msgspec.structs.replace(contract_file(messages, as_hex), grows=True),
        "head_office": msgspec.structs.replace(
            contract_file(dict.fromkeys(BODIES, wire.PROTOCOL), as_json), grows=True
        ),
    }


def apis() -> dict[str, Schema]:
    """The OpenAPI documents of the appliance and of head office."""
    shop = registry()
    questions = {name: question_of(spec) for name, spec in shop.queries.items()}
    endpoints = declare_endpoints(shop).endpoints
    return {"openapi": describe(shop, questions, endpoints), "openapi-hub": document(reads())}


def kept(name: str) -> ContractFile | None:
    """What was kept under a name, None where nothing was."""
    path = FOLDER / f"{name}.json"
    return msgspec.json.decode(path.read_bytes(), type=ContractFile) if path.exists() else None


def fault(name: str, before: ContractFile | None, now: ContractFile) -> str | None:
    """Why a struct may not be what it is now, and what to do; None where it may."""
    if before is None or name not in before.contracts:
        return None
    if name not in now.contracts:
        return (
            f"{name} is gone, and ledgers and other releases still have it: keep what reads it. One that has not left "
            "this machine: remove its file from tests/golden/schemas first"
        )
    was, version = before.contracts[name].version, now.contracts[name].version
    if version < was:
        return f"{name} has version {version}, and was {was} already"
    if version > was or before.whole(name) == now.whole(name):
        return None
    if not now.grows:
        return (
            f"{name} is not what version {was} of it was, and rows of that version are read for ever: give it "
            f"`version = {was + 1}`, and an `Upcaster` from {was} unless all that is new has a default; then {COMMAND}"
        )
    if only_adds(before.whole(name), now.whole(name)):
        return None
    return f"{name} may only gain fields with a default while PROTOCOL is {was}: other releases read it and send it"


def renewed(before: ContractFile | None, now: ContractFile) -> ContractFile:
    """What is to be kept from now on: examples of before stay. `ContractBroken`."""
    old = before.contracts if before else {}
    if faults := [said for name in dict.fromkeys((*old, *now.contracts)) if (said := fault(name, before, now))]:
        raise ContractBroken("\n".join(faults))
    contracts = {}
    for name, contract in now.contracts.items():
        examples = {**contract.examples, **(old[name].examples if name in old else {})}
        ordered = dict(sorted(examples.items(), key=lambda item: int(item[0])))
        contracts[name] = msgspec.structs.replace(contract, examples=ordered)
    return ContractFile(now.types, contracts, now.grows)


def only_adds(before: Any, now: Any, key: str = "") -> bool:
    """Whether a schema differs from an older one by fields with a default alone, at any depth."""
    if key == "properties":
        return all(name in now and only_adds(before[name], now[name]) for name in before)
    if key == "prefixItems":
        return len(before) <= len(now) and all(map(only_adds, before, now))
    if key == "anyOf":
        return len(before) == len(now) and all(map(only_adds, before, now))
    if isinstance(before, dict) and isinstance(now, dict):
        return before.keys() == now.keys() and all(only_adds(before[one], now[one], one) for one in before)
    return bool(before == now)


def contract_file(versions: Mapping[Any, int], text_of: Callable[[Any], str]) -> ContractFile:
    """Structs as they are declared now, each with its version and an example."""
    _, types = msgspec.json.schema_components(versions, ref_template=_REF + "{name}")
    types = msgspec.json.decode(msgspec.json.encode({name: to_ecma(_plain(types[name])) for name in sorted(types)}))
    contracts = {}
    for struct, version in versions.items():
        text = text_of(example(msgspec.inspect.type_info(struct)))
        contracts[struct.__name__] = Contract(version, types.pop(struct.__name__), {str(version): text})
    return ContractFile(types, contracts)


def as_json(value: Any) -> str:
    """An event as the journal has it."""
    return msgspec.json.encode(value).decode()


def as_hex(value: Any) -> str:
    """A message as the wire has it."""
    return msgspec.msgpack.encode(value).hex()


def plain_schema(kind: Any) -> Schema:
    """A type's JSON schema with all types that it is made of in their places, without words."""
    (own,), types = msgspec.json.schema_components((kind,), ref_template=_REF + "{name}")
    return msgspec.json.decode(msgspec.json.encode(_expanded(to_ecma(_plain(own)), to_ecma(_plain(types)))))


def _plain(schema: Any) -> Any:
    """A schema without what is said of it in words."""
    if isinstance(schema, dict):
        rest = {key: value for key, value in schema.items() if not _in_words(key, value)}
        return {key: value if key == "default" else _plain(value) for key, value in rest.items()}
    return [_plain(one) for one in schema] if isinstance(schema, list) else schema


def _in_words(key: str, value: Any) -> bool:
    return key in ("title", "description") and isinstance(value, str)


def _expanded(schema: Any, types: Mapping[str, Schema]) -> Any:
    if isinstance(schema, dict):
        if ref := schema.get("$ref"):
            return _expanded(types[ref.removeprefix(_REF)], types)
        return {key: _expanded(value, types) for key, value in schema.items()}
    return [_expanded(one, types) for one in schema] if isinstance(schema, list) else schema
