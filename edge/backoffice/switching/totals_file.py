"""Daily totals in another system's file, without products: Z reports, daily totals, receipts without items. Pure.

A day's rows are added up. Hours, categories and tenders are totalled too if there are columns for them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from edge.analytics.forecast.events import PastTotal
from edge.analytics.forecast.history.day_forms import day_of
from edge.backoffice.switching.columns import (
    LeftOuts,
    Reopen,
    check_currency,
    columns_of,
    first_cells,
    minor_of,
    money_sum,
)
from edge.backoffice.switching.headings import PAST_TOTAL, SALE, compact, counts_receipts, find_columns
from edge.backoffice.switching.kinds import system_of
from edge.backoffice.switching.moved import FileKind
from edge.backoffice.switching.protocol import FileLook, FileQuestion, MoveQuestion
from edge.backoffice.switching.sales_file import CODE, GONE, NO, is_given_back, money_beside, statuses_of
from edge.goods.ingest.mapping.heading_words import in_english
from edge.lib.tables import is_total_row
from edge.lib.units.amounts import ExactSum
from edge.lib.units.money import exponent

KEY_CHARS = 80
TENDERS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("gift", re.compile(r"gift|voucher|cadeau|bon d.achat|שובר|תו קנ|כרטיס מתנה")),
    ("cash", re.compile(r"cash|esp[eè]ces|bargeld|efectivo|contant|מזומן")),
    ("card", re.compile(r"card|carte|\bcb\b|credit|debit|visa|master|amex|karte|tarjeta|pin\b|אשראי|כרטיס")),
)
"""The shop's tenders, by the names that other systems use."""
_NO_TENDER = re.compile(
    r"cash ?(?:in|out|drop|back|drawer|over|short|difference)|cash(?:ier|ed)|discount|account|fee|load"
)
_TIME = re.compile(r"(?<![\d:])(\d{1,2})[:h](\d{2})(?::\d\d)?(?:[.,]\d+)?\s*([ap])?\.?m?", re.IGNORECASE)
_HOUR = re.compile(r"(\d{1,2})\s*(?:([ap])\.?m\.?|h|uhr)?(?:\s*[-–].*)?", re.IGNORECASE)
_OF_ZONE = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d\S*(?:Z|[+-]\d\d:?\d\d)")
_Parts = dict[tuple[str, str, str], list[Decimal | int]]


class TotalsFile:
    """The rows of a file, added up by day."""

    def __init__(self, ask: FileQuestion, reopen: Reopen, kind: FileKind) -> None:
        self._ask, self._kind, self._zone = ask, kind, ZoneInfo(ask.zone)
        self.left = LeftOuts(ask.currency)
        self.lines = 0
        self._parts: _Parts = {}
        with reopen() as table:
            self.header = tuple(table.header)
            self.what = table.what
            some = first_cells(table)
        fields = {field: SALE[field] for field in ("day", "receipt", "status", "state", "void", "currency")}
        places = find_columns(self.header, fields, some)
        self._counted = next((at for at, one in enumerate(self.header) if counts_receipts(one)), None)
        if places.get("receipt") == self._counted:
            places.pop("receipt", None)
        places |= _parts_in(self.header, places, kind)
        self._candidates = _turnovers(self.header, places)
        money = money_beside(reopen, self.header, places)
        self._summed = [at for at in range(len(self.header)) if at in {*self._candidates, *money.values()}]
        self._tenders = {} if "tender" in places else _tenders_in(self.header, self._summed)
        everything = places | {f"money {at}": at for at in self._summed}
        self.columns = columns_of(reopen, everything, [f"money {at}" for at in self._summed], ("day",), ask.form)
        self._answered = self.columns.forms.get("day", "") is not None
        self._statuses = statuses_of(self.header, places)
        self._amount, self._choices = self._choose(reopen)
        if self._amount is not None:
            check_currency(self.columns, (f"money {self._amount}",), ask)
        self._sums = {at: Decimal(0) for at in self._summed}
        self._taken, self._taken_by = Decimal(0), dict.fromkeys(self._tenders, Decimal(0))
        self._receipts = 0
        self._last_day: tuple[str, str | None] = ("", None)
        self._days = set[str]()
        with reopen() as table:
            for row in table.rows:
                self.lines += 1
                if not self.left.add_unread(row):
                    self._take(row.cells)

    def look(self) -> FileLook:
        """A summary of the file."""
        taken_days = sum(grouped == "day" for grouped, *_ in self._parts)
        taken = dict(self._taken_by)
        if self._amount is not None:
            taken[self._amount] = self._taken
        return FileLook(
            self._kind,
            *(system_of(self.header), self.what, self.header, self.lines),
            {name: count for name, count in (("days", taken_days), ("receipts", self._receipts)) if count},
            {field: heading for field, heading in self.columns.headings.items() if not field.startswith("money ")}
            | ({"amount": self.header[self._amount]} if self._amount is not None else {}),
            self.columns.free_headings,
            sums=tuple(
                money_sum(self.header[at], summed, taken.get(at, Decimal(0)), self._ask.currency)
                for at, summed in self._sums.items()
            ),
            left=self.left.rows,
            questions=tuple(self._questions()),
            first=min(self._days, default=""),
            last=max(self._days, default=""),
            rules=("totals",),
        )

    def rows(self) -> Iterator[PastTotal]:
        """Totals by day, each followed by its parts. The rounded days add up to the file's total."""
        digits = exponent(self._ask.currency)
        exact = ExactSum(digits)
        order = {"day": 0, "hour": 1, "category": 2, "tender": 3}
        for grouped, day, key in sorted(self._parts, key=lambda one: (one[1], order[one[0]], one[2])):
            amount, receipts = self._parts[grouped, day, key]
            assert isinstance(receipts, int)
            minor = exact.take(Decimal(amount)) if grouped == "day" else minor_of(Decimal(amount), digits)
            yield PastTotal(day, grouped, key, minor, receipts)  # type: ignore[arg-type]

    def _choose(self, reopen: Reopen) -> tuple[int | None, tuple[str, ...]]:
        """The column of sold amounts, and the headings to choose from if several are possible."""
        said = self._ask.answers.get("turnover", "")
        if said and said in self.header:
            return self.header.index(said), ()
        sums = dict.fromkeys(self._candidates, Decimal(0))
        with reopen() as table:
            for row in table.rows:
                if not row.fault and not is_total_row(row.cells):
                    for at in sums:
                        sums[at] += self.columns.amount(row.cells, f"money {at}") or 0
        filled = [at for at, summed in sums.items() if summed]
        if len({sums[at] for at in filled}) == 1:
            return filled[0], ()
        choices = filled or self._summed
        return None, tuple(dict.fromkeys(self.header[at] for at in choices)) if said != "leave" else ()

    def _questions(self) -> Iterator[MoveQuestion]:
        if not self._answered:
            yield MoveQuestion("form", ("day_first", "month_first"), heading=self.columns.headings["day"])
        if self._choices:
            yield MoveQuestion("turnover", (*self._choices, "leave"))

    def _take(self, cells: Sequence[str]) -> None:
        money = {at: self.columns.amount(cells, f"money {at}") for at in self._summed}
        for at, amount in money.items():
            self._sums[at] += amount or 0
        amount = money.get(self._amount) if self._amount is not None else None
        text = self.columns.text
        statuses = [cells[at].strip() for at in self._statuses if at < len(cells)]
        day = self._day_of(text(cells, "day")) if self._answered else ""
        if day:
            self._days.add(day)
        is_foreign = self.columns.is_foreign(cells, (f"money {self._amount}",), self._ask.currency)
        if why := self._why_not(
            amount, day, statuses, text(cells, "void"), text(cells, "currency").upper(), is_foreign
        ):
            self.left.add(why, amount)
            return
        assert amount is not None and day
        sign = 1
        if amount > 0 and any(map(is_given_back, statuses)):
            assert self._amount is not None
            sign = -1  # some files give a refund's amount without a minus sign
            self._sums[self._amount] -= 2 * amount
        self._taken += sign * amount
        counted = self._count(cells, sign)
        self._receipts += counted
        self._add("day", day, "", sign * amount, counted)
        if hour := self._hour(cells):
            self._add("hour", day, hour, sign * amount, counted)
        if category := text(cells, "category")[:KEY_CHARS]:
            self._add("category", day, category, sign * amount, counted)
        if "tender" in self.columns.places:
            self._add("tender", day, tender_of(text(cells, "tender")) or "", sign * amount, counted)
        for at, tender in self._tenders.items():
            if part := money[at]:
                if sign < 0 < part:
                    self._sums[at] -= 2 * part
                    part = -part
                self._taken_by[at] += part
                self._add("tender", day, tender, part, 0)

    def _add(self, grouped: str, day: str, key: str, amount: Decimal, receipts: int) -> None:
        had = self._parts.setdefault((grouped, day, key), [Decimal(0), 0])
        had[0] += amount
        had[1] += receipts

    def _count(self, cells: Sequence[str], sign: int) -> int:
        """The number of receipts in a row; refunds don't count."""
        if self._counted is not None:
            said = cells[self._counted].strip() if self._counted < len(cells) else ""
            return int(said) if said.isdecimal() and len(said) < 7 else 0
        return int(self._kind == "receipts" and sign > 0)

    def _day_of(self, when: str) -> str | None:
        if when != self._last_day[0]:
            self._last_day = (when, day_of(when, self.columns.forms.get("day") or "", self._zone))
        return self._last_day[1]

    def _hour(self, cells: Sequence[str]) -> str:
        """The hour of a row, such as "09"; "" if unknown."""
        if said := self.columns.text(cells, "hour"):
            found = _TIME.search(said)
            return _hour_of(found[1], found[3]) if found else _hour_alone(said)
        when = self.columns.text(cells, "time") or self.columns.text(cells, "day")
        if _OF_ZONE.fullmatch(when):
            moment = datetime.fromisoformat(when.replace(" ", "T", 1).replace("Z", "+00:00"))
            return f"{moment.astimezone(self._zone).hour:02}"
        found = _TIME.search(when)
        return _hour_of(found[1], found[3]) if found else ""

    def _why_not(
        self,
        amount: Decimal | None,
        day: str | None,
        statuses: Sequence[str],
        void: str,
        currency: str,
        is_foreign: bool,
    ) -> str:
        """Why a row isn't imported; "" if it is."""
        if any(GONE.match(status) for status in statuses) or void.casefold() not in NO:
            return "cancelled"
        if (CODE.fullmatch(currency) and currency != self._ask.currency) or is_foreign:
            return "other_currency"
        if not self._answered:
            return "unanswered"
        if self._amount is None:
            return "turnover_asked" if self._choices else "not_wanted"
        if day is None:
            return "day"
        return "amount" if amount is None else ""


def tender_of(said: str) -> str:
    """The shop's tender for a word of another system; "" if it has none.

    >>> tender_of("Square Gift Card"), tender_of("Espèces"), tender_of("CB"), tender_of("Barter")
    ('gift', 'cash', 'card', '')
    """
    plain = said.casefold()
    return next((kind for kind, words in TENDERS if words.search(plain)), "")


def _hour_of(hour: str, half: str | None) -> str:
    number = int(hour) % 12 + 12 * (half.casefold() == "p") if half else int(hour)
    return f"{number:02}" if number < 24 else ""


def _hour_alone(said: str) -> str:
    found = _HOUR.fullmatch(said.strip())
    return _hour_of(found[1], found[2]) if found else ""


def _parts_in(header: Sequence[str], places: Mapping[str, int], kind: FileKind) -> dict[str, int]:
    """The columns that divide a day: hour, time, category and tender. A receipt's category isn't used, as it's that of
    one item."""
    wanted = {field: names for field, names in PAST_TOTAL.items() if field != "turnover"}
    if kind == "receipts":
        del wanted["category"]
    return {field: at for field, at in find_columns(header, wanted).items() if at not in places.values()}


def _turnovers(header: Sequence[str], places: Mapping[str, int]) -> list[int]:
    """The columns that may be the amount sold, likeliest first."""
    plain = [{compact(one), compact(in_english(one))} for one in header]
    found = (at for name in PAST_TOTAL["turnover"] for at, words in enumerate(plain) if name in words)
    return list(dict.fromkeys(at for at in found if at not in places.values()))


def _tenders_in(header: Sequence[str], summed: Sequence[int]) -> dict[int, str]:
    """Money columns that each have one tender's amounts, such as "Cash" and "Card"."""
    plain = {at: header[at].casefold() for at in summed}
    return {at: kind for at, one in plain.items() if not _NO_TENDER.search(one) and (kind := tender_of(one))}
