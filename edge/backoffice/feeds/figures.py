"""Figures of a connector's runs and of counts written to other systems, with the entries behind them. Keys: a run's
job; the connector."""

from __future__ import annotations

from edge.core.figure import Figure

_LAST = "FROM feed_given WHERE connector = ?1 ORDER BY seq DESC LIMIT 1"
_ENDED = """
    FROM feed_run r JOIN feed_taken t
    ON t.connector = r.connector AND t.entity_type = r.entity_type AND t.began_us = r.began_us
    WHERE CAST(r.job AS TEXT) = ?1
"""
_PAGE = "/manager/feeds"
_STATES = ("applied", "same", "held", "invalid")


def _figure(name: str, field: str, source: str) -> Figure:
    return Figure(name, "count", f"SELECT {field} {source}", f"SELECT seq, {field} {source}", _PAGE)


FIGURES = (
    _figure("feeds.counts_updated", "changed", _LAST),
    _figure("feeds.counts_skipped", "left_out", _LAST),
    _figure("feeds.records", "t.records", _ENDED),
    *(_figure(f"feeds.state_{state}", f"t.{state}", _ENDED) for state in _STATES),
)
