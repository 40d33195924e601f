"""Handlers of forecast commands, inside the transaction."""

from __future__ import annotations

from datetime import date

import msgspec

from edge.analytics.forecast import rules
from edge.analytics.forecast.accuracy import ForecastAccuracy, errs_more, live_accuracy
from edge.analytics.forecast.commands import (
    FinishForecasts,
    ForgetForecasts,
    ImportHistory,
    NoteSoldElsewhere,
    NoteWeatherAsked,
    PromoteModel,
    RecordHistory,
    RecordPastTotals,
    RetrainForecasts,
    SaveForecasts,
    SetOccasions,
    SetWeather,
    TakeBackHistory,
    TakeBackPastTotals,
)
from edge.analytics.forecast.events import (
    ForecastTrained,
    HistoryRecorded,
    HistoryTakenBack,
    ModelPromoted,
    ModelRetired,
    PastTotalsRecorded,
    PastTotalsTakenBack,
    Role,
    SoldElsewhere,
)
from edge.analytics.forecast.queries import read_model, read_models
from edge.core.jobs.store import queue
from edge.core.messages import Refusal
from edge.core.registry import Transaction
from edge.core.storage.database import Connection
from edge.goods.catalog.queries import json_text
from edge.lib.units.dates import after

TRAIN_JOB, HISTORY_JOB = "forecast", "history"
KEPT_DAYS = 14
"""Number of days for which two versions are compared, and the previous one can be restored."""
HURRIED_DAYS = 7
"""Number of comparison days if the champion's errors have grown, so that a successor needn't wait two weeks."""
DAY_US = 86_400_000_000
WEATHER_RETENTION_DAYS = 1_100
SAID_DAYS = 120
"""Number of days for which daily forecasts are stored for comparison."""
FORGOTTEN = 50
"""Rows deleted per table and command. Scans at the till have to wait while it runs."""
encode = msgspec.json.Encoder().encode
_RUNNING = "SELECT id FROM job WHERE kind = ? AND state IN ('queued', 'running') ORDER BY id LIMIT 1"
_ITEM = "INSERT OR REPLACE INTO forecast_item (version, item, body) VALUES (?, ?, ?)"
_STALE_ITEMS = "SELECT count(*) FROM forecast_item WHERE version NOT IN (SELECT value FROM json_each(?))"
_STALE_SAID = "SELECT count(*) FROM forecast_said WHERE business_date < ?"
_FORGET_ITEMS = """
    DELETE FROM forecast_item WHERE (version, item) IN (
        SELECT version, item FROM forecast_item WHERE version NOT IN (SELECT value FROM json_each(?)) LIMIT ?)
"""
_FORGET_SAID = """
    DELETE FROM forecast_said WHERE (item, business_date, version) IN (
        SELECT item, business_date, version FROM forecast_said WHERE business_date < ? LIMIT ?)
"""
_SAID = (
    "INSERT OR IGNORE INTO forecast_said (item, business_date, version, mean, lower, upper) VALUES (?, ?, ?, ?, ?, ?)"
)


class TrainJob(msgspec.Struct, frozen=True):
    """Parameters of the job `forecast`; `today`: the business day of the request at `at_us`."""

    refresh: bool
    today: str
    at_us: int = 0


def import_history(tx: Transaction, command: ImportHistory) -> int:
    return queue(tx, HISTORY_JOB, command)


def record_history(tx: Transaction, command: RecordHistory) -> int:
    """Store days of known products; returns the number of days stored."""
    found = tx.db.execute(
        "SELECT p.sku FROM json_each(?) j JOIN product p ON p.sku = j.value", (json_text(r.sku for r in command.rows),)
    )
    known = {sku for (sku,) in found}
    rows = tuple(row for row in command.rows if row.sku in known)
    if rows:
        tx.append(HistoryRecorded(command.source, rows))
    return len(rows)


def take_back_history(tx: Transaction, command: TakeBackHistory) -> None:
    if command.rows:
        tx.append(HistoryTakenBack(command.source, command.rows))


def record_past_totals(tx: Transaction, command: RecordPastTotals) -> None:
    if command.rows:
        tx.append(PastTotalsRecorded(command.import_us, command.source, command.rows))


def take_back_past_totals(tx: Transaction, command: TakeBackPastTotals) -> None:
    tx.append(PastTotalsTakenBack(command.import_us, command.first, command.last))


def note_sold_elsewhere(tx: Transaction, command: NoteSoldElsewhere) -> None:
    tx.append(SoldElsewhere(command.till, command.day, command.rows))


def retrain(tx: Transaction, command: RetrainForecasts) -> int:
    """Queue a training job; returns its id, or the id of one already running."""
    running = tx.db.execute(_RUNNING, (TRAIN_JOB,)).fetchone()
    return int(running[0]) if running else queue(tx, TRAIN_JOB, TrainJob(command.refresh, tx.business_date, tx.at_us))


def save(tx: Transaction, command: SaveForecasts) -> None:
    """Store precomputed results without further calculation."""
    version = command.model_version
    tx.db.executemany(_ITEM, [(version, item.item, bytearray(item.body)) for item in command.items])
    tx.db.executemany(_SAID, [(one.item, one.day, version, one.mean, one.lower, one.upper) for one in command.said])


def finish(tx: Transaction, command: FinishForecasts) -> str:
    """Complete a version. It becomes champion if there is none; otherwise it is compared with the
    champion for 14 days.
    """
    version, db = command.model_version, tx.db
    quantiles, factors = bytearray(encode(command.quantiles)), bytearray(encode(command.factors))
    db.execute(
        "INSERT OR REPLACE INTO forecast_made (version, through, made_us, quantiles, factors) VALUES (?, ?, ?, ?, ?)",
        (version, command.through, tx.at_us, quantiles, factors),
    )
    if command.new and read_model(db, version) is None:
        champion = next((model for model in read_models(db) if model.role == "champion"), None)
        for model in read_models(db):
            if model.role == "challenger":
                tx.append(ModelRetired(model.version, "replaced"))
        role: Role = "challenger" if champion else "champion"
        counts = (command.days, command.series)
        tx.append(ForecastTrained(version, command.through, *counts, role, command.figures, command.models))
    db.execute(
        "DELETE FROM forecast_made WHERE version NOT IN (SELECT value FROM json_each(?))",
        (json_text(kept_versions(db, tx.at_us)),),
    )
    _judge(tx)
    return version


def forget(tx: Transaction, command: ForgetForecasts) -> None:
    """Delete expired data in small steps, as a version has many long rows."""
    kept = json_text(kept_versions(tx.db, tx.at_us))
    tx.db.execute(_FORGET_ITEMS, (kept, FORGOTTEN))
    tx.db.execute(_FORGET_SAID, (after(tx.business_date, -SAID_DAYS), FORGOTTEN))


def kept_versions(db: Connection, now_us: int) -> list[str]:
    """Versions in use, in comparison, or kept for rollback."""
    before_us = now_us - KEPT_DAYS * DAY_US
    return [one.version for one in read_models(db) if one.role != "retired" or (one.decided_us or 0) >= before_us]


def times_to_forget(db: Connection, now_us: int, today: str) -> int:
    """The number of `ForgetForecasts` commands needed."""
    items: int = db.execute(_STALE_ITEMS, (json_text(kept_versions(db, now_us)),)).fetchone()[0]
    said: int = db.execute(_STALE_SAID, (after(today, -SAID_DAYS),)).fetchone()[0]
    return -(-max(items, said) // FORGOTTEN)


def _judge(tx: Transaction) -> None:
    """Choose the better version after a 14-day comparison, or after a week if the champion's errors have grown.

    Does nothing without a champion and a challenger.
    """
    models = {model.role: model for model in read_models(tx.db) if model.role != "retired"}
    champion, challenger = models.get("champion"), models.get("challenger")
    if champion is None or challenger is None:
        return
    days = (date.fromisoformat(tx.business_date) - date.fromisoformat(challenger.trained_date)).days
    if days < HURRIED_DAYS or (days < KEPT_DAYS and not errs_more(tx.db, champion, tx.business_date)):
        return
    since = challenger.trained_date
    ours, theirs = (live_accuracy(tx.db, model.version, since, tx.business_date) for model in (champion, challenger))
    if rules.is_better(_pair(ours), _pair(theirs)):
        tx.append(ModelPromoted(challenger.version, champion.version, "better", theirs.wape or 0, ours.wape or 0))
    else:
        tx.append(ModelRetired(challenger.version, "not_better"))


def _pair(accuracy: ForecastAccuracy) -> tuple[int | None, int | None]:
    return accuracy.wape, accuracy.bias


def promote(tx: Transaction, command: PromoteModel) -> None:
    wanted = read_model(tx.db, command.model_version)
    held = tx.db.execute("SELECT 1 FROM forecast_made WHERE version = ?", (command.model_version,)).fetchone()
    if wanted is None or held is None:
        raise Refusal("no_such_model", {"version": command.model_version})
    champion = next((model.version for model in read_models(tx.db) if model.role == "champion"), "")
    if champion != wanted.version:
        tx.append(ModelPromoted(wanted.version, champion, "chosen"))


def set_occasions(tx: Transaction, command: SetOccasions) -> int:
    """Set all occasions of a command; raises the refusal of the first one that is refused."""
    for one in command.occasions:
        tx.do(one)
    return len(command.occasions)


def record_weather_request(tx: Transaction, command: NoteWeatherAsked) -> None:
    """Record when the weather was last requested, and when that last succeeded."""
    good_us = 0 if command.why else tx.at_us
    tx.db.execute(
        "INSERT INTO weather_asked (one, asked_us, good_us, why) VALUES (1, ?1, ?2, ?3)"
        " ON CONFLICT (one) DO UPDATE SET asked_us = ?1, good_us = max(good_us, ?2), why = ?3",
        (tx.at_us, good_us, command.why),
    )


def set_weather(tx: Transaction, command: SetWeather) -> int:
    """Store these days' weather and delete old days."""
    if wrong := next((one.day for one in command.days if not rules.is_day(one.day)), None):
        raise Refusal("occasion_days", {"first": wrong, "last": wrong})
    rows = [(one.day, one.high_tenths, one.low_tenths, one.rain_tenths, tx.at_us) for one in command.days]
    tx.db.executemany(
        "INSERT OR REPLACE INTO weather (day, high_tenths, low_tenths, rain_tenths, said_us) VALUES (?, ?, ?, ?, ?)",
        rows,
    )
    tx.db.execute("DELETE FROM weather WHERE day < ?", (after(tx.business_date, -WEATHER_RETENTION_DAYS),))
    return len(rows)
