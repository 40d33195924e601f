"""Queries on trials and their results so far."""

from __future__ import annotations

from typing import NamedTuple

import msgspec

from edge.analytics.trials.rules import TrialEffect, measure_effect
from edge.analytics.trials.trial import Trial
from edge.core.messages import IsoDate, Number
from edge.core.storage.database import Connection
from edge.goods.catalog.queries import json_text
from edge.lib.units.dates import after

PAGE_LIMIT = 100
REFERENCE_DAYS = 28
"""Number of days before a trial that are used for comparison, in addition to its weeks without the change."""
_decode = msgspec.json.Decoder(Trial).decode
_FIELDS = "body, started_us, ended_us, ended_date, why, subject, shortfall_minor"
_DAYS = "SELECT business_date, quantity, minor, costed_minor - cost_minor FROM figure_day WHERE kind = 'all'"
_WHOLE = f"{_DAYS} AND business_date BETWEEN ? AND ?"
_PRODUCTS = """
    SELECT business_date, sum(quantity), sum(minor), sum(costed_minor - cost_minor) FROM figure_day
    WHERE kind = 'product' AND business_date BETWEEN ? AND ? AND key IN (SELECT value FROM json_each(?)) GROUP BY 1
"""
_OF_DAY = """
    SELECT key, quantity, minor, costed_minor - cost_minor FROM figure_day
    WHERE kind = 'product' AND business_date = ? AND key IN (SELECT value FROM json_each(?)) ORDER BY minor DESC, key
"""
_AROUND = f"""
    SELECT {_FIELDS} FROM trial
    WHERE number <> ?1 AND first_date <= ?3 AND (ended_date = '' OR ended_date >= ?2) ORDER BY number
"""


class KeptTrial(msgspec.Struct, frozen=True):
    """A trial and the reason it ended; `why` is empty while it is planned or running."""

    trial: Trial
    started_us: int
    ended_us: int | None
    ended_date: str
    why: str
    subject: str
    shortfall_minor: int

    @property
    def is_running(self) -> bool:
        return self.why == ""

    def through(self, today: str) -> str:
        """The last complete day of the trial so far."""
        return min(self.trial.last, after(self.ended_date or today, -1))


class TrialResult(msgspec.Struct, frozen=True):
    """Effects of a trial on its products by figure (`units`, `revenue`, `margin`) and on the whole shop's revenue
    (`shop`). `shortfall_minor`: the earnings below expectation so far, by the trial's measure; None: too few days.
    """

    effects: dict[str, TrialEffect]
    shortfall_minor: int | None


class TrialDay(NamedTuple):
    """A day used to evaluate a trial, with the change (`is_on`) or without: sales of its products, and revenue of the
    whole shop.
    """

    day: str
    is_on: bool
    units: int
    revenue: int
    margin: int
    shop: int


class TrialProduct(NamedTuple):
    """A product's sales on a day of a trial."""

    sku: str
    units: int
    revenue: int
    margin: int


def read_trial(db: Connection, number: Number) -> KeptTrial | None:
    """Return a trial, or None."""
    row = db.execute(f"SELECT {_FIELDS} FROM trial WHERE number = ?", (number,)).fetchone()
    return _from_row(row) if row else None


def read_trials(db: Connection, before: Number = 0, limit: Number = PAGE_LIMIT) -> list[KeptTrial]:
    """Trials, newest first; with `before`, only those with lower numbers."""
    sql = f"SELECT {_FIELDS} FROM trial WHERE ?1 = 0 OR number < ?1 ORDER BY number DESC LIMIT ?2"
    return [_from_row(row) for row in db.execute(sql, (before, min(limit, PAGE_LIMIT)))]


def running_trials(db: Connection) -> list[KeptTrial]:
    """Trials that are planned or running."""
    return [_from_row(row) for row in db.execute(f"SELECT {_FIELDS} FROM trial WHERE why = '' ORDER BY number")]


def next_number(db: Connection) -> int:
    """The number of the next trial."""
    return int(db.execute("SELECT coalesce(max(number), 0) + 1 FROM trial").fetchone()[0])


def trial_result(db: Connection, number: Number, today: IsoDate) -> TrialResult | None:
    """Effects of a trial up to the day before a business day; None if the trial is unknown."""
    kept = read_trial(db, number)
    return None if kept is None else read_result(db, kept, today)


def read_result(db: Connection, kept: KeptTrial, today: str) -> TrialResult:
    """Effects of a trial up to the day before a business day."""
    trial, days = kept.trial, read_days(db, kept, today)
    on = {one.day for one in days if one.is_on}
    effects = {
        name: measure_effect({one.day: getattr(one, name) for one in days}, on)
        for name in ("units", "revenue", "margin", "shop")
        if trial.skus or name != "shop"
    }
    return TrialResult(effects, effects[trial.measure].lost)


def read_days(db: Connection, kept: KeptTrial, today: str) -> list[TrialDay]:
    """The days used to evaluate a trial, up to the day before `today`.

    Days without sales, and days in another trial of the same products, are omitted.
    """
    trial, through = kept.trial, kept.through(today)
    since = after(trial.first, -REFERENCE_DAYS)
    others = _other_days(db, trial, since, through)
    whole = {day: figures for day, *figures in db.execute(_WHOLE, (since, through)) if day not in others}
    mine = whole
    if trial.skus:
        rows = db.execute(_PRODUCTS, (since, through, json_text(trial.skus)))
        sold = {day: figures for day, *figures in rows}
        mine = {day: sold.get(day, [0, 0, 0]) for day in whole}
    phases = trial.phases_on
    return [
        TrialDay(day, any(one.first <= day <= one.last for one in phases), units, revenue, margin, whole[day][1])
        for day, (units, revenue, margin) in sorted(mine.items())
    ]


def read_products_of_day(db: Connection, trial: Trial, day: str) -> list[TrialProduct]:
    """The sales of a trial's products on a day, highest revenue first."""
    return [TrialProduct(*row) for row in db.execute(_OF_DAY, (day, json_text(trial.skus)))]


def _other_days(db: Connection, trial: Trial, since: str, through: str) -> set[str]:
    """Days in another trial of the same products or of the whole shop, which aren't comparable."""
    found = set[str]()
    for kept in (_from_row(row) for row in db.execute(_AROUND, (trial.number, since, through))):
        other = kept.trial
        if trial.skus and other.skus and not set(trial.skus).intersection(other.skus):
            continue
        for phase in other.phases_on:
            day, last = max(phase.first, since), min(phase.last, kept.ended_date or phase.last, through)
            while day <= last:
                found.add(day)
                day = after(day, 1)
    return found


def _from_row(row: tuple[str, int, int | None, str, str, str, int]) -> KeptTrial:
    return KeptTrial(_decode(row[0]), *row[1:])
