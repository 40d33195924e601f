"""The registry knows every word once, reads what older versions wrote, and says so of newer ones."""

from __future__ import annotations

from typing import ClassVar, cast

import msgspec
import pytest

from edge.core.handling import After, Before
from edge.core.messages import Actor, Command, Event, Refusal, Refused
from edge.core.registry import (
    Capability,
    CommandSpec,
    JobKind,
    PartSpec,
    Projector,
    QuerySpec,
    Registry,
    Requirement,
    Transaction,
    Upcaster,
)
from edge.core.surfaces import STAFF


class Priced(Event, frozen=True):
    """Today's version of an event that was different twice."""

    version: ClassVar[int] = 3

    sku: str
    price_minor: int
    reason: str = ""


class Ask(Command, frozen=True):
    """A command."""

    text: str


def _to_minor(fields: dict[str, object]) -> dict[str, object]:
    return {"sku": fields["sku"], "price_minor": round(float(str(fields["price"])) * 100)}


def _with_reason(fields: dict[str, object]) -> dict[str, object]:
    return fields | {"reason": "unknown"}


UPCASTERS = (Upcaster("Priced", 1, _to_minor), Upcaster("Priced", 2, _with_reason))
ASK = CommandSpec(Ask, lambda tx, command: None, "sell", surfaces=STAFF)
READ = QuerySpec("things", lambda db: [], "sell", surfaces=STAFF)
JOB = JobKind("long", lambda db, params, cursor: iter(()))
NIGHTLY = PartSpec("nightly", lambda context: None)
ROWS = Projector("rows", 1, ("stock",), {})


def registry(*upcasters: Upcaster) -> Registry:
    return Registry((Capability("shelf", events=(Priced,), upcasters=upcasters),))


@pytest.mark.parametrize(
    ("version", "body", "event"),
    [
        (1, b'{"sku": "milk", "price": "1.20"}', Priced("milk", 120, "unknown")),
        (2, b'{"sku": "milk", "price_minor": 120}', Priced("milk", 120, "unknown")),
        (3, b'{"sku": "milk", "price_minor": 120, "reason": "sale"}', Priced("milk", 120, "sale")),
        (3, b'{"sku": "milk", "price_minor": 120, "added_later": 1}', Priced("milk", 120)),
    ],
)
def test_what_any_version_wrote_is_read_as_todays(version: int, body: bytes, event: Priced) -> None:
    assert registry(*UPCASTERS).decode("Priced", version, body) == event


@pytest.mark.parametrize(
    ("upcasters", "version", "body"),
    [
        (UPCASTERS[:1], 1, b'{"sku": "milk", "price": "1.20"}'),
        ((), 2, b'{"sku": "milk", "price_minor": 120}'),
    ],
)
def test_fields_with_a_default_need_no_upcaster(upcasters: tuple[Upcaster, ...], version: int, body: bytes) -> None:
    assert registry(*upcasters).decode("Priced", version, body) == Priced("milk", 120)


def test_what_no_upcaster_fills_is_named() -> None:
    with pytest.raises(msgspec.ValidationError, match="missing required field `price_minor`"):
        registry(UPCASTERS[1]).decode("Priced", 1, b'{"sku": "milk", "price": "1.20"}')


def test_an_event_of_a_newer_version_is_not_guessed_at() -> None:
    with pytest.raises(LookupError, match="Priced version 4 is newer than this software's 3"):
        registry(*UPCASTERS).decode("Priced", 4, b"{}")


def test_an_event_of_another_software_is_named() -> None:
    with pytest.raises(LookupError, match=r"Teleported isn.t an event of this version"):
        registry().decode("Teleported", 1, b"{}")


@pytest.mark.parametrize(
    ("part", "name"),
    [
        (Capability("two", commands=(ASK,)), "Ask"),
        (Capability("two", events=(Priced,)), "Priced"),
        (Capability("two", upcasters=UPCASTERS[:1]), "Priced"),
        (Capability("two", projectors=(ROWS,)), "rows"),
        (Capability("two", projectors=(Projector("others", 1, ("stock",), {}),)), "stock"),
        (Capability("two", queries=(READ,)), "things"),
        (Capability("two", jobs=(JOB,)), "long"),
        (Capability("two", parts=(NIGHTLY,)), "nightly"),
    ],
)
def test_nothing_is_declared_twice(part: Capability, name: str) -> None:
    one = Capability("one", (ASK,), (Priced,), UPCASTERS, (ROWS,), (READ,), (JOB,), parts=(NIGHTLY,))
    with pytest.raises(ValueError, match=f"{name}.*declared twice"):
        Registry((one, part))


def test_what_a_command_requires_is_declared_by_some_capability() -> None:
    asks = Capability(
        "one", commands=(CommandSpec(Ask, lambda tx, command: None, "sell", requires=("daylight",), surfaces=STAFF),)
    )
    with pytest.raises(ValueError, match="Ask requires daylight, which no capability declares"):
        Registry((asks,))
    Registry((asks, Capability("two", requirements=(Requirement("daylight", lambda tx, command: None),))))


def test_what_names_no_right_is_no_ones_by_being_forgotten() -> None:
    with pytest.raises(ValueError, match="Ask has no permission"):
        CommandSpec(Ask, lambda tx, command: None, "", surfaces=STAFF)
    with pytest.raises(ValueError, match="things has no permission"):
        QuerySpec("things", lambda db: [], "", surfaces=STAFF)


def test_what_says_nothing_of_from_where_it_may_be_asked_cannot_be_declared() -> None:
    with pytest.raises(ValueError, match="Ask has no surface"):
        CommandSpec(Ask, lambda tx, command: None, "sell")
    with pytest.raises(ValueError, match="things has no surface"):
        QuerySpec("things", lambda db: [], "sell")


def test_a_right_to_ones_own_is_none_where_nothing_tells_whose_it_is() -> None:
    with pytest.raises(ValueError, match="Ask is for owners, but doesn't require"):
        CommandSpec(Ask, lambda tx, command: None, "sell", own="basket", surfaces=STAFF)


def test_no_one_is_told_of_a_command_that_comes_later() -> None:
    for told in (
        Capability("one", before={Ask: lambda tx, command: None}),
        Capability("one", after={Ask: lambda tx, command, result: result}),
    ):
        with pytest.raises(ValueError, match="one listens to Ask, which no earlier capability declares"):
            Registry((told, Capability("two", commands=(ASK,))))


def test_later_capabilities_stand_around_a_command_as_rings_and_what_is_required_inside_of_them() -> None:
    seen: list[str] = []

    def before(name: str) -> Before:
        return lambda tx, command: seen.append(f"before {name}")

    def after(name: str) -> After:
        def handler(tx: Transaction, command: Ask, result: str) -> str:
            seen.append(f"after {name}")
            return f"{result}, {name}"

        return handler

    def handler(tx: Transaction, command: Ask) -> str:
        seen.append("done")
        return "done"

    made = Registry(
        (
            Capability(
                "one",
                commands=(CommandSpec(Ask, handler, "sell", requires=("light",), surfaces=STAFF),),
                requirements=(Requirement("light", lambda tx, command: seen.append("light")),),
            ),
            Capability("two", before={Ask: before("two")}, after={Ask: after("two")}),
            Capability("three", before={Ask: before("three")}, after={Ask: after("three")}),
        )
    )
    assert made.paths[Ask].run(cast(Transaction, None), Ask("a")) == "done, two, three"
    assert seen == ["before three", "before two", "light", "done", "after two", "after three"]


def test_what_is_not_so_though_it_is_required_refuses_the_command() -> None:
    def dark(tx: Transaction, command: Ask) -> None:
        raise Refusal("dark")

    seen: list[str] = []
    spec = CommandSpec(Ask, lambda tx, command: seen.append("done"), "sell", requires=("light",), surfaces=STAFF)
    made = Registry((Capability("one", commands=(spec,), requirements=(Requirement("light", dark),)),))
    with pytest.raises(Refusal) as refusal:
        made.paths[Ask].run(cast(Transaction, None), Ask("a"))
    assert refusal.value.refused == Refused("dark")
    assert not seen


def test_a_later_capability_may_answer_in_the_place_of_a_handler() -> None:
    first = Capability("one", commands=(CommandSpec(Ask, lambda tx, command: "asked", "sell", surfaces=STAFF),))
    second = Capability("two", before={Ask: lambda tx, command: "mine" if command.text == "b" else None})
    made = Registry((first, second))
    tx = cast(Transaction, None)
    assert [made.paths[Ask].run(tx, Ask(text)) for text in "ab"] == ["asked", "mine"]


def test_a_refusal_that_is_given_back_and_not_raised_is_a_fault_and_nothing_done() -> None:
    made = Registry(
        (Capability("one", commands=(CommandSpec(Ask, lambda tx, command: Refused("no"), "sell", surfaces=STAFF),)),)
    )
    with pytest.raises(TypeError, match="Ask returned 'no'"):
        made.paths[Ask].run(cast(Transaction, None), Ask("a"))


def test_a_command_with_a_key_that_it_does_not_have_is_refused_when_read() -> None:
    with pytest.raises(msgspec.ValidationError, match="unknown field `txt`"):
        msgspec.json.decode(b'{"text": "a", "txt": "b"}', type=Ask)


def test_a_pin_gives_rights_to_one_command_only() -> None:
    cashier = Actor("ann", "cashier", "1", frozenset({"sell"}))
    allowed = cashier.with_rights("override")
    assert allowed.may("override")
    assert not cashier.may("override")
    assert (allowed.name, allowed.register) == ("ann", "1")
