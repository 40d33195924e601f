"""What is stored and sent is what it was: no one's ledger, box, hub or program finds a struct changed under it."""

from __future__ import annotations

import msgspec
import pytest

from sync import wire
from tests.golden import contracts
from tests.golden.contracts import COMMAND, Contract, ContractBroken, ContractFile, fault, kept, only_adds, renewed
from tests.golden.promises import FILE as PROMISES
from tests.golden.promises import broken_promises, promises_today, renewed_promises
from tests.golden.text import to_text

TODAY = contracts.today()
REGISTRY = contracts.registry()
EVENTS = sorted(REGISTRY.events)
WIRE = TODAY["wire"].contracts


def of_event(name: str) -> Contract:
    (found,) = (file for file in TODAY if file.startswith("events-") and name in TODAY[file].contracts)
    before = kept(found)
    assert before is not None and name in before.contracts, f"{name} is new: {COMMAND} keeps it"
    return before.contracts[name]


@pytest.mark.parametrize("file", sorted(TODAY))
def test_no_struct_changed_without_a_new_version(file: str) -> None:
    before, now = kept(file), TODAY[file]
    renewed(before, now)  # says which, and what to do
    assert (contracts.FOLDER / f"{file}.json").read_bytes() == to_text(renewed(before, now)), f"{COMMAND} keeps it"


@pytest.mark.parametrize("name", EVENTS)
def test_every_version_of_an_event_is_read(name: str) -> None:
    examples, event = of_event(name).examples, REGISTRY.events[name]
    assert list(examples) == [str(version) for version in range(1, event.version + 1)], "an example of each version"
    for version, body in examples.items():
        assert isinstance(REGISTRY.decode(name, int(version), body.encode()), event)


@pytest.mark.parametrize("name", EVENTS)
def test_an_event_is_written_as_it_was(name: str) -> None:
    version, body = of_event(name).examples.popitem()
    event = REGISTRY.decode(name, int(version), body.encode())
    written = msgspec.json.encode(event)
    assert REGISTRY.decode(name, int(version), written) == event
    assert written.decode() == body, "a row of a released version"


@pytest.mark.parametrize("name", sorted(WIRE))
def test_a_message_is_read_and_written_as_it_was(name: str) -> None:
    before = kept("wire")
    assert before is not None and name in before.contracts, f"{name} is new: {COMMAND} keeps it"
    struct = getattr(wire, name)
    for payload in map(
        bytes.fromhex, before.contracts[name].examples.values()
    ):  # those of older programs too: fields they lack have defaults
        message = msgspec.msgpack.decode(payload, type=struct)
        assert msgspec.msgpack.decode(msgspec.msgpack.encode(message), type=struct) == message
    for payload in WIRE[name].examples.values():
        message = msgspec.msgpack.decode(bytes.fromhex(payload), type=struct)
        assert msgspec.msgpack.encode(message).hex() == payload


@pytest.mark.parametrize("body", contracts.BODIES, ids=lambda body: body.__name__)
def test_what_is_in_a_message_is_read_as_it_was(body: type[msgspec.Struct]) -> None:
    before = kept("head_office")
    assert before is not None and body.__name__ in before.contracts, f"{body.__name__} is new: {COMMAND} keeps it"
    for text in before.contracts[body.__name__].examples.values():
        said = msgspec.json.decode(text, type=body)
        assert msgspec.json.decode(msgspec.json.encode(said), type=body) == said


@pytest.mark.parametrize("name", ["openapi", "openapi-hub"])
def test_an_api_is_described_as_it_was(name: str) -> None:
    said = to_text(contracts.apis()[name])
    was = (contracts.FOLDER / f"{name}.json").read_bytes()
    pairs = zip(said.splitlines(), was.splitlines(), strict=False)  # by lines: a diff of all of it takes minutes
    differs = [f"{ours!r} was {theirs!r}"[:2000] for ours, theirs in pairs if ours != theirs][:3]
    assert (differs, len(said)) == ([], len(was)), f"{COMMAND} keeps it: does any program rely on it?"


def test_nothing_else_is_kept() -> None:
    names = {path.stem for path in contracts.FOLDER.iterdir()}
    assert names == {*TODAY, *contracts.apis(), PROMISES.stem}


def test_no_promised_name_changed() -> None:
    assert PROMISES.read_bytes() == to_text(renewed_promises()), f"{COMMAND} keeps it: does any shop rely on it?"


# ---- the rules themselves ----------------------------------------------------------------------


def shelved(version: int, grows: bool = False, **fields: object) -> ContractFile:
    """A file with one contract, of fields as `name=type` or `name=(type, default)`."""
    listed = [(name, *one) if isinstance(one, tuple) else (name, one) for name, one in fields.items()]
    made = msgspec.defstruct("Shelved", listed, frozen=True)
    _, types = msgspec.json.schema_components([made])
    return ContractFile({}, {"Shelved": Contract(version, types["Shelved"], {str(version): "{}"})}, grows)


def test_a_promised_name_may_be_added_and_not_taken_away() -> None:
    now = promises_today()
    less = msgspec.json.decode(msgspec.json.encode(now))
    del less["config.toml"]["properties"]["panel"]["properties"]["port"]
    for kind, name in (("settings", "store.footer"), ("alerts", "pins_guessed"), ("metrics", "edge_card_payments")):
        del less[kind][name]
    less["command line"]["restore"].remove("--newest")
    del less["command line"]["verify"]
    assert broken_promises(less, now) == []
    assert broken_promises(now, less) == [
        "a key of config.toml is not what it was",
        *("settings: store.footer is not what it was", "alerts: pins_guessed is not what it was"),
        *("metrics: edge_card_payments is not what it was", "edge restore: --newest is not what it was"),
        "edge verify is gone",
    ]


BEFORE = shelved(1, sku=str)


@pytest.mark.parametrize("more", [{"sku": int}, {"sku": str, "shelf": (str, "")}, {"sku": str, "shelf": str}, {}])
def test_a_changed_event_wants_a_new_version(more: dict[str, object]) -> None:
    said = str(fault("Shelved", BEFORE, shelved(1, **more)))
    assert said.startswith("Shelved is not what version 1 of it was")
    assert "give it `version = 2`, and an `Upcaster` from 1 unless all that is new has a default" in said
    assert fault("Shelved", BEFORE, shelved(2, **more)) is None


def test_the_command_does_not_take_what_the_test_refuses() -> None:
    with pytest.raises(ContractBroken, match="version = 2"):
        renewed(BEFORE, shelved(1, sku=int))
    with pytest.raises(ContractBroken, match="Shelved is gone"):
        renewed(BEFORE, ContractFile({}, {}))
    with pytest.raises(ContractBroken, match="was 2 already"):
        renewed(shelved(2, sku=str), BEFORE)
    assert list(renewed(BEFORE, shelved(2, sku=int)).contracts["Shelved"].examples) == ["1", "2"]
    assert renewed(None, BEFORE) == BEFORE


@pytest.mark.parametrize(
    ("fields", "fits"),
    [
        ({"sku": str, "shelf": (str, "")}, True),
        ({"sku": str, "shelf": str}, False),
        ({"sku": (str, "")}, False),
        ({"sku": int}, False),
        ({}, False),
    ],
)
def test_a_message_only_gains_fields_with_a_default(fields: dict[str, object], fits: bool) -> None:
    now = shelved(1, grows=True, **fields)
    assert only_adds(BEFORE.whole("Shelved"), now.whole("Shelved")) is fits
    assert (fault("Shelved", BEFORE, now) is None) is fits


def test_what_a_struct_is_called_and_what_is_said_of_it_is_no_contract() -> None:
    def moved(name: str, said: str) -> ContractFile:
        place = msgspec.defstruct(name, [("aisle", int)], namespace={"__doc__": said})
        event = msgspec.defstruct("Moved", [("to", place)])
        return contracts.contract_file({event: 1}, contracts.as_json)

    before, now = moved("Place", "Where it is."), moved("Spot", "")
    assert before.whole("Moved") == now.whole("Moved")
    assert before != now
