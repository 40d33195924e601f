"""Figures of trained recommendations, with the training that recorded them, and how many suggestions were shown, taken
and dismissed in a week. Keys: a model's version; a week (its Monday), a surface and a register."""

from __future__ import annotations

from edge.core.figure import Figure, Unit
from edge.ordering.recommend.queries import WEEK

_PAGE = "/manager/recommend"
_OF_WEEK = f"FROM recommend_day WHERE {WEEK} = ?1 AND surface = ?2 AND register = ?3"
_OF_MODEL = "FROM recommend_model WHERE version = ?1"


def _figure(name: str, unit: Unit, field: str = "") -> Figure:
    value = f"coalesce(body ->> '$.{field or name}', 0)"  # the journal leaves out zeros
    return Figure(f"recommend.{name}", unit, f"SELECT {value} {_OF_MODEL}", f"SELECT seq, {value} {_OF_MODEL}", _PAGE)


def _of_week(name: str) -> Figure:
    shown, parts = f"SELECT sum({name}) {_OF_WEEK}", f"SELECT seq, {name} {_OF_WEEK}"
    return Figure(f"recommend.{name}", "count", shown, parts, _PAGE, keys=3)


FIGURES = (
    *map(_of_week, ("shown", "taken", "waved")),
    *(_figure(name, "count") for name in ("baskets", "broken", "persons")),
    *(_figure(name, "percent") for name in ("recall10", "sells10", "auc")),
    _figure("shown_share", "percent", "shown"),
    *(_figure(name, "percent") for name in ("again10", "often10", "new10", "new_sells10")),
)
