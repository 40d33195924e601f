"""Long work: forecasts, made by a process of their own; and history from files, read by another."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, Any

import msgspec

from edge.core.registry import Chunk, JobIssue
from edge.core.storage.database import Connection
from edge.lib.errors import NeedsHuman
from edge.shop.forecast.commands import (
    FinishForecasts,
    ForgetForecasts,
    ImportHistory,
    RecordHistory,
    SaveForecasts,
)
from edge.shop.forecast.events import HistoryRow
from edge.shop.forecast.handlers import times_to_forget
from edge.shop.forecast.queries import read_models, tell_item
from edge.shop.forecast.settings import ForecastSettings
from edge.shop.forecast.train_protocol import TrainAnswer, TrainingFailed, TrainRequest

LINE_BYTES = 8 * 1024 * 1024
TRAINER = "edge.shop.forecast.trainer"


class WorkProcess:
    """A process of ours that answers with lines of JSON, each an `answer`; it ends with whoever listens."""

    def __init__(self, module: str, ask: Any, answer: Any = Any) -> None:
        self._decode = msgspec.json.Decoder(answer).decode
        self._process = subprocess.Popen(
            [sys.executable, "-m", module],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=_one_thread(),
        )
        stdin, stdout = self._process.stdin, self._process.stdout
        assert stdin is not None and stdout is not None
        self.lines: IO[bytes] = stdout
        try:
            stdin.write(msgspec.json.encode(ask))
            stdin.close()
        except BrokenPipeError:
            pass  # it is gone: what it said of that is to be read

    def answers(self) -> Iterator[Any]:
        """What it says, a line at a time. `NeedsHuman`: it died."""
        while line := self.lines.readline(LINE_BYTES):
            yield self._decode(line)
        if status := self._process.wait():
            raise NeedsHuman(
                f"The work on forecasts ended by itself ({status}).",
                "Try it again.",
                "forecast.died",
                {"status": status},
            )

    def stop(self) -> None:
        """Give up, from any thread: the answers end."""
        self._process.kill()

    def close(self) -> None:
        self._process.kill()
        self._process.wait()
        self.lines.close()


def train_chunks(settings: ForecastSettings) -> Callable[[Connection, Any, int], Iterator[Chunk]]:
    """The job `forecast`: the version anew, or (`refresh`) those that there are brought up to date."""

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
            work = WorkProcess(TRAINER, msgspec.structs.replace(request, version=version, models=models), TrainAnswer)
            try:
                for command in _commands(work):
                    place += 1
                    counts = {"series": command.series} if isinstance(command, FinishForecasts) else {}
                    yield Chunk((command,), place, counts=counts)
            finally:
                work.close()

    return chunks


def _commands(work: WorkProcess) -> Iterator[SaveForecasts | FinishForecasts]:
    """What a version's training comes to. `NeedsHuman`: there is none."""
    for answer in work.answers():
        if isinstance(answer, TrainingFailed):
            key = f"forecast.{answer.why}"
            raise NeedsHuman(f"There is no forecast: {answer.why}.", "", key, answer.values)
        yield answer.command


def _models_of(db: Connection, version: str) -> dict[str, str]:
    if not version:
        return {}
    rows = db.execute("SELECT body FROM forecast_item WHERE version = ?", (version,))
    return {item.item: item.model for item in (tell_item(body) for (body,) in rows)}


def history_chunks(db: Connection, params: Any, cursor: int) -> Iterator[Chunk]:
    """The job `history`: a file's days, some thousands at a time."""
    asked = msgspec.convert(params, ImportHistory)
    codes = dict(db.execute("SELECT c.code, p.sku FROM product_code c JOIN product p ON p.id = c.product_id"))
    path, folder = Path(asked.path).resolve(), Path(db.execute("PRAGMA database_list").fetchone()[2]).resolve().parent
    source = path.name[:80]
    if not path.is_relative_to(folder):  # nobody has other files of the machine read
        raise NeedsHuman(f"{source} was not uploaded here.", "Upload it.", "forecast.not_here", {"file": source})
    work = WorkProcess("edge.shop.forecast.history_reader", asked)
    at = 0
    try:
        for answer in work.answers():
            if "why" in answer:
                raise NeedsHuman(f"{source} cannot be taken: {answer['why']}.", "", answer["key"], answer["values"])
            at += 1
            rows = tuple(
                msgspec.structs.replace(row, sku=codes.get(row.sku, row.sku))
                for row in msgspec.convert(answer["rows"], tuple[HistoryRow, ...])
            )
            notes = tuple(msgspec.convert(note, JobIssue) for note in answer["notes"])
            if at > cursor:
                yield Chunk((RecordHistory(source, rows),) if rows else (), at, notes, counts={"days": len(rows)})
    finally:
        work.close()


def _one_thread() -> dict[str, str]:
    return {**os.environ, "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
