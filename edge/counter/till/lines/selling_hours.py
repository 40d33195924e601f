"""Selling hours of age-restricted goods: the hours set by law, and the shop's own if narrower (`hours.cannabis`).

They're checked at the till and for programs when a line is added, before payment, and at the sale. An order is checked
by its time slot, or else by the current time. Returns are always accepted.

Outside legal hours nothing is sold. Where an authority may have issued a permit unknown to us, and outside the shop's
own hours, staff are asked and their confirmation is recorded; customers are refused.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import datetime
from typing import Protocol
from zoneinfo import ZoneInfo

import msgspec

from edge.core.asking import Ask
from edge.core.memo import Memo
from edge.core.messages import Refusal
from edge.core.registry import Transaction
from edge.core.storage.database import Connection
from edge.counter.till.events import SoldOutsideHours
from edge.counter.till.settings import TillSettings
from edge.goods.catalog.least_age import kinds_with_parts
from edge.goods.catalog.queries import read_products
from edge.lib.i18n import name_values
from edge.lib.regions.ages import Regulated
from edge.lib.regions.selling_hours import (
    days_about,
    has_hours,
    hours_by_law,
    is_within,
    law_allows,
    next_hours,
    read_span,
)

KINDS: tuple[Regulated, ...] = ("cannabis", "alcohol", "tobacco")
KIND_CACHE = 10_000
"""Maximum number of products in the cache. Above it, the cache is cleared."""
_OF: Memo[dict[str, frozenset[Regulated]]] = Memo(lambda db: {}, "product", "category")
"""Regulated kinds of a product and its parts, by SKU. Cached until a product or category changes."""
TIMED = Memo(lambda db: bool(db.execute(_REGULATED).fetchone()[0]), "category")
"""Whether the shop has any goods with selling hours. If not, checks are skipped."""
_REGULATED = "SELECT EXISTS (SELECT 1 FROM category WHERE regulated <> '')"


class TimedGoods(Protocol):
    """Goods to check: a line of a basket, order or sale, or of a pending question."""

    @property
    def sku(self) -> str: ...
    @property
    def names(self) -> dict[str, str]: ...


class HoursFault(msgspec.Struct, frozen=True):
    """Why goods of a `kind` can't be sold at a moment, as a refusal. `by_law`: it can't be confirmed."""

    kind: Regulated
    sku: str
    code: str
    values: Mapping[str, str | int]
    by_law: bool


def require_hours(
    tx: Transaction, lines: Iterable[TimedGoods], settings: TillSettings, ask: Ask | None = None, at_us: int = 0
) -> None:
    """Raise `Refusal` for goods that can't be sold now, or at `at_us`.

    Without `ask`, problems that staff could confirm are ignored.
    """
    for fault in hours_faults(tx, lines, settings, at_us or tx.at_us):
        if fault.by_law:
            now = datetime.fromtimestamp((at_us or tx.at_us) / 1e6, tz=ZoneInfo(settings.zone))
            raise Refusal(fault.code, {**fault.values, "now": f"{now:%H:%M}"})
        if ask:
            ask(fault.code, fault.values)


def note_outside_hours(tx: Transaction, lines: Iterable[TimedGoods], settings: TillSettings) -> None:
    """Record in the journal that goods were sold outside the hours set by law or the shop, and by whom."""
    for fault in hours_faults(tx, lines, settings, tx.at_us):
        tx.append(SoldOutsideHours(fault.kind, fault.sku, fault.code))


def hours_faults(
    tx: Transaction, lines: Iterable[TimedGoods], settings: TillSettings, at_us: int
) -> Iterator[HoursFault]:
    """Faults for the first line of each kind that can't be sold at a moment. Usually there are none."""
    if not TIMED.of(tx):
        return
    kinds = [kind for kind in KINDS if has_hours(kind, settings.place) or _own(kind, settings)]
    if not kinds:
        return
    sold = {line.sku: line.names for line in lines if line.sku and not getattr(line, "voided", False)}
    known = _kinds_of(tx, sold)
    for kind in kinds:
        first = next((sku for sku in sold if kind in known[sku]), None)
        if first is not None and (found := fault_at(kind, settings, at_us)):
            code, by_law, values = found
            yield HoursFault(kind, first, code, {**name_values(sold[first]), **values}, by_law)


def fault_at(kind: Regulated, settings: TillSettings, at_us: int) -> tuple[str, bool, dict[str, str | int]] | None:
    """Why goods of a kind can't be sold at a moment; None if they can.

    Returns the text's code, whether the law alone forbids it, and values for the text such as the hours.
    """
    zone = ZoneInfo(settings.zone)
    days = days_about(zone, at_us)
    if not law_allows(kind, settings.place, zone, at_us):
        row, coming = hours_by_law(kind, settings.place, days[1]), next_hours(kind, settings.place, zone, at_us)
        assert row is not None and coming is not None, "a place with legal hours opens again within days"
        day, span = coming
        begin, end = str(span).split("-")
        values: dict[str, str | int] = {"from": begin, "until": end, "on": day.isoformat(), "by": row.source}
        return ("hours_by_leave", False, values) if row.by_leave else ("hours_by_law", True, values)
    own = _own(kind, settings)
    if own and not is_within([(day, read_span(own)) for day in days], zone, at_us):
        begin, end = own.split("-")
        return "hours_own", False, {"from": begin, "until": end}
    return None


def _own(kind: Regulated, settings: TillSettings) -> str:
    """The shop's own hours for a kind of goods; "" if it has none."""
    return settings.cannabis if kind == "cannabis" else ""


def _kinds_of(tx: Transaction, skus: Collection[str]) -> Mapping[str, frozenset[Regulated]]:
    known = _OF.of(tx)
    if unknown := [sku for sku in skus if sku not in known]:
        if len(known) + len(unknown) > KIND_CACHE:
            known.clear()
            unknown = list(skus)
        known |= dict.fromkeys(unknown, frozenset[Regulated]()) | _read_kinds(tx.db, unknown)
    return known


def _read_kinds(db: Connection, skus: list[str]) -> dict[str, frozenset[Regulated]]:
    found = read_products(db, skus)
    return {sku: frozenset(kinds_with_parts(db, product)) for sku, (_, product, _) in found.items()}
