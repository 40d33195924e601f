"""What Prometheus is told of card payments."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence

from edge.core.registry import Gauge
from edge.core.storage.database import Connection
from edge.shop.payments.queries import resting
from edge.shop.payments.watches import LONG_US

_STATES = "SELECT state, count(*) FROM payment GROUP BY state"
_OPEN = "SELECT provider, count(*) FROM payment WHERE attention = 1 GROUP BY provider"
_UNKNOWN = "SELECT provider, count(*) FROM payment WHERE state = 'unknown' AND changed_us < ? GROUP BY provider"


def _by_state(db: Connection, registers: Sequence[str]) -> Mapping[str, float]:
    return {state: float(count) for state, count in db.execute(_STATES)}


def _open(db: Connection, registers: Sequence[str]) -> Mapping[str, float]:
    return {provider: float(count) for provider, count in db.execute(_OPEN)}


def _unknown(db: Connection, registers: Sequence[str]) -> Mapping[str, float]:
    return {provider: float(count) for provider, count in db.execute(_UNKNOWN, (_now_us() - LONG_US,))}


def _resting(db: Connection, registers: Sequence[str]) -> Mapping[str, float]:
    return {f"{one.provider} {one.place}": 1.0 for one in resting(db, _now_us())}


def _now_us() -> int:
    return time.time_ns() // 1_000


GAUGES = (
    Gauge("edge_card_payments", "Card payments, by where each is now", "state", _by_state),
    Gauge("edge_card_payments_open", "Card payments of which the end is not known yet", "provider", _open),
    Gauge("edge_card_payments_unknown", "Card payments that are unknown for minutes", "provider", _unknown),
    Gauge("edge_card_providers_resting", "Providers that do not answer and are left alone", "provider", _resting),
)
