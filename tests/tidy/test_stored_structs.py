"""What is stored is nobody's working struct: docs/decisions/0019-events-own-their-structs.md."""

import typing
from collections.abc import Iterator
from typing import Any

import msgspec

from edge.core.messages import Event
from tests.golden import contracts

STORED = frozenset(
    {
        "edge.shop.basket.event_structs",
        # sums that a Z closes
        "edge.shop.basket.sums",
        # what is known of a card that paid
        "edge.shop.payments.card",
        # master data: set as a whole
        "edge.lib.printed_invoice.learnt",
        "edge.lib.sight.kinds",
        "edge.lib.tax.rules",
        "edge.shop.catalog.categories.category",
        "edge.shop.catalog.product",
        "edge.shop.kitchen_screens.station",
        "edge.shop.loyalty.loyalty",
        "edge.shop.tables.table",
        "edge.shop.web_orders.web_article",
        "edge.shop.web_orders.web_order",
        "edge.shop.modifiers.modifier",
        "edge.shop.delivery.door_money",
        "edge.shop.opening_hours.rules",
        "edge.shop.orders.order",
        "edge.shop.delivery.zones",
        "edge.shop.payments.provider",
        "edge.shop.payments.routing",
        "edge.shop.printing.document",
        "edge.shop.accounts.account",
        "edge.shop.production.bom",
        "edge.shop.promotions.promotion",
        "edge.shop.quick_keys.layout",
        "edge.shop.books_out.document",
        "edge.shop.books_out.target",
        "edge.shop.feeds.connector",
        "edge.shop.other_tills.other_till",
        "edge.shop.other_tills.sale",
        "edge.shop.saved_views.view",
        "edge.shop.tenders.tender",
        "edge.shop.translation.glossary",
        # what a provider pays out, line by line
        "edge.shop.settlements.batch",
        # a paper as it came
        "edge.shop.supplier_invoices.paper",
    }
)
"""Modules beside `events.py` whose structs may be part of an event."""


def structs_of(type_: Any) -> Iterator[type[msgspec.Struct]]:
    """The structs that a field's type is made of, and those that these are made of."""
    if isinstance(type_, type) and issubclass(type_, msgspec.Struct):
        yield type_
        for field in msgspec.structs.fields(type_):
            yield from structs_of(field.type)
    for part in typing.get_args(type_):
        yield from structs_of(part)


def borrowed(event: type[Event]) -> set[str]:
    """Structs in an event that are declared where something else may change them."""
    found = {one for one in structs_of(event) if one is not event}
    own = {one for one in found if one.__module__.endswith(".events") or one.__module__ in STORED}
    return {f"{one.__module__}.{one.__qualname__}" for one in found - own}


def test_events_are_made_of_stored_structs() -> None:
    wrong = {name: found for name, event in contracts.registry().events.items() if (found := borrowed(event))}
    assert not wrong, "a struct of events.py instead: what is stored changes only by a new version"


def test_the_rule_notices() -> None:
    class Line(msgspec.Struct):
        sku: str

    class Sold(Event, frozen=True):
        lines: tuple[Line, ...] | None

    class Held(msgspec.Struct):
        line: Line

    class Parked(Event, frozen=True):
        held: dict[str, Held]

    assert {one.rsplit(".", 1)[1] for one in borrowed(Sold)} == {"Line"}
    assert {one.rsplit(".", 1)[1] for one in borrowed(Parked)} == {"Line", "Held"}
