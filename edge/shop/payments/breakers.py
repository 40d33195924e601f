"""Who is left alone for a while, as it is kept beside the journal, inside the transaction."""

from __future__ import annotations

import msgspec

from drivers.terminal_outcomes import NotStarted, OutcomeUnknown, TerminalOutcome
from edge.core.registry import Transaction
from edge.core.storage.database import Connection
from edge.shop.payments import commands
from edge.shop.payments.breaker import Breaker

SILENCE = frozenset(("offline", "silent", "broke_off"))
"""Why nothing began that say that nobody answered."""
_decode = msgspec.json.Decoder(Breaker).decode
_encode = msgspec.json.Encoder().encode


class RestingProvider(msgspec.Struct, frozen=True):
    """A provider that is left alone at a place until a time (UTC microseconds)."""

    provider: str
    place: str
    until_us: int


def read_breaker(db: Connection, provider: str, place: str) -> Breaker:
    """That of a provider at a place."""
    row = db.execute("SELECT body FROM payment_breaker WHERE provider = ? AND place = ?", (provider, place)).fetchone()
    return _decode(row[0]) if row else Breaker()


def resting(db: Connection, now_us: int) -> tuple[RestingProvider, ...]:
    """Who is left alone now, and where."""
    rows = db.execute("SELECT provider, place, body FROM payment_breaker ORDER BY provider, place").fetchall()
    kept = ((provider, place, _decode(body).left_us(now_us)) for provider, place, body in rows)
    return tuple(RestingProvider(provider, place, now_us + left_us) for provider, place, left_us in kept if left_us)


def resting_at(db: Connection, place: str, now_us: int) -> frozenset[str]:
    """The providers that are left alone at a place."""
    return frozenset(one.provider for one in resting(db, now_us) if one.place == place)


def ask(tx: Transaction, provider: str, place: str) -> None:
    """It is asked now: behind a pause as the one trial."""
    known = read_breaker(tx.db, provider, place)
    if known.until_us:
        _keep(tx, provider, place, known.asked(tx.at_us))


def note_call(tx: Transaction, command: commands.NoteCall) -> None:
    known = read_breaker(tx.db, command.provider, command.place)
    kept = known.worked(tx.at_us) if command.answered else known.failed(tx.at_us)
    _keep(tx, command.provider, command.place, kept)


def worth_noting(db: Connection, provider: str, place: str, answered: bool) -> bool:
    """Whether a call says something: an answer does only behind a failure."""
    return not answered or read_breaker(db, provider, place) != Breaker()


def is_silence(outcome: TerminalOutcome) -> bool:
    """Whether nobody answered, or only that it cannot: a decline, a busy terminal and a wrong request are answers."""
    match outcome:
        case OutcomeUnknown(code):
            return code != "bad_answer"
        case NotStarted(code):
            return code in SILENCE
    return False


def _keep(tx: Transaction, provider: str, place: str, breaker: Breaker) -> None:
    if breaker.is_new:
        tx.db.execute("DELETE FROM payment_breaker WHERE provider = ? AND place = ?", (provider, place))
        return
    values = (provider, place, _encode(breaker).decode())
    tx.db.execute("INSERT OR REPLACE INTO payment_breaker (provider, place, body) VALUES (?, ?, ?)", values)
