"""Figures of trained recommendations, with the training that recorded them. The key is the model's version."""

from __future__ import annotations

from edge.core.figure import Figure, Unit

_PAGE = "/manager/recommend"
_OF_MODEL = "FROM recommend_model WHERE version = ?1"


def _figure(name: str, unit: Unit, field: str = "") -> Figure:
    value = f"coalesce(body ->> '$.{field or name}', 0)"  # the journal leaves out zeros
    return Figure(f"recommend.{name}", unit, f"SELECT {value} {_OF_MODEL}", f"SELECT seq, {value} {_OF_MODEL}", _PAGE)


FIGURES = (
    *(_figure(name, "count") for name in ("baskets", "broken", "persons")),
    *(_figure(name, "percent") for name in ("recall10", "sells10", "auc")),
    _figure("shown_share", "percent", "shown"),
    *(_figure(name, "percent") for name in ("again10", "often10", "new10", "new_sells10")),
)
