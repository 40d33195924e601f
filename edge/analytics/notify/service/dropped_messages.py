"""Messages dropped because too many were waiting. They are counted in the next message, so that its
total is correct.
"""

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
    """Ids of rows that a message counts without naming, and the number of their alerts.

    `so`: the row still applies, as it reports a resolution or its alert is still open; `over`: it no longer applies.
    """

    ids: tuple[int, ...] = ()
    so: int = 0
    over: int = 0


NOTHING = LeftOut()


def read_counted_alerts(
    db: Connection, person: str, channel: str, sends: Sequence[Send], now_us: int
) -> dict[int, LeftOut]:
    """The alerts that each of a person's messages on a channel counts besides its own rows, by its first row's id. Open
    alerts are counted in the first message about open ones, resolved ones in the first about resolutions; retries keep
    their counts."""
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
        and (left := _count_unnamed(send, [row for row in rows if row[2] == bundle and ends in (None, bool(row[3]))]))
    }


def _count_unnamed(send: Send, rows: Sequence[tuple[int, ...]]) -> LeftOut | None:
    """Count each alert once, except those named in the message."""
    named = {row.alert for row in send.rows}
    so = {alert for _, alert, _, _, is_so in rows if is_so} - named
    over = {alert for _, alert, _, _, _ in rows} - so - named
    return LeftOut(tuple(row[0] for row in rows), len(so), len(over)) if rows else None


def _first(sends: Sequence[Send], ends: bool) -> Send | None:
    whats = ("resolved",) if ends else TELLING
    return next((send for send in sends if send.rows[0].what in whats and not send.rows[0].bundle), None)
