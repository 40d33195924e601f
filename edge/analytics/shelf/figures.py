"""Figures of a bay's day and of findings, with the measurements and looks behind them. Keys: a bay and a day; a
finding."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from edge.analytics.shelf.events import BayMeasured
from edge.core.figure import Figure
from edge.core.journal.browse import facts_of_day
from edge.core.registry import Registry
from edge.core.storage.database import Connection
from edge.lib.units.dates import day_of

_PAGE = "/manager/shelf"
_OF_DAY = "SELECT {}, {} FROM shelf_day WHERE bay = ?1 AND business_date = ?2"


def _measurements(
    of: str, over: str, db: Connection, registry: Registry, bay: str, day: str
) -> Iterator[tuple[int, int, int]]:
    """The bay's measurements of the day."""
    if not day_of(day):
        return
    for fact in facts_of_day(db, registry, [BayMeasured.__name__], day):
        if isinstance(fact.event, BayMeasured) and fact.event.bay == bay:
            yield fact.seq, getattr(fact.event, of), getattr(fact.event, over)


def _share(name: str, columns: tuple[str, str], fields: tuple[str, str]) -> Figure:
    """A share of a bay's facings or product groups on a day."""
    parts = partial(_measurements, *fields)
    return Figure(f"shelf.{name}", "count", _OF_DAY.format(*columns), parts, _PAGE, keys=2, over="count")


FIGURES = (
    _share("as_planned", ("right_count", "seen_count"), ("right", "seen")),
    _share("group_kept", ("group_right", "group_seen"), ("group_right", "group_seen")),
    _share("seen_share", ("seen_count", "planned_count"), ("seen", "planned")),
)
