"""Alerts about fiscal law."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from functools import partial

from edge.accounting.fiscal.germany.german_device import device_state
from edge.accounting.fiscal.israel.allocations import lacking
from edge.accounting.fiscal.keys import FiscalKeys
from edge.accounting.fiscal.quebec.quebec_outbox import outbox_state, refused_transactions
from edge.accounting.fiscal.quebec.quebec_papers import transaction_number
from edge.accounting.fiscal.queries import count_unsigned, overdue_days, read_regimes, read_registers, regime_at
from edge.accounting.fiscal.regimes import SIGNING, Regime
from edge.accounting.fiscal.settings import FiscalSettings
from edge.core.registry import Condition, Watch
from edge.core.storage.database import Connection

REPORT_DAY = 3
Z_EACH_DAY: tuple[Regime, ...] = ("il", "de")
"""Laws that require a Z report each day."""
LOOKED_DAYS = 31
OFFLINE_US = 24 * 3600 * 1_000_000
"""Half of the time limit within which Québec must receive papers made offline."""
_WITHOUT_Z = """
    SELECT register, min(business_date), count(DISTINCT business_date) FROM receipt
    WHERE business_date >= ?1 AND business_date < ?2
        AND seq > (SELECT coalesce(max(seq), 0) FROM z_report WHERE z_report.register = receipt.register)
    GROUP BY register ORDER BY register
"""
_REPORTED = "SELECT 1 FROM fiscal_file WHERE regime = 'ca-on' AND since = ? LIMIT 1"


def _lost_regimes(settings: FiscalSettings, db: Connection, now_us: int, business_date: str) -> Iterator[Condition]:
    """Laws that are no longer configured but haven't been ended, and configured laws that didn't start."""
    known = {one.regime for one in read_regimes(db) if not one.until}
    for regime in sorted(known - set(settings.regimes)):
        yield Condition(regime, {"regime": regime})


def _missing(settings: FiscalSettings, db: Connection, now_us: int, business_date: str) -> Iterator[Condition]:
    known = {one.regime for one in read_regimes(db)}
    for regime in settings.regimes:
        if regime not in known:
            yield Condition(regime, {"regime": regime})


def _unsigned_papers(keys: FiscalKeys, db: Connection, now_us: int, business_date: str) -> Iterator[Condition]:
    """Unsigned papers and unusable keys."""
    for law in read_regimes(db):
        if law.regime not in SIGNING or (law.until and law.until < business_date):
            continue
        papers = sum(count_unsigned(db, law).values())
        out = any(one.out_since for one in read_registers(db, law.regime))
        if papers or out or not keys.has(law.regime):
            yield Condition(law.regime, {"regime": law.regime, "papers": papers})


def _unclosed_periods(db: Connection, now_us: int, business_date: str) -> Iterator[Condition]:
    for law in read_regimes(db):
        if days := overdue_days(db, law.regime, business_date):
            yield Condition(law.regime, {"regime": law.regime, "days": days})


def _allocations(db: Connection, now_us: int, business_date: str) -> Iterator[Condition]:
    for one in lacking(db):
        yield Condition(one.number, {"number": one.number, "why": one.why})


def report_due(db: Connection, now_us: int, business_date: str) -> Iterator[Condition]:
    """Ontario's report for last month is missing: reported from the 3rd on, as it's due on the 5th."""
    law, today = regime_at(db, "ca-on"), date.fromisoformat(business_date)
    last = today.replace(day=1) - timedelta(days=1)
    first = last.replace(day=1)
    if law is None or today.day < REPORT_DAY or not law.since <= last.isoformat():
        return
    if law.until and law.until < first.isoformat():
        return
    if not db.execute(_REPORTED, (first.isoformat(),)).fetchone():
        yield Condition(f"{first:%Y-%m}", {"period": f"{first:%Y-%m}"})


def _refused_transactions(db: Connection, now_us: int, business_date: str) -> Iterator[Condition]:
    """Transactions finally refused by Québec's service."""
    for one in refused_transactions(db):
        number = transaction_number(one.place)
        values: dict[str, str | int] = {"register": one.register, "number": number, "paper": one.paper, "why": one.why}
        yield Condition(f"{one.register} {number}", values)


def _offline(db: Connection, now_us: int, business_date: str) -> Iterator[Condition]:
    """Transactions that have waited for Québec's service for a day."""
    state = outbox_state(db)
    if state.waits and now_us - state.since_us > OFFLINE_US:
        yield Condition("", {"papers": state.waits})


def _device_out(db: Connection, now_us: int, business_date: str) -> Iterator[Condition]:
    """Germany's security device doesn't sign. The owner must document the reason and fix it."""
    state = device_state(db)
    if state.unsigned:
        yield Condition("", {"papers": state.unsigned})


def days_without_z(db: Connection, now_us: int, business_date: str) -> Iterator[Condition]:
    """Registers that sold on a past day and have had no Z report since, where the law requires one daily."""
    laws = [one for one in read_regimes(db) if one.regime in Z_EACH_DAY and one.holds(business_date)]
    if not laws:
        return
    first = (date.fromisoformat(business_date) - timedelta(days=LOOKED_DAYS)).isoformat()
    since = max(first, min(one.since for one in laws))
    for register, day, days in db.execute(_WITHOUT_Z, (since, business_date)):
        yield Condition(register, {"register": register, "day": day, "days": days})


def watches(settings: FiscalSettings, keys: FiscalKeys) -> tuple[Watch, ...]:
    """Alerts of a store with these settings."""
    return (
        Watch("fiscal_regime_lost", "high", partial(_lost_regimes, settings), every_s=300, at_till="high"),
        Watch("fiscal_not_started", "high", partial(_missing, settings), every_s=300),
        Watch("fiscal_unsigned", "critical", partial(_unsigned_papers, keys), every_s=60),
        Watch("fiscal_unclosed", "medium", _unclosed_periods, every_s=900),
        Watch("fiscal_transaction", "high", _refused_transactions, every_s=60),
        Watch("fiscal_offline", "critical", _offline, every_s=300),
        Watch("fiscal_device_out", "critical", _device_out, every_s=60),
        Watch("fiscal_report", "high", report_due, every_s=900),
        Watch("fiscal_no_z", "medium", days_without_z, every_s=900),
        Watch("fiscal_allocation", "high", _allocations, every_s=60),
    )
