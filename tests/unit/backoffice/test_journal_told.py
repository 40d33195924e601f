"""What the page of the journal makes of a fact's figures: sums in their own money, quantities, rates."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from msgspec import inspect

from edge.backoffice.office.pages.journal import FactField, FactTeller
from edge.core.messages import Event
from edge.core.registry import Registry
from edge.counter.till.settings import TillSettings
from edge.goods.catalog.fields import FIELDS
from edge.goods.purchasing.events import PurchaseDrafted, PurchaseLine
from edge.goods.stock.events import Move, StockMoved
from edge.lib.i18n import LANGUAGES
from edge.lib.i18n.translations import words
from edge.lib.tax.rules import TaxTable
from edge.people.customers.customer import Customer
from edge.web.live.localizer import Localizer
from sync.wire import Row
from tests.golden import contracts

ROW = Row(1, 1, b"", 0, b"", "1", "u1", "till", "2027-01-15", 1, 1, b"", "ok", "Something", 1, b"{}", b"", b"")
TEXTS = Localizer("en", TillSettings("EUR", TaxTable(True, "total", ()), "", (), (), "en", "UTC", 1))


def flat(fields: tuple[FactField, ...]) -> list[str]:
    return [text for field in fields for text in (flat(field.inner) if field.inner else [field.text])]


def told(**body: Any) -> list[str]:
    teller = FactTeller(TEXTS, Registry(()), {}, {}, {"acme": "USD"})
    row = msgspec.structs.replace(ROW, body=msgspec.json.encode(body))
    return flat(teller.row(row).content)


@pytest.mark.parametrize(
    ("body", "texts"),
    [
        ({"currency": "USD", "rate": 915_000}, ["USD", "0.915"]),
        ({"currency": "JPY", "rate": 610_000}, ["JPY", "0.0061"]),
        ({"value_milli": 1_200_000}, ["€12.00"]),
        ({"amount_milli": -1_500}, ["-€0.02"]),
        ({"currency": "USD", "fee_minor": 500}, ["USD", "$5.00"]),
        ({"currency": "", "minor": 500}, ["€5.00"]),
        ({"currency": "USD", "rows": [{"minor": 500}]}, ["USD", "$5.00"]),
        ({"taxes": [{"name": "VAT", "rate": 5_500, "net_minor": 100}]}, ["VAT", "5.5", "€1.00"]),
        (
            {"tenders": [{"kind": "cash_usd", "amount_minor": 458, "foreign_minor": 500, "rate": 915_000}]},
            ["cash_usd", "€4.58", "$5.00", "0.915"],
        ),
        ({"notes": [{"kind": "cash_jpy", "minor": 500, "worth_minor": 310}]}, ["cash_jpy", "¥500", "€3.10"]),
        (
            {"currency": "EUR", "kind": "top_up", "amount_minor": 500, "tender": "cash_usd"},
            ["EUR", "top_up", "$5.00", "cash_usd"],
        ),
        ({"supplier": "acme", "unit_cost_minor": 500}, ["acme", "$5.00"]),
        ({"supplier": "near", "lines": [{"unit_cost_minor": 500}]}, ["near", "€5.00"]),
        ({"moves": [{"sku": "milk", "delta": -1_500}]}, ["milk", "-1.5"]),
    ],
)
def test_figures_are_said_in_what_they_are(body: dict[str, Any], texts: list[str]) -> None:
    assert told(**body) == texts


def test_what_the_journal_has_as_arrays_is_told_by_its_fields() -> None:
    """Movements and lines of orders, also nested, without what is as usual."""
    teller = FactTeller(TEXTS, contracts.registry(), {}, {"milk": {"en": "Milk"}})

    def fields(event: Event) -> list[tuple[str, str]]:
        row = msgspec.structs.replace(ROW, type=type(event).__name__, body=msgspec.json.encode(event))
        return [(one.label, one.text) for line in teller.row(row).content if line.inner for one in line.inner[0].inner]

    moved = StockMoved("received", (Move("milk", -1_500, lot="L1"),))
    assert fields(moved) == [("product", "Milk (milk)"), ("change", "-1.5"), ("lot", "L1")]
    ordered = PurchaseDrafted(1, "acme", "main", (PurchaseLine("milk", 5_000, 1, 70),), "", False, 1)
    assert fields(ordered)[:2] == [("product", "Milk (milk)"), ("quantity", "5")]


def fields_of(kind: Any, seen: set[type]) -> set[str]:
    """The names of all fields within a type, as they stand in the journal."""
    if isinstance(kind, inspect.StructType):
        if kind.cls in seen:
            return set()
        seen.add(kind.cls)
        names = {field.encode_name for field in kind.fields} | ({kind.tag_field} if kind.tag_field else set())
        return names.union(*(fields_of(field.type, seen) for field in kind.fields))
    inner = [getattr(kind, name) for name in ("item_type", "key_type", "value_type") if hasattr(kind, name)]
    inner += [*getattr(kind, "types", ()), *getattr(kind, "item_types", ())]
    return set[str]().union(*(fields_of(one, seen) for one in inner))


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_field_of_every_event_is_called_by_words(language: str) -> None:
    seen: set[type] = set()
    events = contracts.registry().events.values()
    fields = set[str]().union(*(fields_of(inspect.type_info(event), seen) for event in events))
    known = {key.removeprefix("journal_field.") for key in words(language) if key.startswith("journal_field.")}
    of_goods = {field.name for field in FIELDS if field.word in words(language)}
    assert fields - known - of_goods == set(), (
        "[journal_field] in the words of their capability says how they are called; of several, in edge/lib/i18n"
    )
    sealed = fields_of(inspect.type_info(Customer), set())  # what of people stands in events as ciphertext
    assert known - fields - sealed == set(), "no event has them any more"
