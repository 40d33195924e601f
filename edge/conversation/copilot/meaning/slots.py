"""Combine a question's pieces into measure, dimensions, filters and times. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from types import MappingProxyType
from typing import NamedTuple

import msgspec

from edge.analytics.insight.rules import DaySpan
from edge.conversation.copilot.meaning.answerable import TABLE
from edge.conversation.copilot.meaning.model import (
    AHEAD,
    NOT,
    OF_DAYS,
    OF_NOW,
    OF_TILL,
    AmountBound,
    Meaning,
    narrows,
)
from edge.conversation.copilot.meaning.pieces import SaidPieces, SentencePiece
from edge.conversation.copilot.meaning.times import FORWARD, FUTURE_TIMES, USUAL_WEEK, Week, days_of, hours_of
from edge.conversation.copilot.meaning.vocabulary import SaidTime
from edge.lib.units.dates import after

WEAK = ("price", "quantity", "stock", "sales", "receipts", "low")
"""Measures that only qualify another one when both are named ("discounts on sales")."""
LIMIT_MOST = 100
LONG = {"margin": 30, "shrinkage": 30, "stockouts": 30, "purchases": 30}
"""Default periods in days of measures for which a shorter period says little."""
FORECAST_DAYS = 7
WEEKS_OF_YEAR = 364
"""Days between a date and the same weekday a year earlier."""
WEEKDAYS_OF = 28
"""Default period in days for "on Fridays" and "the busiest hour"."""
BESIDE = MappingProxyType(
    {f"last_{one}": f"this_{one}" for one in ("week", "month", "quarter", "year")}
    | dict.fromkeys(("month", "month_year", "month_gone"), "this_month")
)
"""The period asked about if only the one to compare with (the key) is stated, as in "are we up on last month"."""
WHEN = frozenset({"day", "weekday", "hour"})
"""Dimensions that answer "when is most ..."; a single day doesn't."""
_NOW_ALONE = OF_NOW - {
    *("cash_difference", "expiring", "deliveries", "orders", "alerts", "statement", "movements", "cover_days")
}
_APART = (*OF_TILL, "waste", "purchases", "hours", "shrinkage", "stockouts")
OF_PEOPLE = frozenset({"sales", "quantity", "refunds", "voids", "discounts", "tips", "waste", "hours", "receipts"})
"""Measures for which "who ..." asks for the person with the highest figure."""
COMPARABLE = (
    *(
        "product",
        "category",
        "tender",
        "person",
        "place",
        "register",
        "reason",
        "supplier",
        "promotion",
        "weekday",
        "hour",
    ),
)
"""Dimensions whose values are compared with each other if a question names two."""
OF_WORK_ORDERS = frozenset({"blocked", "planned", "in_progress"})
"""States that only work orders have."""
OF_BUYERS = frozenset({"receipts", "purchases"})
"""Measures that "how many customers bought" matches: customers are meant, not suppliers."""
OF_ARRIVALS = frozenset({"deliveries", "forecast"})
"""Measures that "deliveries expected tomorrow" matches: incoming goods are meant, not a sales forecast."""
OF_PAPERS = frozenset({"receipts", "movements"})
"""Measures that "receipts that Yael issued" matches: sales are meant, not stock movements."""
SOLD_THEMSELVES = frozenset({"voucher", "gift_card"})
IDLE_ALWAYS = frozenset({"hour", "weekday", "supplier"})
IDLE_NEVER = frozenset({"product", "day", "tender"})
OF_LASTING = frozenset({"risk", "cover_days"})
OF_PRICES = frozenset({"price", "supplier_price"})
BESIDE_SOLD = frozenset({"price", "stock", "low", "forecast", "to_order", *OF_LASTING})
"""With these measures, and those of tills, the word "sold" adds no meaning."""
NO_PERIOD = frozenset({"now", "every_weekday", "every_weekend", "every_workday"})
_PAIR = 2
THAN = "מ"
RELATIVE = frozenset({"before", "week_before"})
"""Periods that are relative to another period of the question."""
_WEEKDAY = ("weekday", "this_weekday")
_EVERY = ("every_weekday", "every_weekend", "every_workday")
_LATE = {"hours": "hours_pm", "after_hour": "after_hour_pm", "before_hour": "before_hour_pm"}
"""Keys of clock times, and the keys to use instead if the afternoon or evening is meant."""
_FILTERS = {"tenders": "tender", "reasons": "reason", "statuses": "status"}


class SaidMeaning(NamedTuple):
    """A question's own meaning, before any follow-up is applied.

    `extra`: positions of unused words. `measures`: all measures, if the question names several. `has_period`: days were
    stated. `ahead`: those days are in the future. `no_days`: positions of dates that don't exist.
    """

    meaning: Meaning
    extra: tuple[int, ...] = ()
    measures: tuple[str, ...] = ()
    has_period: bool = False
    ahead: bool = False
    no_days: tuple[int, ...] = ()


class _Times(NamedTuple):
    period: SaidTime | None
    compare: SaidTime | None
    hours: tuple[str, ...]
    weekdays: tuple[str, ...]
    extra: tuple[int, ...]
    is_part: bool = False


def meaning_of(said: SaidPieces, today: str, week: Week = USUAL_WEEK) -> SaidMeaning:
    """Return the meaning of a question asked on a business day (ISO 8601)."""
    filters = _filters(said)
    without = _times_left_out(said, week)
    filters |= without.filters
    times = _times(without.rest, week)
    measure, several = _measure(said, filters)
    measure = _gone_by(said, measure, times.period, "product" in filters)
    ahead = measure in AHEAD or bool(times.period and times.period.key in FORWARD)
    if ahead and measure in ("sales", "quantity"):
        measure = "forecast"
    beside = BESIDE.get(times.compare.key) if times.compare else None
    asked = times.period or (SaidTime(beside) if beside else None)
    period = days_of(asked, today, ahead, week) if asked else None
    if period and times.period and times.period.key == "weekend" and not ahead and period.first > today:
        period = DaySpan(after(period.first, -7), after(period.last, -7))  # last weekend, not the coming one
    if measure == "expiring" and period and period.last < today and "reason" not in filters:
        measure, filters = "waste", {**filters, "reason": ("expired",)}  # goods already expired are found as waste
    extra = [
        *times.extra,
        *without.extra,
        *_measure_left_out(said),
        *_unapplied_places(said, measure, "reason" in filters),
    ]
    compare = days_of(times.compare, today, False, week) if times.compare else None
    days = ((times.period, period), (times.compare, compare))
    lost = [said_time for said_time, span in days if said_time and span is None and said_time.key not in RELATIVE]
    no_days = _places([piece for piece in said.of("times") if piece.time in lost])
    if compare and compare == period and period.days == 1:  # "this Monday", said on another day, and "last Monday"
        earlier = DaySpan(after(period.first, -7), after(period.last, -7))
        said_last = times.compare is not None and times.compare.key != "this_weekday"
        period, compare = (period, earlier) if said_last else (earlier, compare)
    if compare and period and times.compare and times.compare.key == "same_day_last_week":
        compare = DaySpan(after(period.first, -7), after(period.last, -7))  # a week before the days asked about
    if times.hours:
        filters["hour"] = times.hours
    if times.weekdays:
        filters["weekday"] = times.weekdays
    order, limit, numbers = _order(said)
    extra += numbers
    bounds, unbound = _bounds(said, measure)
    extra += unbound
    by = _told_apart(_by(said, measure, order, filters, bool(bounds)), measure, filters)
    if bounds and measure in ("sales", "receipts") and not by:
        measure, bounds = "receipts", tuple(msgspec.structs.replace(one, each=True) for one in bounds)
    elif bounds and _counts_or_sums(said, measure):
        several = ("sales", "quantity")
    if asked is None:
        of_days = bool(bounds) and bool({*by} & {*OF_DAYS, "hour"})
        when = order in ("most", "least") and len(by) == 1 and by[0] in WHEN
        by = ("weekday",) if when and by == ("day",) else by
        long = when or of_days or times.weekdays or "not_weekday" in filters
        today_alone = times.is_part and not long and measure not in OF_NOW
        period = DaySpan(today, today) if today_alone else _usual(measure, order, today, WEEKDAYS_OF if long else 1)
    elif measure in _NOW_ALONE and period and period.first <= today <= period.last:
        period = None
    extra += _idle_nouns(said, measure, (*by, *map(narrows, filters)))
    if times.compare and times.compare.key == "before" and period:
        compare = period.before
    if times.compare and times.compare.key == "week_before" and period:
        compare = period.before if period.days > 1 else DaySpan(after(period.first, -7), after(period.last, -7))
    if times.compare and times.compare.key == "same_last_year" and period:
        compare = DaySpan(after(period.first, -WEEKS_OF_YEAR), after(period.last, -WEEKS_OF_YEAR))
    drifts = _drifts(said)
    if drifts and (measure in OF_PRICES or (_nouns(said, False) and not by)):
        extra += drifts  # price changes aren't reported, nor which products rose or fell
    elif drifts and period and compare is None and not (by or order or _show(said) == "why") and _has_past(measure):
        compare = period.before  # "did sales go up this week"
    compare = None if compare == period else compare  # "où en est-on aujourd'hui" compares nothing
    if measure in ("alerts", "orders") and "open" in filters.get("status", ()):
        rest = tuple(one for one in filters.pop("status") if one != "open")  # only open ones are reported anyway
        filters |= {"status": rest} if rest else {}
    meaning = Meaning(measure, by, filters, period, compare, order, limit, _show(said), bounds=bounds)
    return SaidMeaning(meaning, tuple(extra), several, times.period is not None, ahead, no_days)


def _bounds(said: SaidPieces, measure: str) -> tuple[tuple[AmountBound, ...], tuple[int, ...]]:
    """Return the amounts that limit figures ("more than 500"), and the positions of amounts that don't.

    Those count something else, such as days. "Receipts over 500" compares each receipt; "days with more than 20
    receipts" compares their number.
    """
    found: list[AmountBound] = []
    unbound: tuple[int, ...] = ()
    for piece in said.of("bounds"):
        behind = next((one for one in said.pieces if one.begin == piece.end), None)
        of_days = behind is not None and (behind.is_a("dimensions") or behind.is_a("fused"))
        if of_days or (behind is not None and behind.name is not None):
            unbound += _places([piece])
            continue
        of_it = measure == "receipts" and not (behind and behind.key("measures") == "receipts")
        kind = piece.key("bounds")
        found.append(AmountBound(kind, str(piece.values("bounds")[0]), each=of_it))  # type: ignore[arg-type]
    if measure != "margin":
        unbound += _places(list(said.of("percent")))
    return tuple(found), unbound


def _counts_or_sums(said: SaidPieces, measure: str) -> bool:
    """Whether "sold more than 500" could mean money or pieces, because the question names neither."""
    named = said.has("measures") or said.has("currency") or said.has("units") or said.has("money")
    return measure in ("sales", "quantity") and said.has("sold") and not named


def _gone_by(said: SaidPieces, measure: str, time: SaidTime | None, one: bool) -> str:
    """Return the measure for goods running out by a future day: days of cover, or risk if `one` product is named."""
    if measure == "low" and one and said.has("when"):
        return "risk"  # "when does the gin run out"
    if not time or time.key not in FUTURE_TIMES:
        return measure
    enough = measure == "stock" and (said.has("enough") or (said.has("left") and time.key == "until"))
    return "cover_days" if enough or measure in ("risk", "low") else measure


def _measure(said: SaidPieces, filters: dict[str, tuple[str, ...]]) -> tuple[str, tuple[str, ...]]:
    """The measure; if the question names several, all of them."""
    asked = list(said.of("measures"))
    if len(_keys(asked)) > 1:
        asked = [piece for piece in asked if not _may_be_else(piece)] or asked
    keys = _keys(asked)
    if set(keys) == OF_BUYERS:
        keys = ["receipts"]
    if set(keys) == OF_ARRIVALS:
        keys = ["deliveries"]
    if set(keys) == OF_PAPERS:
        keys = ["receipts"]
    if len(keys) > 1:
        keys = [key for key in keys if key not in WEAK] or keys[:1]
    if len(keys) > 1:
        return keys[0], tuple(keys)
    goods = bool({"product", "category"} & set(filters))
    key = keys[0] if keys else ""
    sold, counts = said.has("sold"), said.has("count") or said.has("how_much")
    of_goods = sold and key in ("", "stock") and goods and not said.has("money")
    if said.has("units") and said.has("bounds") and sold and not key:
        return "quantity", ()
    if said.has("order", "none") or (of_goods and (counts or not said.has("order"))):
        return "quantity", ()
    if said.has("order", "latest") and key in ("", "sales", "receipts"):
        return "receipts", ()
    if key == "receipts" and goods and said.has("sold"):
        return "quantity", ()
    if not key:
        key = _unsaid(said, filters, sold)
    return key, ()


def _unsaid(said: SaidPieces, filters: dict[str, tuple[str, ...]], sold: bool) -> str:
    """The measure of a question that doesn't name one."""
    counted = said.has("count") and not said.has("order") and filters.get("product")
    if sold or said.has("order"):
        return "quantity" if counted and sold else "sales"
    if "reason" in filters:
        return "waste"
    if "status" in filters:
        return "work" if OF_WORK_ORDERS & set(filters["status"]) else "orders"
    if ("tender" in filters or said.has("compare")) and not said.has("left"):
        return "sales"
    goods = "product" in filters or "category" in filters
    if goods and not said.has("left") and any(piece.key("times") not in ("now", "today") for piece in said.of("times")):
        return "quantity" if counted else "sales"  # "how many bagels went yesterday", "beer and wine last week"
    counts = said.has("count") or said.has("how_much")
    return "stock" if "product" in filters or said.has("left") or (goods and counts) else ""


def _keys(pieces: list[SentencePiece]) -> list[str]:
    return list(dict.fromkeys(piece.key("measures") for piece in pieces))


def _may_be_else(piece: SentencePiece) -> bool:
    return any(piece.is_a(kind) for kind in ("dimensions", "order", "drift", "reasons", "tenders", "little", "sold"))


def _filters(said: SaidPieces) -> dict[str, tuple[str, ...]]:
    """Return the filters by dimension: names, tenders, reasons, states and registers. Those after "without" exclude."""
    found: dict[str, list[str]] = {}
    left_out = _left_out(said)
    for piece in said.pieces:
        dimension, value = _narrowing_of(said, piece)
        if dimension and piece in left_out:
            if dimension == "category":
                dimension, value = "product", f"category:{value}"
            dimension = f"{NOT}{dimension}"
        if dimension:
            found.setdefault(dimension, []).append(value)
    return {dimension: tuple(dict.fromkeys(values)) for dimension, values in found.items()}


def _narrowing_of(said: SaidPieces, piece: SentencePiece) -> tuple[str, str]:
    """The dimension and value a piece filters by; "" if it doesn't."""
    if piece.name:
        return piece.name.dimension, piece.name.id
    if piece.is_a("registers"):
        return "register", str(piece.values("registers")[0])
    if not piece.is_a("measures") or piece.is_a("tenders") or said.has("measures", "waste"):
        for kind, dimension in _FILTERS.items():
            if key := piece.key(kind):
                return dimension, key
    return "", ""


def _left_out(said: SaidPieces) -> list[SentencePiece]:
    """The pieces after "without", with those joined by "and"."""
    found: list[SentencePiece] = []
    for piece in said.of("follow"):
        if piece.key("follow") == "without":
            at: SentencePiece | None = piece
            while at and (left := said.next_to(at)) and (_narrowing_of(said, left)[0] or left.is_a("times")):
                found.append(left)
                at = said.behind(left, "joiners")
    return found


def _measure_left_out(said: SaidPieces) -> list[int]:
    """Return the positions of a measure after "without" ("sales excluding VAT").

    No figure can exclude a measure, so the question isn't answered.
    """
    left = (said.behind(piece, "measures") for piece in said.of("follow") if piece.key("follow") == "without")
    return [at for piece in left if piece for at in range(piece.begin, piece.end)]


class _TimesLeftOut(NamedTuple):
    """Filters that exclude times, the `rest` of the pieces, and the positions of times that can't be excluded."""

    filters: dict[str, tuple[str, ...]]
    rest: SaidPieces
    extra: tuple[int, ...]


def _times_left_out(said: SaidPieces, week: Week) -> _TimesLeftOut:
    """Split off the times after "without": weekdays and hours become filters; others can't be excluded."""
    found: dict[str, tuple[str, ...]] = {}
    extra: tuple[int, ...] = ()
    left_out = [piece for piece in _left_out(said) if piece.time]
    for piece in left_out:
        key, hours = piece.key("times"), hours_of(piece.time) if piece.time else ""
        if key in (*_WEEKDAY, *_EVERY, "weekend"):
            found["not_weekday"] = (*found.get("not_weekday", ()), *_weekdays([piece], week))
        elif hours:
            found["not_hour"] = (*found.get("not_hour", ()), hours)
        else:
            extra += _places([piece])
    rest = tuple(piece for piece in said.pieces if piece not in left_out)
    return _TimesLeftOut(found, msgspec.structs.replace(said, pieces=rest), extra)


def _times(said: SaidPieces, week: Week) -> _Times:
    """Split the periods of a question into the one asked about and the one to compare with."""
    times = [piece for piece in said.of("times") if piece.key("times") != "now"]
    compared = [one for piece in said.of("compare") if (one := said.behind(piece, "times"))]
    hours = [piece for piece in times if piece.time and hours_of(piece.time)]
    every = [piece for piece in times if piece.key("times") in _EVERY]
    groups = [piece for piece in every if piece.key("times") != "every_weekday"]
    groups += [piece for piece in said.of("dimensions") if groups and piece.key("dimensions") == "weekday"]
    if len(groups) > 1:
        return _Times(None, None, (), (), _places(groups))  # "weekdays against weekends": two totals can't be answered
    is_part = any(piece.key("times") == "part" for piece in hours)
    of_days = [piece for piece in hours if piece.key("times") == "last_night"]
    rest = [piece for piece in times if piece not in (*compared, *hours, *every) or piece in of_days]
    if said.has("compare") and not compared and rest:
        if rest[0].key("times") == "range":  # "compare this week to last week"
            first, last = (value for value in rest[0].values("times")[:2] if isinstance(value, SaidTime))
            return _Times(first, last, _hours(hours), _weekdays(every, week), _places(rest[1:]), is_part)
        compared, rest = rest[1:2], [*rest[:1], *rest[2:]]
    if compared and not rest and said.has("show", "why") and any(map(_ends_in_on, said.of("compare"))):
        compared, rest = [], compared  # "why were we down on Saturday"
    if not compared and len(rest) == 1 and _drifts(said) and _says_than(rest[0]):
        compared, rest = rest, []  # "יותר מחודש שעבר": more than last month
    begins = next((piece for piece in said.of("compare") if piece.end - piece.begin == 1), None)
    leads = begins and rest and begins.end <= rest[0].begin  # unlike in "this week against last week"
    if begins and leads and len(compared) == 1 and said.behind(begins, "times") == compared[0]:
        compared, rest = rest[:1], [*compared, *rest[1:]]  # "compare this week with last week"
    days: list[SentencePiece] = []
    single = [piece for piece in rest if piece.key("times") in _WEEKDAY]
    ranked = said.has("order") and len(single) > 1  # "Monday or Tuesday, which was better"
    if len(rest) == 2 and not compared and not ranked and _are_joined(said, *rest):
        compared, rest = rest[1:], rest[:1]  # "sales this week, and last week's"
    elif single and (every or (len(single) > 1 and not compared)) and len(single) == len(rest):
        period = None if every else SaidTime("seven_days")  # each of these days once
        return _Times(period, None, _hours(hours), _weekdays([*every, *single], week), _places(compared), is_part)
    if len(rest) > 1:
        days = [piece for piece in rest if piece.key("times") in _WEEKDAY]
        rest = [piece for piece in rest if piece not in days] or days[:1]
        days = [piece for piece in days if piece not in rest]
    if days and compared and compared[0].key("times") in _WEEKDAY:
        days, compared = [*days, *compared[:1]], compared[1:]  # "of the weekend, Saturday against Sunday"
    return _Times(
        rest[0].time if rest else None,
        compared[0].time if compared else None,
        _hours(hours),
        _weekdays([*every, *days], week),
        _places([*rest[1:], *compared[1:]]),
        is_part,
    )


def _says_than(piece: SentencePiece) -> bool:
    """Whether a time has the Hebrew prefix for "than" (also "from")."""
    return any(one.entry.kind == "times" and one.entry.pattern[0].startswith(THAN) for one in piece.matches)


def _ends_in_on(piece: SentencePiece) -> bool:
    """Whether a comparing phrase could also be a direction followed by the "on" of a day: "down on Saturday"."""
    return piece.is_a("compare") and any(one.entry.pattern[-1:] == ("on",) for one in piece.matches)


def _are_joined(said: SaidPieces, one: SentencePiece, other: SentencePiece) -> bool:
    """Whether two times are joined by "and", so that each is its own period."""
    return any(one.end <= piece.begin < other.begin for piece in said.of("joiners"))


def listed_times(said: SaidPieces) -> list[SentencePiece]:
    """Return three or more periods listed in a row, each asked about: "yesterday, the day before and last Monday"."""
    if said.has("compare") or said.has("order"):
        return []
    kept = (one for one in said.of("times") if one.key("times") not in NO_PERIOD)
    times = [one for one in kept if one.time and not hours_of(one.time)]
    if len(times) <= _PAIR or all(one.key("times") in _WEEKDAY for one in times):
        return []
    return (
        times if all(said.next_to(one) == other or _joins(said, one, other) for one, other in pairwise(times)) else []
    )


def _joins(said: SaidPieces, one: SentencePiece, other: SentencePiece) -> bool:
    joiner = said.behind(one, "joiners")
    return joiner is not None and said.next_to(joiner) == other


def _hours(pieces: Sequence[SentencePiece]) -> tuple[str, ...]:
    """Return the hours of the day.

    Next to a clock time, a part of the day only selects morning or evening ("between 5 and 7 this evening").
    """
    parts = [piece for piece in pieces if piece.key("times") in ("part", "last_night")]
    clock = [time for piece in pieces if piece not in parts and (time := piece.time)]
    if not clock or not parts:
        return tuple(hours_of(time) for piece in pieces if (time := piece.time))
    late = any(piece.time and hours_of(piece.time).startswith(("12-24", "12-18", "18-")) for piece in parts)
    return tuple(hours_of(time._replace(key=_LATE.get(time.key, time.key)) if late else time) for time in clock)


def _weekdays(pieces: Sequence[SentencePiece], week: Week) -> tuple[str, ...]:
    groups = {"weekend": week.weekend, "every_weekend": week.weekend, "every_workday": week.workdays}
    said = (groups.get(piece.key("times")) or piece.values("times")[:1] for piece in pieces)
    return tuple(dict.fromkeys(str(day) for days in said for day in days))


def _places(pieces: Sequence[SentencePiece]) -> tuple[int, ...]:
    return tuple(at for piece in pieces for at in range(piece.begin, piece.end))


def _unapplied_places(said: SaidPieces, measure: str, reason: bool) -> Iterator[int]:
    """Yield the positions of words that no answer can apply, so that they are reported.

    `reason`: words after "because" are applied.
    """
    if said.has("sold") and said.has("count"):
        vouchers = [piece for piece in said.of("tenders") if piece.key("tenders") in SOLD_THEMSELVES]
        yield from _places(vouchers)  # "how many gift cards did we sell" doesn't ask for payments by gift card
    kinds = ["unapplied"] if measure in OF_LASTING else ["unapplied", "echo"]
    if measure not in (*OF_TILL, *BESIDE_SOLD, ""):
        kinds.append("sold")
    if not (reason or said.has("show", "why")):
        kinds.append("because")
    for piece in said.pieces:
        if piece.matches and piece.matches[0].entry.kind in kinds:
            yield from range(piece.begin, piece.end)


def _idle_nouns(said: SaidPieces, measure: str, used: Sequence[str]) -> Iterator[int]:
    """Yield the positions of dimensions that change the question ("on weekdays") but that the measure can't use.

    Words that the measure implies anyway are left out.
    """
    can = TABLE[measure].dimensions if measure in TABLE else ()
    for piece in said.of("dimensions"):
        key = piece.key("dimensions")
        is_noun = piece.matches[0].entry.kind in ("dimensions", "which")
        else_meant = key in used or piece.is_a("little") or piece.is_a("measures")
        changes = key in IDLE_ALWAYS or (key not in can and key not in IDLE_NEVER)
        if is_noun and changes and not else_meant:
            yield from range(piece.begin, piece.end)


def _has_past(measure: str) -> bool:
    """Whether the measure can be compared with other days."""
    return measure in TABLE and TABLE[measure].by_days and TABLE[measure].unit != "none"


def _drifts(said: SaidPieces) -> list[int]:
    """Return the positions of words that ask whether something rose or fell."""
    pieces = [one for one in said.of("drift") if one.matches[0].entry.kind == "drift"]
    return [at for piece in pieces for at in range(piece.begin, piece.end)]


def _order(said: SaidPieces) -> tuple[str, int, list[int]]:
    """Return the order, its limit, and the positions of numbers that aren't part of it."""
    pieces = list(said.of("order"))
    if compared := [one for one in pieces if any(next_one.begin == one.end for next_one in said.of("compare"))]:
        return "", 0, [*said.numbers, *_places(compared)]  # "moins vendus que le mois dernier" ranks nothing
    order = next((piece.key("order") for piece in pieces if piece.key("order") != "most"), "")
    order = order or ("most" if pieces else "")
    if order == "least":
        pieces = [piece for piece in pieces if piece.key("order") == "most" and not piece.is_a("drift")]
        if pieces and not any(piece.key("order") == "least" and piece.is_a("drift") for piece in said.of("order")):
            return order, 0, [*said.numbers, *_places(pieces)]  # "the best and the worst"
    if order != "none" and said.has("show", "why"):
        return "", 0, list(said.numbers)  # "why did we sell less" asks for no ranking
    if order == "none":
        return order, 0, list(said.numbers)
    if order and len(said.numbers) == 1:
        limit = next(iter(said.numbers.values()))
        if 0 < limit <= LIMIT_MOST:
            return order, limit, []
    return order, 0, list(said.numbers)


def _by(
    said: SaidPieces, measure: str, order: str, filters: dict[str, tuple[str, ...]], bound: bool = False
) -> tuple[str, ...]:
    """Return the dimensions to group by: those stated, or else those of the ranking.

    `bound`: only figures within an amount count.
    """
    found: list[str] = []
    for piece in said.of("by"):
        found.append(str(piece.values("by")[0]))
        at: SentencePiece | None = piece
        while at and (joiner := said.behind(at, "joiners")) and (more := said.behind(joiner, "dimensions")):
            found.append(more.key("dimensions"))
            at = more
    found += [piece.key("fused") for piece in said.of("fused")]
    if not found and measure in _APART:
        ranked = bool(order) or bound
        found = [key for key in _nouns(said, ranked) if key != "product" or ranked]
        if not found and said.asks_who and measure in OF_PEOPLE:
            found = ["person"]
        named = [one for one in COMPARABLE if len(filters.get(one, ())) > 1]
        if order in ("most", "least", "none") and not found:
            found = named if len(named) == 1 and order != "none" else ["product"]  # "which is more popular, A or B"
    return tuple(dict.fromkeys(found))


def _told_apart(by: tuple[str, ...], measure: str, filters: dict[str, tuple[str, ...]]) -> tuple[str, ...]:
    """Return `by` plus the dimensions filtered to several values: "card and cash" are compared, not added."""
    named = [one for one in COMPARABLE if len(filters.get(one, ())) > 1 and one not in by]
    if measure not in _APART or len(named) != 1 or not set(by) <= {*OF_DAYS, "hour"}:
        return by
    return (*named, *by)


def _nouns(said: SaidPieces, ordered: bool) -> list[str]:
    """Return the first dimension named in a ranking ("best cashier") or after "which" ("which register"), if any."""
    found = []
    for piece in said.of("dimensions"):
        asked = any(one.is_a("which") and one.end == piece.begin for one in said.pieces)
        if (ordered or asked) and not piece.is_a("measures"):
            found.append(piece.key("dimensions"))
    return found[:1]


def _show(said: SaidPieces) -> str:
    keys = [piece.key("show") for piece in said.of("show")]
    if "why" in keys:
        return "why"
    if said.has("share"):
        return "share"
    return "list" if keys else "money" if said.has("money") and not said.has("measures", "sales") else "figures"


def _usual(measure: str, order: str, today: str, least: int = 1) -> DaySpan | None:
    """The default period, if none is stated."""
    if measure in OF_NOW or not measure or order == "latest":
        return None
    if measure == "forecast":
        return DaySpan(after(today, 1), after(today, FORECAST_DAYS))
    return DaySpan(after(today, 1 - max(least, LONG.get(measure, 1))), today)
