"""Facts behind figures: sums by day, product, person and other dimensions, read as a meaning requires."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from decimal import Decimal
from math import ceil, floor
from zoneinfo import ZoneInfo

import msgspec

from edge.analytics.insight.queries import FigureSums, hour_of, read_figure_rows
from edge.analytics.insight.rules import DaySpan
from edge.analytics.insight.waste import read_waste_by
from edge.conversation.copilot.meaning.answerable import TABLE, dimensions_of, of_each_receipt
from edge.conversation.copilot.meaning.model import NOT, OF_DAYS, AmountBound, Meaning, narrows
from edge.core.storage.database import Connection
from edge.counter.reports.queries import PaperColumn, read_day_sums, read_papers_by
from edge.counter.time_clock.queries import work_days
from edge.goods.catalog.categories.queries import places_of, skus_below
from edge.goods.purchasing.queries import read_bought
from edge.lib.regions.countries import first_weekday_at
from edge.lib.units.dates import days_through, week_of
from edge.lib.units.money import LIMIT_MINOR, exponent

_RECEIPTS = (("sales", 1), ("voids", -1), ("undone", 1))
_ADDED = {"receipts": _RECEIPTS, "average_basket": (*_RECEIPTS, ("apart", -1))}
"""The kinds of figures, with signs, that each of these measures is computed from; see insight's key figures."""
NO_CATEGORY = ""


class Fact(msgspec.Struct, frozen=True):
    """A sum and its values by dimension, such as day, product or person."""

    of: dict[str, str]
    sums: FigureSums


def facts_of(db: Connection, meaning: Meaning, span: DaySpan, zone: ZoneInfo, currency: str) -> Iterator[Fact]:
    """Return the facts of a period that a meaning requires, filtered. Only for meanings that `cannot_tell` accepts."""
    by_day = bool(set(OF_DAYS) & {*meaning.by, *map(narrows, meaning.filters)})
    skus = narrowed_skus(db, meaning)
    found = _read(db, meaning, span, by_day, zone, currency, skus)
    begins = first_weekday_at(zone.key)
    facts = [_with_days(fact, begins) if by_day else fact for fact in found]
    of_goods = {*meaning.by, *map(narrows, meaning.filters)}
    if "category" in meaning.by or "brand" in of_goods or "not_product" in meaning.filters:
        facts = list(_with_categories(db, facts))
    left_out = excluded_skus(db, meaning)
    for fact in facts:
        if skus is not None and fact.of.get("product") not in skus:
            continue
        if fact.of.get("product") in left_out:
            continue
        if all(_meets(fact, dimension, values) for dimension, values in meaning.filters.items()):
            yield fact


def narrowed_skus(db: Connection, meaning: Meaning) -> frozenset[str] | None:
    """The products a meaning is filtered to; None: all."""
    if not {"product", "category"} & set(meaning.filters):
        return None
    below = (sku for id in meaning.filters.get("category", ()) for sku in skus_below(db, id))
    return frozenset((*meaning.filters.get("product", ()), *below))


def excluded_skus(db: Connection, meaning: Meaning) -> frozenset[str]:
    """The products a meaning excludes."""
    found: list[str] = []
    for value in meaning.filters.get("not_product", ()):
        dimension, _, id = value.rpartition(":")
        found += skus_below(db, id) if dimension == "category" else [value]
    return frozenset(found)


def goods_meant(db: Connection, meaning: Meaning) -> Callable[[str], bool]:
    """A predicate for the products that a meaning includes."""
    wanted, left_out = narrowed_skus(db, meaning), excluded_skus(db, meaning)
    return lambda sku: (wanted is None or sku in wanted) and sku not in left_out


def totals_within(meaning: Meaning, currency: str) -> tuple[int, int]:
    """Return the lowest and highest receipt total, in minor units, that the bounds of a meaning allow."""
    least, most = 0, LIMIT_MINOR
    for bound in meaning.bounds:
        limit = bound_in_units(meaning, bound, currency)
        match bound.kind:
            case "over":
                least = max(least, floor(limit) + 1)
            case "least":
                least = max(least, ceil(limit))
            case "under":
                most = min(most, ceil(limit) - 1)
            case "most":
                most = min(most, floor(limit))
    return least, most


def bound_in_units(meaning: Meaning, bound: AmountBound, currency: str) -> Decimal:
    """A bound's number in the unit of the measure that it limits."""
    unit = "minor" if bound.each else TABLE[meaning.measure].unit
    scale: int = {"minor": 10 ** exponent(currency), "thousandths": 1000, "permille": 10, "minutes": 60}.get(unit, 1)
    return Decimal(bound.number) * scale


def _meets(fact: Fact, dimension: str, values: Sequence[str]) -> bool:
    if narrows(dimension) in ("product", "category"):
        return True  # filtered by product instead
    if dimension.startswith(NOT):
        return not _meets(fact, narrows(dimension), values)
    if dimension == "hour":
        return is_in_hours(int(fact.of["hour"]), values)
    if dimension == "brand":
        return fact.of.get("brand", "").casefold() in {one.casefold() for one in values}
    return fact.of.get(dimension) in values


def is_in_hours(hour: int, spans: Iterable[str]) -> bool:
    """Whether an hour of the day is in one of these spans, which may cross midnight.

    >>> is_in_hours(18, ["9-12", "17-19"]), is_in_hours(19, ["17-19"]), is_in_hours(1, ["18-5"])
    (True, False, True)
    """
    ends = [tuple(map(int, span.split("-"))) for span in spans]
    return any(first <= hour < last or (last < first and not last <= hour < first) for first, last in ends)


def _read(
    db: Connection,
    meaning: Meaning,
    span: DaySpan,
    by_day: bool,
    zone: ZoneInfo,
    currency: str,
    skus: frozenset[str] | None,
) -> Iterator[Fact]:
    dimensions = dimensions_of(meaning)
    measure = meaning.measure
    if of_each_receipt(meaning):
        totals = totals_within(meaning, currency)
        return _papers(db, dimensions, span, by_day, zone, skus, totals)
    if measure in ("discounts", "tips", "tax") and dimensions != ("promotion",):
        return _of_day_sums(db, measure, dimensions, span)
    if measure == "purchases":
        return _purchase_facts(db, span, currency)
    if measure == "hours":
        return _work_facts(db, span)
    known = TABLE[measure]
    plain = len(dimensions) < 2 and (dimensions[0] if dimensions else "") in known.kinds
    if not plain:
        return _waste_facts(db, span, zone) if measure == "waste" else _papers(db, dimensions, span, by_day, zone, skus)
    dimension = dimensions[0] if dimensions else ""
    if measure in _ADDED:
        return _receipt_facts(db, measure, dimension, span, by_day)
    rows = read_figure_rows(db, known.kinds[dimension], span, by_day, sorted(skus or ()) if skus is not None else ())
    key_of = dimension or ("product" if measure == "quantity" else "")
    return (Fact(_dimension_values(row.day, key_of, row.key, zone), row.sums) for row in rows)


def _dimension_values(day: str, dimension: str, key: str, zone: ZoneInfo) -> dict[str, str]:
    value = f"{hour_of(key, zone):02}" if dimension == "hour" else key
    return {"day": day} | ({dimension: value} if dimension else {})


def _receipt_facts(db: Connection, measure: str, dimension: str, span: DaySpan, by_day: bool) -> Iterator[Fact]:
    """Receipts: sales less their voids; averages leave out receipts without revenue."""
    prefix = "place_" if dimension == "place" else ""
    for kind, sign in _ADDED[measure]:
        for row in read_figure_rows(db, f"{prefix}{kind}", span, by_day):
            of = {"day": row.day} | ({"place": row.key} if dimension == "place" else {})
            minor = -row.sums.minor if kind in ("undone", "apart") else row.sums.minor
            yield Fact(of, FigureSums(row.sums.rows, sign * row.sums.count, 0, minor))


def _papers(
    db: Connection,
    dimensions: Sequence[str],
    span: DaySpan,
    by_day: bool,
    zone: ZoneInfo,
    skus: frozenset[str] | None,
    totals: tuple[int, int] | None = None,
) -> Iterator[Fact]:
    """Yield facts by two dimensions at once, or of receipts with totals within limits, receipt by receipt."""
    columns: list[PaperColumn] = ["day"] if by_day else []
    names: list[str] = ["day"] if by_day else []
    for dimension in dimensions:
        names.append(dimension)
        match dimension:
            case "hour":
                columns.append("quarter")
            case "register" | "person" | "product":
                columns.append(dimension)
    for row in read_papers_by(db, span.first, span.last, columns, sorted(skus) if skus else (), totals):
        of = dict(zip(names, row.values, strict=True))
        if "hour" in of:
            of["hour"] = f"{hour_of(of['hour'], zone):02}"
        yield Fact(of, FigureSums(1, row.count, row.quantity, row.minor))


def _of_day_sums(db: Connection, measure: str, dimensions: Sequence[str], span: DaySpan) -> Iterator[Fact]:
    """Tips, taxes and discounts from the daily reports."""
    dimension = dimensions[0] if dimensions else ""
    for day in days_through(span.first, span.last):
        sums = read_day_sums(db, day)
        parts: dict[str, int] = {}
        if measure == "tax":
            for tax in sums.taxes:
                parts[f"{tax.name} {tax.rate / 1000:g} %"] = tax.tax_minor
        elif measure == "tips":
            mine = {who: sum(by.values()) for who, by in sums.tips_to.items()}
            parts = mine if dimension == "person" else sums.tips
        elif dimension == "person":
            parts = {who: given.minor for who, given in sums.givers.items()}
        elif dimension == "reason":
            parts = {why: given.minor for why, given in sums.given.items()}
        else:
            parts = {"": sums.discount_minor + sum(given.minor for given in sums.given.values())}
        for key, minor in parts.items():
            yield Fact({"day": day} | ({dimension: key} if dimension else {}), FigureSums(1, 0, 0, minor))


def _waste_facts(db: Connection, span: DaySpan, zone: ZoneInfo) -> Iterator[Fact]:
    for one in read_waste_by(db, span):
        of = {"day": one.day, "product": one.sku, "reason": one.reason, "place": one.place, "person": one.person}
        of["hour"] = f"{hour_of(str(one.quarter), zone):02}"
        yield Fact(of, FigureSums(1, one.moves, one.quantity, one.cost_minor))


def _purchase_facts(db: Connection, span: DaySpan, currency: str) -> Iterator[Fact]:
    for one in read_bought(db, span.first, span.last):
        if one.currency in ("", currency):
            of = {"day": one.business_date, "supplier": one.supplier, "product": one.sku, "place": one.location}
            yield Fact(of, FigureSums(1, 1, one.quantity, one.cost_minor))


def _work_facts(db: Connection, span: DaySpan) -> Iterator[Fact]:
    for one in work_days(db, span.first, span.last):
        yield Fact({"day": one.day, "person": one.person}, FigureSums(1, one.worked_min))


def _with_days(fact: Fact, first_weekday: int) -> Fact:
    return msgspec.structs.replace(fact, of=fact.of | days_of_day(fact.of["day"], first_weekday))


def days_of_day(text: str, first_weekday: int) -> dict[str, str]:
    """The week (by its first day), month and weekday of a day (ISO 8601)."""
    day = date.fromisoformat(text)
    week = week_of(day, first_weekday)[0].isoformat()
    return {"week": week, "month": text[:7], "weekday": str(day.weekday())}


def _with_categories(db: Connection, facts: Sequence[Fact]) -> Iterator[Fact]:
    places = places_of(db, {fact.of["product"] for fact in facts if "product" in fact.of})
    for fact in facts:
        place = places.get(fact.of.get("product", ""))
        category = place.categories[0] if place and place.categories else NO_CATEGORY
        brand = (place.brand if place else "") or ""
        yield msgspec.structs.replace(fact, of={**fact.of, "category": category, "brand": brand})
