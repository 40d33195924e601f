"""What was left out, as too many waited: counted in the message that goes next, so that its number is true."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from edge.analytics.notify.delivery_timing import PROGRAMS, Send
from edge.core.storage.database import Connection
from edge.foundation.alerts.rules import DAY_US
from edge.foundation.outbox.messages import TELLING

_FIND = """
    SELECT m.id, m.alert, m.bundle, m.what = 'resolved',
           m.what = 'resolved' OR a.state = 'raised' OR (a.state = 'acknowledged' AND m.what = 'worse')
    FROM notify_message AS m JOIN alert AS a ON a.id = m.alert
    WHERE m.state = 'suppressed' AND m.why = 'too_many'
    AND m.what IN ('raised', 'worse', 'again', 'often', 'resolved')
    AND m.person = ? AND m.channel = ? AND m.changed_us > ?
"""


class LeftOut(msgspec.Struct, frozen=True):
    """Ids of rows that a message counts and does not name, and of how many alerts they are: `so` are still to be told,
    `over` came and went."""

    ids: tuple[int, ...] = ()
    so: int = 0
    over: int = 0


NOTHING = LeftOut()


def read_left_out(db: Connection, person: str, channel: str, sends: Sequence[Send], now_us: int) -> dict[int, LeftOut]:
    """What each of a person's messages of a channel counts beside its own rows, by the id of its first row: the first
    one that tells of alerts those that tell, the first one that says what is over those that do; and what goes again
    what it counted before."""
    counts: dict[Send | None, tuple[int, bool | None]] = {_first(sends, ends): (0, ends) for ends in (False, True)}
    counts |= {send: (send.rows[0].bundle, None) for send in sends if send.rows[0].bundle}
    counts.pop(None, None)
    if channel in PROGRAMS or not counts:
        return {}
    rows = db.execute(_FIND, (person, channel, now_us - DAY_US)).fetchall()
    return {
        send.rows[0].id: left
        for send, (bundle, ends) in counts.items()
        if send
        and (left := _count_left_out(send, [row for row in rows if row[2] == bundle and ends in (None, bool(row[3]))]))
    }


def _count_left_out(send: Send, rows: Sequence[tuple[int, ...]]) -> LeftOut | None:
    """Each alert once, whatever was to be said of it; not those that the message names."""
    named = {row.alert for row in send.rows}
    so = {alert for _, alert, _, _, is_so in rows if is_so} - named
    over = {alert for _, alert, _, _, _ in rows} - so - named
    return LeftOut(tuple(row[0] for row in rows), len(so), len(over)) if rows else None


def _first(sends: Sequence[Send], ends: bool) -> Send | None:
    whats = ("resolved",) if ends else TELLING
    return next((send for send in sends if send.rows[0].what in whats and not send.rows[0].bundle), None)
