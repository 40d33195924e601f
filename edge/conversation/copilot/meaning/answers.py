"""The answer to a meaning that is calculated here: its lines, and the rows behind each figure."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from edge.analytics.insight.rules import DaySpan, share
from edge.conversation.copilot.copilot_asking import Asking, ToolAnswer
from edge.conversation.copilot.meaning.answerable import of_each_receipt
from edge.conversation.copilot.meaning.figures import Reckoned, reckon
from edge.conversation.copilot.meaning.model import Meaning
from edge.conversation.copilot.meaning.telling import NO_BREAK, SAID, MeaningTeller
from edge.conversation.copilot.meaning.why import reasons
from edge.conversation.copilot.opened import opens_group, opens_total
from edge.core.registry import QuerySpec
from edge.core.storage.database import Connection
from edge.lib.units.dates import after

WEEK_DAYS = 7
ROWS_MOST = 400


def tell_figures(db: Connection, _: QuerySpec, ask: Asking) -> ToolAnswer:
    """The figures of a meaning, total and by group; compared with another period, or with the reasons for a change."""
    meaning, zone = ask.meaning, ZoneInfo(ask.zone)
    span = meaning.period or DaySpan(ask.day, ask.day)
    teller = MeaningTeller(db, ask.language, ask.currency)
    now = reckon(db, meaning, span, zone, ask.currency)
    beside = meaning.compare or (comparable(span) if meaning.show == "why" else None)
    before = reckon(db, meaning, beside, zone, ask.currency) if beside else None
    if meaning.show == "share":
        return _tell_share(db, ask, teller, span, now)
    lines = _lines(teller, meaning, now)
    if beside and before:
        lines.append(teller.say("before", days=teller.days(beside), amount=_whole(teller, meaning, before)))
        if now.value is not None and before.value is not None and not meaning.order:
            lines.append(teller.say("change", amount=_change(teller, meaning, now.value - before.value)))
    if beside and 10 * min(span.days, beside.days) < 9 * max(span.days, beside.days):
        lines.append(teller.say("lengths", n=span.days, m=beside.days))
    if meaning.show == "why" and beside:
        lines += reasons(db, teller, meaning, (span, beside), zone)
    figures: dict[str, Any] = {"value": now.value, "count": now.count, "minor": now.minor}
    if before:
        figures |= {"before": before.value, "before_count": before.count}
    figures["opens"] = opens_total(meaning, span)
    if beside:
        figures["before_opens"] = opens_total(meaning, beside)
    return ToolAnswer(figures, _rows(teller, meaning, span, now, before), tuple(lines))


def _tell_share(db: Connection, ask: Asking, teller: MeaningTeller, span: DaySpan, now: Reckoned) -> ToolAnswer:
    """Return the share that a meaning, and each of its groups, has of the measure's total."""
    meaning = ask.meaning
    plain = msgspec.structs.replace(meaning, by=(), filters={}, show="figures")
    whole = reckon(db, plain, span, ZoneInfo(ask.zone), ask.currency)
    opens = opens_total(plain, span)
    if not whole.value:
        return ToolAnswer({"value": None, "opens": opens}, [], (teller.say("nothing"),))
    of_all = teller.amount(plain, whole.value)

    def told(value: int) -> str:
        permille = share(value, whole.value or 0) or 0
        return teller.say("beside", what=f"{teller.tenths(permille)}{NO_BREAK}%", more=teller.amount(plain, value))

    groups = [f"{_group_label(teller, meaning, one.key)} {told(one.value or 0)}" for one in now.groups[:SAID]]
    lines = [teller.say("of_total", part=told(now.value or 0), whole=of_all)] if meaning.filters else []
    lines = lines or [teller.say("total", amount=of_all)]
    lines += ["; ".join(groups) + "."] if groups else []
    if len(now.groups) > SAID:
        lines.append(teller.say("further", n=len(now.groups) - SAID))
    rows = _rows(teller, meaning, span, now, None)
    rows = [row | {"shown": told(int(row["value"] or 0))} for row in rows]
    figures = {"value": share(now.value or 0, whole.value), "minor": now.minor, "whole": whole.value, "opens": opens}
    return ToolAnswer(figures, rows, tuple(lines))


def comparable(span: DaySpan) -> DaySpan:
    """The period to compare with: up to a week, the same weekdays a week earlier; otherwise the same length just
    before."""
    if span.days <= WEEK_DAYS:
        return DaySpan(after(span.first, -WEEK_DAYS), after(span.last, -WEEK_DAYS))
    return span.before


def _lines(teller: MeaningTeller, meaning: Meaning, now: Reckoned) -> list[str]:
    if meaning.order == "none":
        names = "; ".join(teller.label("product", one.key[0]) for one in now.groups[:SAID])
        return [teller.say("not_sold", n=now.value, names=names) if now.value else teller.say("all_sold")]
    if not now.facts or ((meaning.order or (meaning.bounds and meaning.by)) and not now.groups):
        return [teller.say("nothing")]
    lines = (
        []
        if meaning.order or (meaning.bounds and meaning.by)
        else [teller.say("total", amount=_whole(teller, meaning, now))]
    )
    if now.groups:
        shown = now.groups[: meaning.limit or SAID]
        told = [
            f"{_group_label(teller, meaning, one.key)} {teller.amount(meaning, one.value, one.count, one.minor)}"
            for one in shown
        ]
        lines.append("; ".join(told) + ".")
        if len(now.groups) > len(shown):
            lines.append(teller.say("further", n=len(now.groups) - len(shown)))
    return lines


def _whole(teller: MeaningTeller, meaning: Meaning, found: Reckoned) -> str:
    if not found.facts:
        return teller.say("none")
    told = teller.amount(meaning, found.value, found.count, found.minor)
    if of_each_receipt(meaning):
        return teller.say("beside", what=told, more=teller.amount(Meaning("sales"), found.minor))
    if meaning.measure == "waste" and meaning.product and found.quantity:
        more = teller.quantity_of(meaning.product, found.quantity)
        return teller.say("beside", what=told, more=more)  # "how many loaves did we throw out"
    return told


def _change(teller: MeaningTeller, meaning: Meaning, more: int) -> str:
    return ("+" if more > 0 else "") + teller.amount(meaning, more)


def _group_label(teller: MeaningTeller, meaning: Meaning, key: tuple[str, ...]) -> str:
    pairs = zip(meaning.by, key, strict=True)
    return ", ".join(teller.label(dimension, value) for dimension, value in pairs)


def _rows(
    teller: MeaningTeller, meaning: Meaning, span: DaySpan, now: Reckoned, before: Reckoned | None
) -> list[dict[str, Any]]:
    """A row per group with its dimensions' names, and the page where its figure opens."""
    dimensions = meaning.by or (("product",) if meaning.order == "none" else ())
    past = {one.key: one.value for one in before.groups} if before else {}
    rows: list[dict[str, Any]] = []
    for one in now.groups[:ROWS_MOST]:
        names = {of: teller.label(of, value) for of, value in zip(dimensions, one.key, strict=True)}
        row: dict[str, Any] = {**names, "value": one.value}
        row["shown"] = teller.amount(meaning, one.value, one.count, one.minor)
        row["opens"] = opens_group(meaning, span, dict(zip(dimensions, one.key, strict=True)))
        rows.append(row | ({"before": past.get(one.key)} if before else {}))
    return rows
