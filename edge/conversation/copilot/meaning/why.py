"""Reasons for a change in a figure: its largest parts, and differences in the shop."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import msgspec

from edge.analytics.forecast.history.demand_days import products_without_goods
from edge.analytics.insight.queries import read_figure_rows
from edge.analytics.insight.rules import DaySpan
from edge.conversation.copilot.meaning.answerable import TABLE, cannot_tell
from edge.conversation.copilot.meaning.figures import reckon
from edge.conversation.copilot.meaning.model import Meaning
from edge.conversation.copilot.meaning.telling import MeaningTeller
from edge.core.storage.database import Connection

PARTS = 3
APART_BY = ("product", "hour", "reason")
NAMED = 3
Spans = tuple[DaySpan, DaySpan]


def reasons(db: Connection, teller: MeaningTeller, meaning: Meaning, spans: Spans, zone: ZoneInfo) -> list[str]:
    """The three largest parts of a difference, products out of stock, hours without sales, promotions in one period
    only. If there are none, the answer says so."""
    lines = [*_parts(db, teller, meaning, spans, zone), *_lacking(db, teller, spans), *_promotions(db, teller, spans)]
    if meaning.measure in ("sales", "quantity", "receipts"):
        lines += _hours(db, teller, spans, zone)
    return lines or [teller.say("no_reason")]


def _parts(db: Connection, teller: MeaningTeller, meaning: Meaning, spans: Spans, zone: ZoneInfo) -> list[str]:
    if TABLE[meaning.measure].unit == "permille" or meaning.measure == "average_basket":
        return []  # parts of a ratio don't add up
    found: list[tuple[int, str, str]] = []
    plain = msgspec.structs.replace(meaning, order="", limit=0, compare=None)
    totals = [
        reckon(db, msgspec.structs.replace(plain, by=()), span, zone, teller.currency).value or 0 for span in spans
    ]
    more = totals[0] - totals[1]
    for dimension in APART_BY:
        by = msgspec.structs.replace(plain, by=(dimension,))
        if cannot_tell(by) is not None or dimension in meaning.filters:
            continue
        now, before = (
            {one.key[0]: one.value or 0 for one in reckon(db, by, span, zone, teller.currency).groups} for span in spans
        )
        for key in now.keys() | before.keys():
            change = now.get(key, 0) - before.get(key, 0)
            if change * more > 0:
                found.append((change, dimension, key))
    found.sort(key=lambda one: (-abs(one[0]), one[1:]))
    told = [
        f"{teller.label(dimension, key)} {'+' if change > 0 else ''}{teller.amount(plain, change)}"
        for change, dimension, key in found[:PARTS]
    ]
    return [teller.say("parts", parts="; ".join(told))] if told else []


def _lacking(db: Connection, teller: MeaningTeller, spans: Spans) -> list[str]:
    now, before = ({sku for sku, *_ in products_without_goods(db, one.first, one.last)} for one in spans)
    names = [teller.label("product", sku) for sku in sorted(now - before)[:NAMED]]
    return [teller.say("lacking", names="; ".join(names))] if names else []


def _promotions(db: Connection, teller: MeaningTeller, spans: Spans) -> list[str]:
    now, before = ({row.key for row in read_figure_rows(db, "promotion", one) if row.key} for one in spans)
    lines = []
    for key, only in (("promotions_now", now - before), ("promotions_before", before - now)):
        if only:
            names = [teller.label("promotion", one) for one in sorted(only)[:NAMED]]
            lines.append(teller.say(key, names="; ".join(names)))
    return lines


def _hours(db: Connection, teller: MeaningTeller, spans: Spans, zone: ZoneInfo) -> list[str]:
    """Hours with sales in the earlier period but none now."""
    sales = Meaning("sales", ("hour",))
    now, before = (
        {one.key[0] for one in reckon(db, sales, span, zone, teller.currency).groups if one.value} for span in spans
    )
    gone = sorted(before - now)
    return [teller.say("hours_without", hours=", ".join(f"{one}:00" for one in gone))] if gone and now else []
