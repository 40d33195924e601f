"""Figures of forecast versions and occasions, with the events that recorded them. Keys: a version and the level it was
tested on (`store` or `category`); an occasion."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from edge.analytics.forecast.events import ForecastTrained
from edge.core.figure import Figure
from edge.core.journal.browse import facts_of_day
from edge.core.registry import Registry
from edge.core.storage.database import Connection

_PAGE = "/manager/forecast"
_TESTED = """
    SELECT f.value FROM forecast_model m, json_each(m.figures) f WHERE m.version = ?1 AND f.key = '{}_' || ?2
"""
_TRAINED = "SELECT trained_date FROM forecast_model WHERE version = ?"
_EFFECT = "body ->> '$.effect_percent' * 10 FROM occasion WHERE id = ?1"


def _training_rows(
    measure: str, db: Connection, registry: Registry, version: str, scope: str
) -> Iterator[tuple[int, int]]:
    """Yield the journal row of a version's training, and its result for this measure and scope."""
    for (day,) in db.execute(_TRAINED, (version,)).fetchall():
        for fact in facts_of_day(db, registry, [ForecastTrained.__name__], day):
            if isinstance(fact.event, ForecastTrained) and fact.event.model_version == version:
                yield fact.seq, fact.event.figures.get(f"{measure}_{scope}", 0)


def _of_test(measure: str) -> Figure:
    parts = partial(_training_rows, measure)
    return Figure(f"forecast.{measure}", "percent", _TESTED.format(measure), parts, _PAGE, keys=2)


FIGURES = (
    *map(_of_test, ("wape", "bias", "mase", "pinball", "coverage")),
    Figure("forecast.effect", "percent", f"SELECT {_EFFECT}", f"SELECT seq, {_EFFECT}", _PAGE, "none"),
)
