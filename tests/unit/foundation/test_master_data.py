"""Master data as tables: a thing as the cells of a row, and back, whatever it is."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import msgspec
import pytest

from edge.core.command_bus import CommandBus
from edge.core.entity import Entity
from edge.core.messages import Command, Event, Refused
from edge.foundation.master_data.commands import SetRows
from edge.foundation.master_data.entities import found_entities
from edge.foundation.master_data.table import EntityTable, Fault
from edge.goods.catalog.commands import SetProducts
from edge.goods.catalog.product import Product
from edge.goods.purchasing.commands import RetireSupplier, SetSupplier
from edge.goods.purchasing.entities import SUPPLIERS
from edge.goods.stock.commands import SetLevels
from edge.goods.stock.entities import LEVELS, LOCATIONS
from edge.lib.tables.table import TableRow
from tests.counter_shop import in_a_shop
from tests.shop_fixture import SYSTEM, FakeClock, done


class Bay(msgspec.Struct, frozen=True):
    id: str
    names: dict[str, str]
    kind: Literal["wide", "narrow"] = "wide"
    lit: bool = True
    shelves: Annotated[int, msgspec.Meta(ge=1, le=9)] = 4
    marks: tuple[str, ...] = ()
    days: tuple[int, ...] = ()
    most_minor: int | None = None
    spans: tuple[tuple[int, int], ...] = ()


class SetBay(Command, Bay, frozen=True):
    pass


class BaySet(Event, Bay, frozen=True):
    pass


BAYS = Entity(Bay, table="bay", set_by=SetBay, was_set=BaySet, right="manage")
FULL = Bay("b1", {"en": "One", "fr": "Un"}, "narrow", False, 7, ("a", "b c"), (1, 5), 250, ((1, 2), (3, 4)))


def rows(*cells: list[str]) -> list[TableRow]:
    return [TableRow(line, row) for line, row in enumerate(cells, 2)]


def test_what_a_table_says_is_what_was_written() -> None:
    table = EntityTable(BAYS)
    things = [FULL, Bay("b2", {"he": "שתיים"})]
    header, written = table.write_rows(things)
    assert header[:4] == ("id", "names.en", "names.fr", "names.he") and "most_minor" in header
    taken, faults = table.parse_rows(header, rows(*written), lambda key: None)
    assert faults == []
    assert [msgspec.convert(row, Bay) for _, row in taken] == things


def test_columns_that_a_file_lacks_stay_as_they_are() -> None:
    header = ("id", "shelves", "names.fr")
    taken, faults = EntityTable(BAYS).parse_rows(header, rows(["b1", "2", ""]), lambda key: FULL)
    changed = msgspec.structs.replace(FULL, shelves=2, names={"en": "One"})
    assert (faults, [msgspec.convert(row, Bay) for _, row in taken]) == ([], [changed])


@pytest.mark.parametrize(
    ("header", "cells", "fault"),
    [
        (("id", "names.en", "colour"), ["b", "B", "red"], Fault(1, "colour", "column")),
        (("names.en",), ["B"], Fault(1, "id", "no_column")),
        (("id", "names.en", "shelves"), ["b", "B", "many"], Fault(2, "shelves", "value", {"value": "many"})),
        (("id", "names.en", "lit"), ["b", "B", "perhaps"], Fault(2, "lit", "value", {"value": "perhaps"})),
        (("id", "names.en", "spans"), ["b", "B", "[[1,"], Fault(2, "spans", "value", {"value": "[[1,"})),
        (("id", "shelves"), ["b", "2"], Fault(2, "names", "missing")),
        (("id", "names.en"), ["b", "B", "more"], Fault(2, "", "unreadable")),
    ],
)
def test_what_is_wrong_says_its_line_and_its_field(header: tuple[str, ...], cells: list[str], fault: Fault) -> None:
    assert EntityTable(BAYS).parse_rows(header, rows(cells), lambda key: None)[1] == [fault]


def test_bounds_and_keys_that_come_twice_are_told_row_by_row() -> None:
    header = ("id", "names.en", "shelves", "kind")
    several = rows(["a", "A", "12", "wide"], ["b", "B", "2", "round"], ["c", "C", "2", "wide"], ["c", "C", "3", "wide"])
    faults = EntityTable(BAYS).parse_rows(header, several, lambda key: None)[1]
    assert [(one.line, one.field, one.code) for one in faults] == [
        (2, "shelves", "bounds"),
        (3, "kind", "bounds"),
        (5, "id", "twice"),
    ]


def test_every_table_of_the_shop_can_be_written_and_names_its_key() -> None:
    found = {one.table: one for one in found_entities()}
    assert {"supplier", "stock_location", "stock_level", "quick_keys", "webhook", "access_role"} < set(found)
    assert not found["webhook"].is_a_table and not found["access_role"].is_a_table
    for one in found.values():
        header, _ = EntityTable(one).write_rows(())
        assert set(one.key) <= set(header)


def test_rows_are_taken_all_of_them_or_none(tmp_path: Path) -> None:
    async def scenario(shop: CommandBus, clock: FakeClock) -> None:
        def place(id: str, parent: str = "") -> dict[str, object]:
            return {"id": id, "names": {"en": id}, "kind": "storage", "parent": parent, "position": 0, "capacity": 0}

        wrong = SetRows(
            "stock_location", ((2, place("cellar")), (3, place("rack", "attic")), (4, place("bin", "loft")))
        )
        answer = await shop.do(wrong, SYSTEM)
        assert isinstance(answer, Refused) and answer.code == "rows_refused"
        assert msgspec.json.decode(str(answer.values["rows"])) == [
            [3, "no_location", {"location": "attic"}],
            [4, "no_location", {"location": "loft"}],
        ]
        assert LOCATIONS.read(shop.reader) == ()
        await done(shop, SetRows("stock_location", ((2, place("cellar")), (3, place("rack", "cellar")))), SYSTEM)
        assert [one.id for one in LOCATIONS.read(shop.reader)] == ["cellar", "rack"]

    in_a_shop(scenario, tmp_path)


def test_what_ended_is_kept_apart_and_may_come_back(tmp_path: Path) -> None:
    async def scenario(shop: CommandBus, clock: FakeClock) -> None:
        dairy = SetSupplier("dairy", {"en": "Dairy"}, contact_name="Dana", email="dana@dairy.example")
        await done(shop, dairy, SYSTEM)
        before = shop.reader.execute("SELECT max(seq) FROM journal").fetchone()
        await done(shop, dairy, SYSTEM)
        assert shop.reader.execute("SELECT max(seq) FROM journal").fetchone() == before, "nothing new is no fact"
        await done(shop, RetireSupplier("dairy"), SYSTEM)
        assert SUPPLIERS.read(shop.reader) == () and SUPPLIERS.find(shop.reader, "dairy") is None
        (kept,) = SUPPLIERS.read_ended(shop.reader)
        assert (kept.id, kept.contact_name, kept.email) == ("dairy", "Dana", "dana@dairy.example")
        assert await shop.do(RetireSupplier("dairy"), SYSTEM) == Refused("supplier_retired", {"supplier": "dairy"})
        assert await shop.do(RetireSupplier("farm"), SYSTEM) == Refused("no_supplier", {"supplier": "farm"})
        await done(shop, dairy, SYSTEM)
        assert [one.id for one in SUPPLIERS.read(shop.reader)] == ["dairy"] and not SUPPLIERS.read_ended(shop.reader)

    in_a_shop(scenario, tmp_path)


def test_what_is_said_of_people_goes_into_no_file_and_stays_when_one_comes(tmp_path: Path) -> None:
    async def scenario(shop: CommandBus, clock: FakeClock) -> None:
        await done(shop, SetSupplier("dairy", {"en": "Dairy"}, contact_name="Dana"), SYSTEM)
        table = EntityTable(SUPPLIERS)
        header, written = table.write_rows(SUPPLIERS.read(shop.reader))
        assert not {"contact_name", "email", "phone", "contact"} & set(header) and "Dana" not in str(written)
        taken, faults = table.parse_rows(header, rows(*written), lambda key: SUPPLIERS.find(shop.reader, *key))
        assert faults == []
        assert [row["contact_name"] for _, row in taken] == ["Dana"]

    in_a_shop(scenario, tmp_path)


def test_what_is_set_to_nothing_has_ended(tmp_path: Path) -> None:
    async def scenario(shop: CommandBus, clock: FakeClock) -> None:
        await done(shop, SetProducts((Product("cola", {"en": "Cola"}, ("5449000000996",), 200),)), SYSTEM)
        await done(shop, SetLevels("5449000000996", par=9_000, reorder=3_000), SYSTEM)
        (levels,) = LEVELS.read(shop.reader)
        assert (levels.sku, levels.location, levels.par) == ("cola", "main", 9_000)
        await done(shop, SetLevels("cola"), SYSTEM)
        assert LEVELS.read(shop.reader) == ()

    in_a_shop(scenario, tmp_path)
