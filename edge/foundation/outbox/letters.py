"""Letters: what goes to somebody outside who is no user here, such as a customer or a supplier. On any connection.

What a letter says is written when it goes out (`service/letters.py` of the capability), from what `about` names.
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
"""The channel of a letter that goes by whatever there is: it is chosen when there is one."""
_WAITING = "SELECT count(*) FROM notify_message WHERE state IN ('queued', 'sending') AND what = ?"
_OF = f"SELECT {FIELDS} FROM notify_message WHERE key >= ? AND key < ? ORDER BY id"
_ANY = f"SELECT {FIELDS} FROM notify_message WHERE state = 'queued' AND channel = '' ORDER BY id LIMIT {WAITING_LIMIT}"
"""All of them: one that has no way waits for two hours, and must not stand before one that has."""


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
    """Keep a letter; one whose key there is already stays as it is. `key` begins with `kind` and a colon."""
    text = msgspec.json.encode(about).decode()
    queue(db, [New(key, 0, kind, SEVERITY_OF_LETTERS, person, channel, body=body, about=text, life_us=life_us)], now_us)


def letters_of(db: Connection, prefix: str) -> list[Message]:
    """Those whose keys begin so, the oldest first."""
    return [Message(*row) for row in db.execute(_OF, (prefix, prefix + "\x7f")).fetchall()]


def count_waiting(db: Connection, kind: LetterKind) -> int:
    """How many of a kind are not out yet."""
    return int(db.execute(_WAITING, (kind,)).fetchone()[0])


def withdraw(db: Connection, prefix: str, now_us: int, why: str, but: tuple[str, ...] = ()) -> None:
    """Of those whose keys begin so, what still waits is not sent; `but` those whose keys begin with one of these."""
    for one in letters_of(db, prefix):
        if one.state == "queued" and not one.key.startswith(but):
            settle(db, [one.id], now_us, state="suppressed", why=why)


def without_channel(db: Connection) -> list[Message]:
    """Letters whose channel is still to be chosen."""
    return [Message(*row) for row in db.execute(_ANY).fetchall()]


def is_letter(message: Message) -> bool:
    """Whether it goes to somebody who is no user."""
    return message.what in LETTERS


def about_of(message: Message, type: Any) -> Any:
    """What a letter is about, as a struct of that type."""
    return msgspec.json.decode(message.about, type=type)
