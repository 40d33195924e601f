"""Prometheus metrics of card payments."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Mapping, Sequence

from edge.core.registry import Gauge
from edge.core.storage.database import Connection
from edge.money.payments.providers.provider import DRIVERS
from edge.money.payments.queries import read_providers, resting
from edge.money.payments.watches import LONG_US

OTHER = "other"
"""Label of all former providers, so that the number of labels stays small."""
TIMED_MOST = 200
"""Newest payments whose duration is reported."""
QUANTILES = (50, 95)
_STATES = "SELECT provider, state, count(*) FROM payment GROUP BY state, provider"
_OPEN = "SELECT provider, count(*) FROM payment WHERE attention = 1 GROUP BY provider"
_UNKNOWN = "SELECT provider, count(*) FROM payment WHERE state = 'unknown' AND changed_us < ? GROUP BY provider"
_NEWS = "SELECT provider, count(*) FROM payment WHERE news_seq > 0 GROUP BY provider"
_TOOK = f"""
    SELECT provider, json_extract(body, '$.took_us') FROM payment ORDER BY began_seq DESC LIMIT {TIMED_MOST}
"""


class _Names:
    """Label values of providers."""

    def __init__(self, db: Connection) -> None:
        self._known = {*(one.id for one in read_providers(db)), *DRIVERS}

    def __call__(self, provider: str) -> str:
        return provider if provider in self._known else OTHER


def _by_state(db: Connection, registers: Sequence[str]) -> Mapping[tuple[str, str], float]:
    name, counts = _Names(db), Counter[tuple[str, str]]()
    for provider, state, count in db.execute(_STATES).fetchall():
        counts[name(provider), state] += count
    return {at: float(count) for at, count in counts.items()}


def _sums_of(db: Connection, query: str, values: tuple[int, ...] = ()) -> Mapping[str, float]:
    name, counts = _Names(db), Counter[str]()
    for provider, count in db.execute(query, values).fetchall():
        counts[name(provider)] += count
    return {provider: float(count) for provider, count in counts.items()}


def _open(db: Connection, registers: Sequence[str]) -> Mapping[str, float]:
    return _sums_of(db, _OPEN)


def _unknown(db: Connection, registers: Sequence[str]) -> Mapping[str, float]:
    return _sums_of(db, _UNKNOWN, (_now_us() - LONG_US,))


def _news(db: Connection, registers: Sequence[str]) -> Mapping[str, float]:
    return _sums_of(db, _NEWS)


def _seconds(db: Connection, registers: Sequence[str]) -> Mapping[tuple[str, str], float]:
    name, took = _Names(db), dict[str, list[int]]()
    for provider, took_us in db.execute(_TOOK).fetchall():
        if took_us:
            took.setdefault(name(provider), []).append(took_us)
    return {
        (provider, f"0.{percent}"): sorted(times)[(len(times) * percent - 1) // 100] / 1e6
        for provider, times in took.items()
        for percent in QUANTILES
    }


def _resting(db: Connection, registers: Sequence[str]) -> Mapping[str, float]:
    return {f"{one.provider} {one.place}": 1.0 for one in resting(db, _now_us())}


def _now_us() -> int:
    return time.time_ns() // 1_000


GAUGES = (
    Gauge("edge_card_payments", "Card payments by state", ("provider", "state"), _by_state),
    Gauge("edge_card_seconds", "Duration of recent card payments", ("provider", "quantile"), _seconds),
    Gauge("edge_card_news", "Card payments reported by provider webhooks", "provider", _news),
    Gauge("edge_card_payments_open", "Card payments without a final result", "provider", _open),
    Gauge("edge_card_payments_unknown", "Card payments in an unknown state for minutes", "provider", _unknown),
    Gauge("edge_card_providers_resting", "Providers paused because they don't respond", "provider", _resting),
)
