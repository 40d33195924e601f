"""Jobs that train forecasts and import history, each with a separate process."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import msgspec

from edge.analytics.forecast.commands import (
    HISTORY_ROWS,
    FinishForecasts,
    ForgetForecasts,
    ImportHistory,
    RecordHistory,
    SaveForecasts,
)
from edge.analytics.forecast.events import HistoryRow
from edge.analytics.forecast.handlers import times_to_forget
from edge.analytics.forecast.history.history_preview import days_of_papers, find_upload
from edge.analytics.forecast.history.history_protocol import HistoryQuestion
from edge.analytics.forecast.learning.train_protocol import TrainAnswer, TrainingFailed, TrainRequest
from edge.analytics.forecast.queries import read_models, tell_item
from edge.analytics.forecast.settings import ForecastSettings
from edge.core.process.work_process import WorkProcess
from edge.core.registry import Chunk, JobIssue
from edge.core.storage.database import Connection
from edge.lib.codes.gtin import normal
from edge.lib.errors import NeedsHuman
from edge.lib.units.money import exponent

_CODES = "SELECT c.code, p.sku, c.units FROM product_code c JOIN product p ON p.id = c.product_id"
TRAINER = "edge.analytics.forecast.learning.trainer"


def train_chunks(settings: ForecastSettings) -> Callable[[Connection, Any, int], Iterator[Chunk]]:
    """The job `forecast`: train a version, or (`refresh`) update the existing forecasts."""

    def chunks(db: Connection, params: Any, cursor: int) -> Iterator[Chunk]:
        refresh, today = bool(params["refresh"]), str(params["today"])
        ledger = db.execute("PRAGMA database_list").fetchone()[2]
        request = TrainRequest(ledger, today, settings.zone, settings.country, settings.currency)
        versions = [model.version for model in read_models(db) if model.role != "retired"] if refresh else []
        place = cursor
        for _ in range(times_to_forget(db, int(params.get("at_us", 0)), today)):
            place += 1
            yield Chunk((ForgetForecasts(),), place)
        for version in versions or [""]:
            models = _models_of(db, version)
            asked = msgspec.structs.replace(request, version=version, models=models)
            work = WorkProcess(TRAINER, asked, TrainAnswer, died="forecast.died")
            try:
                for command in _commands(work):
                    place += 1
                    counts = {"series": command.series} if isinstance(command, FinishForecasts) else {}
                    yield Chunk((command,), place, counts=counts)
            finally:
                work.close()

    return chunks


def _commands(work: WorkProcess) -> Iterator[SaveForecasts | FinishForecasts]:
    """The results of a training. Raises `NeedsHuman` if it failed."""
    for answer in work.answers():
        if isinstance(answer, TrainingFailed):
            key = f"forecast.{answer.why}"
            raise NeedsHuman(f"No forecast was made: {answer.why}.", "", key, answer.values)
        yield answer.command


def _models_of(db: Connection, version: str) -> dict[str, str]:
    if not version:
        return {}
    rows = db.execute("SELECT body FROM forecast_item WHERE version = ?", (version,))
    return {item.item: item.model for item in (tell_item(body) for (body,) in rows)}


def history_chunks(zone: str, currency: str) -> Callable[[Connection, Any, int], Iterator[Chunk]]:
    """The job `history`: stores a file's days in batches; a product's day is stored once, as the sum of all its codes.

    `zone` converts times to days; revenue is in `currency`.
    """
    return partial(_history_chunks, zone, exponent(currency))


def _history_chunks(zone: str, digits: int, db: Connection, params: Any, cursor: int) -> Iterator[Chunk]:
    asked = msgspec.convert(params, ImportHistory)
    codes = {code: (sku, units) for code, sku, units in db.execute(_CODES)}
    ledger = Path(db.execute("PRAGMA database_list").fetchone()[2])
    file = find_upload(asked.path, ledger.parent)
    source = file.name[:80]
    own = days_of_papers(db) if asked.own_days == "keep" else frozenset()
    question = HistoryQuestion(str(file), asked.columns, form=asked.form, zone=zone, digits=digits)
    work = WorkProcess("edge.analytics.forecast.history.history_reader", question, died="forecast.died", urgent=True)
    at, sums = 0, _Sums()
    try:
        for answer in work.answers():
            if "why" in answer:
                raise NeedsHuman(f"{source} can't be imported: {answer['why']}.", "", answer["key"], answer["values"])
            at += 1
            read = msgspec.convert(answer["rows"], tuple[HistoryRow, ...])
            rows = sums.take(_of_product(row, codes) for row in read if row.day not in own)
            notes = tuple(msgspec.convert(note, JobIssue) for note in answer["notes"])
            left = sum(row.day in own for row in read)
            counts = {"days": len(rows)} | ({"own": left} if left else {})
            if at > cursor:
                yield Chunk(_history_commands(source, rows), at, notes, counts=counts)
        if rows := sums.rest():
            yield Chunk(_history_commands(source, rows), at + 1, counts={"days": len(rows)})
    finally:
        work.close()


class _Sums:
    """Rows summed by product and day. Rows arrive by day, so rows of the last day wait for the next batch."""

    def __init__(self) -> None:
        self._held: dict[tuple[str, str], HistoryRow] = {}

    def take(self, rows: Iterable[HistoryRow]) -> list[HistoryRow]:
        """The days completed by these rows."""
        for row in rows:
            key = (row.day, row.sku)
            self._held[key] = _add_rows(had, row) if (had := self._held.get(key)) else row
        last = max((day for day, _ in self._held), default="")
        whole = [row for row in self._held.values() if row.day < last]
        self._held = {key: row for key, row in self._held.items() if row.day == last}
        return whole

    def rest(self) -> list[HistoryRow]:
        """The remaining days at the end."""
        return list(self._held.values())


def _add_rows(one: HistoryRow, other: HistoryRow) -> HistoryRow:
    amounts = {name: getattr(one, name) + getattr(other, name) for name in ("sold", "returned", "wasted", "minor")}
    return msgspec.structs.replace(one, **amounts)


def _history_commands(source: str, rows: Sequence[HistoryRow]) -> tuple[RecordHistory, ...]:
    some = (rows[at : at + HISTORY_ROWS] for at in range(0, len(rows), HISTORY_ROWS))
    return tuple(RecordHistory(source, tuple(part)) for part in some)


def _of_product(row: HistoryRow, codes: Mapping[str, tuple[str, int]]) -> HistoryRow:
    """A code's row converted to its product's row: a box counts as its contents."""
    sku, units = codes.get(normal(row.sku), (row.sku, 1))
    amounts = {name: getattr(row, name) * units for name in ("sold", "returned", "wasted")}
    return msgspec.structs.replace(row, sku=sku, **amounts)
