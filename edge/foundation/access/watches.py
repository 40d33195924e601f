"""Alerts about sign-in."""

from __future__ import annotations

from collections.abc import Iterator

from edge.core.registry import Condition, Watch
from edge.core.storage.database import Connection
from edge.foundation.access.credentials.one_time_codes import MANY, count_sent
from edge.foundation.access.credentials.throttle import WRONG_BEFORE_WAITING

TOLD_US = 86_400_000_000
"""How long to report a one-time event, because no later event ends it."""

_MOST = "SELECT coalesce(max(wrong), 0) FROM access_try"
_HAPPENED = "SELECT user_id, place FROM access_login WHERE at_us > ? AND how = ? AND result = ? ORDER BY id"


def _pins_guessed(db: Connection, now_us: int, business_date: str) -> Iterator[Condition]:
    """Repeated wrong PINs."""
    (wrong,) = db.execute(_MOST).fetchone()
    if wrong > WRONG_BEFORE_WAITING:
        yield Condition("", {"tries": wrong}, "critical" if wrong >= 10 * WRONG_BEFORE_WAITING else "")


def _cookie_copied(db: Connection, now_us: int, business_date: str) -> Iterator[Condition]:
    """Report that a paired browser's old cookie was used, which means that it was copied."""
    yield from _browsers(db, now_us, "copied")


def _cookie_moved(db: Connection, now_us: int, business_date: str) -> Iterator[Condition]:
    """Report that a paired browser used two addresses within an hour."""
    yield from _browsers(db, now_us, "moved")


def _twice(db: Connection, now_us: int, business_date: str) -> Iterator[Condition]:
    """Report that a kiosk's cookie was used on two devices at once."""
    yield from _browsers(db, now_us, "twice")


def _browsers(db: Connection, now_us: int, result: str) -> list[Condition]:
    places = dict.fromkeys(place for _, place in db.execute(_HAPPENED, (now_us - TOLD_US, "cookie", result)))
    return [Condition(id, {"till": register or "-"}) for id, _, register in (one.partition(" ") for one in places)]


def _token_copied(db: Connection, now_us: int, business_date: str) -> Iterator[Condition]:
    """A used refresh token was presented: a program's tokens were copied."""
    for user in dict.fromkeys(user for user, _ in db.execute(_HAPPENED, (now_us - TOLD_US, "token", "copied"))):
        yield Condition(user, {"user": user})


def _many_codes(db: Connection, now_us: int, business_date: str) -> Iterator[Condition]:
    """Half of the daily limit of sent codes is used."""
    if (sent := count_sent(db, now_us)) >= MANY:
        yield Condition("", {"sent": sent})


WATCHES: tuple[Watch, ...] = (
    Watch("pins_guessed", "high", _pins_guessed, every_s=15, mended_at="/manager/users"),
    Watch("cookie_copied", "high", _cookie_copied, every_s=15),
    Watch("cookie_moved", "low", _cookie_moved),
    Watch("kiosk_twice", "high", _twice, every_s=15),
    Watch("token_copied", "high", _token_copied, every_s=15),
    Watch("codes_many", "medium", _many_codes, every_s=300, mended_at="/manager/users"),
)
