"""What is stored is no one's working struct: docs/decisions/0019-events-own-their-structs.md."""

import typing
from collections.abc import Iterator
from typing import Any

import msgspec

from edge.core.messages import Event
from tests.golden import contracts

STORED = frozenset(
    {
        "edge.counter.basket.event_structs",
        # sums that a Z closes
        "edge.counter.basket.sums",
        # what is known of a card that paid
        "edge.money.payments.card",
        # master data: set as a whole
        "edge.lib.printed_invoice.learnt",
        "edge.lib.sight.kinds",
        "edge.lib.tax.rules",
        "edge.goods.catalog.categories.category",
        "edge.goods.catalog.product",
        "edge.counter.kitchen_screens.station",
        "edge.counter.loyalty.loyalty",
        "edge.counter.tables.table",
        "edge.ordering.web_orders.web_article",
        "edge.ordering.web_orders.web_order",
        "edge.goods.modifiers.modifier",
        "edge.ordering.delivery.door_money",
        "edge.foundation.opening_hours.rules",
        "edge.ordering.orders.order",
        "edge.ordering.delivery.zones",
        "edge.money.payments.providers.provider",
        "edge.money.payments.providers.routing",
        "edge.foundation.printing.document",
        "edge.accounting.accounts.account",
        "edge.analytics.production.bom",
        "edge.analytics.trials.trial",
        "edge.goods.promotions.promotion",
        "edge.counter.quick_keys.layout",
        "edge.backoffice.books_out.document",
        "edge.backoffice.books_out.target",
        "edge.backoffice.feeds.connector",
        "edge.backoffice.other_tills.other_till",
        "edge.backoffice.other_tills.sale",
        "edge.foundation.saved_views.view",
        "edge.money.tenders.tender",
        "edge.goods.translation.glossary",
        # what a provider pays out, line by line
        "edge.accounting.settlements.batch",
        # a paper as it came
        "edge.goods.supplier_invoices.paper",
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
