"""Letters: messages to people outside the shop, such as customers or suppliers. Usable on any connection.

The text is written when it is sent (`service/letters.py` of the capability), from the data in `about`.
"""

from __future__ import annotations

from typing import Any

import msgspec

from edge.core.storage.database import Connection
from edge.foundation.outbox.messages import (
    FIELDS,
    LETTERS,
    SEVERITY_OF_LETTERS,
    WAITING_LIMIT,
    LetterKind,
    Message,
    New,
    queue,
    settle,
)

ANY_CHANNEL = ""
"""The channel of a letter that may use any channel. The channel is chosen when one is available."""
_WAITING = "SELECT count(*) FROM notify_message WHERE state IN ('queued', 'sending') AND what = ?"
_OF = f"SELECT {FIELDS} FROM notify_message WHERE key >= ? AND key < ? ORDER BY id"
_ANY = f"SELECT {FIELDS} FROM notify_message WHERE state = 'queued' AND channel = '' ORDER BY id LIMIT {WAITING_LIMIT}"
"""Filter for letters without a channel. Such a letter waits for two hours, and must not delay letters that have one."""


def queue_letter(
    db: Connection,
    kind: LetterKind,
    key: str,
    person: str,
    channel: str,
    about: msgspec.Struct,
    now_us: int,
    body: str = "",
    life_us: int = 0,
) -> None:
    """Queue a letter unless its key exists. `key` begins with `kind` and a colon."""
    text = msgspec.json.encode(about).decode()
    queue(db, [New(key, 0, kind, SEVERITY_OF_LETTERS, person, channel, body=body, about=text, life_us=life_us)], now_us)


def letters_of(db: Connection, prefix: str) -> list[Message]:
    """Letters by key prefix, oldest first."""
    return [Message(*row) for row in db.execute(_OF, (prefix, prefix + "\x7f")).fetchall()]


def count_waiting(db: Connection, kind: LetterKind) -> int:
    """Number of unsent letters of a kind."""
    return int(db.execute(_WAITING, (kind,)).fetchone()[0])


def withdraw(db: Connection, prefix: str, now_us: int, why: str, but: tuple[str, ...] = ()) -> None:
    """Cancel unsent letters with this key prefix, except those with a prefix in `but`."""
    for one in letters_of(db, prefix):
        if one.state == "queued" and not one.key.startswith(but):
            settle(db, [one.id], now_us, state="suppressed", why=why)


def without_channel(db: Connection) -> list[Message]:
    """Return letters that have no channel yet."""
    return [Message(*row) for row in db.execute(_ANY).fetchall()]


def is_letter(message: Message) -> bool:
    """Whether the recipient is outside the shop."""
    return message.what in LETTERS


def about_of(message: Message, type: Any) -> Any:
    """Data of a letter, as a struct."""
    return msgspec.json.decode(message.about, type=type)
