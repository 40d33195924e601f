"""Figures of counts that were written to other systems, with the entries that say so. The key: the connector."""

from __future__ import annotations

from edge.core.figure import Figure

_LAST = "FROM feed_given WHERE connector = ?1 ORDER BY seq DESC LIMIT 1"


def _figure(name: str, field: str) -> Figure:
    return Figure(f"feeds.{name}", "count", f"SELECT {field} {_LAST}", f"SELECT seq, {field} {_LAST}", "/manager/feeds")


FIGURES = (_figure("counts_updated", "changed"), _figure("counts_skipped", "left_out"))
