"""Master data that is declared once: what its commands do, and what can't be declared."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import msgspec
import pytest

from edge.core.command_bus import CommandBus
from edge.core.entity import Entity, Unknown
from edge.core.journal.rows import facts
from edge.core.messages import Command, Event, RecordedEvent, Refused
from edge.money.tenders.commands import EndTender, SetTender
from edge.money.tenders.entities import TENDERS
from edge.money.tenders.events import TenderEnded, TenderSet
from edge.money.tenders.tender import TENDERS_MOST, ShopTender
from tests.counter_shop import in_a_shop
from tests.shop_fixture import SYSTEM, FakeClock, done


class Shade(msgspec.Struct, frozen=True):
    room: str
    window: str
    colour: str


class SetShade(Command, frozen=True):
    shade: Shade


class EndShade(Command, frozen=True):
    room: str
    of_window: str


class ShadeSet(Event, frozen=True):
    room: str
    window: str
    colour: str


class ShadeEnded(Event, frozen=True):
    room: str
    window: str


class SetShadeBy(Command, frozen=True):
    shade: Shade
    by: str


def shades(set_by: type[Command] = SetShade) -> Entity[Shade]:
    return Entity(
        Shade,
        table="shade",
        set_by=set_by,
        was_set=ShadeSet,
        end_by=EndShade,
        was_ended=ShadeEnded,
        right="manage",
        key=("room", "window"),
        unknown=Unknown("no_shade", "shade"),
    )


def fact(event: Event, seq: int) -> RecordedEvent:
    return RecordedEvent(1, seq, b"", "1", "system", "system", "2027-01-01", 0, event)


def tender(id: str, **more: str) -> SetTender:
    return SetTender(ShopTender(id, {"en": id.title(), **more}))


def test_a_thing_is_set_changed_and_ended_and_what_is_nothing_new_is_no_fact(tmp_path: Path) -> None:
    async def scenario(shop: CommandBus, clock: FakeClock) -> None:
        for command in (tender("meal"), tender("meal"), tender("meal", fr="Repas"), tender("bank")):
            await done(shop, command, SYSTEM)
        assert [one.id for one in TENDERS.read(shop.reader)] == ["bank", "meal"]
        found = TENDERS.find(shop.reader, "meal")
        assert found == ShopTender("meal", {"en": "Meal", "fr": "Repas"})
        await done(shop, EndTender("meal"), SYSTEM)
        assert TENDERS.find(shop.reader, "meal") is None
        assert await shop.do(EndTender("meal"), SYSTEM) == Refused("tender_unknown", {"tender": "meal"})
        happened = [type(fact.event) for fact in facts(shop.reader, shop.registry)]
        assert [kind for kind in happened if kind in TENDERS.on] == [*[TenderSet] * 3, TenderEnded]

    in_a_shop(scenario, tmp_path)


def test_one_more_than_there_may_be_is_refused_and_those_that_there_are_can_be_changed(tmp_path: Path) -> None:
    async def scenario(shop: CommandBus, clock: FakeClock) -> None:
        for number in range(TENDERS_MOST):
            await done(shop, tender(f"t{number}"), SYSTEM)
        assert await shop.do(tender("more"), SYSTEM) == Refused("too_many_kinds", {"limit": TENDERS_MOST})
        await done(shop, tender("t0", fr="Autre"), SYSTEM)

    in_a_shop(scenario, tmp_path)


def test_a_key_of_two_fields_names_one_thing() -> None:
    entity = shades()
    blue, red = Shade("kitchen", "north", "blue"), Shade("kitchen", "south", "red")
    with sqlite3.connect(":memory:") as db:
        db.execute("CREATE TABLE shade (room, window, body, seq, PRIMARY KEY (room, window))")
        for seq, one in enumerate((red, blue), 1):
            event = ShadeSet(one.room, one.window, one.colour)
            entity.on[ShadeSet](db, fact(event, seq), event)
        assert entity.read(db) == (blue, red)
        assert entity.find(db, "kitchen", "south") == red
        ended = ShadeEnded("kitchen", "south")
        entity.on[ShadeEnded](db, fact(ended, 3), ended)
        assert entity.read(db) == (blue,)
    assert entity.set_command(blue) == SetShade(blue)
    assert entity.end_command("kitchen", "north") == EndShade("kitchen", "north")
    assert entity.unknown.values("kitchen", "west") == {"shade": "kitchen/west"}


def test_a_command_that_holds_more_than_the_thing_cannot_be_declared() -> None:
    with pytest.raises(TypeError, match="SetShadeBy has one field"):
        shades(SetShadeBy)
