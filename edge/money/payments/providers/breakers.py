"""Circuit breakers, stored as local state without events, inside the transaction."""

from __future__ import annotations

import msgspec

from edge.core.registry import Transaction
from edge.money.payments import commands
from edge.money.payments.providers.breaker import ProviderBreaker
from edge.money.payments.queries import read_breaker

_encode = msgspec.json.Encoder().encode


def ask(tx: Transaction, provider: str, place: str) -> None:
    """Record a request. After a pause, it's the only trial until it's answered."""
    known = read_breaker(tx.db, provider, place)
    if known.until_us:
        _keep(tx, provider, place, known.record_call(tx.at_us))


def note_call(tx: Transaction, command: commands.NoteCall) -> None:
    known = read_breaker(tx.db, command.provider, command.place)
    kept = known.record_success(tx.at_us) if command.answered else known.record_failure(tx.at_us)
    _keep(tx, command.provider, command.place, kept)


def _keep(tx: Transaction, provider: str, place: str, breaker: ProviderBreaker) -> None:
    if breaker.is_new:
        tx.db.execute("DELETE FROM payment_breaker WHERE provider = ? AND place = ?", (provider, place))
        return
    values = (provider, place, _encode(breaker).decode())
    tx.db.execute("INSERT OR REPLACE INTO payment_breaker (provider, place, body) VALUES (?, ?, ?)", values)
