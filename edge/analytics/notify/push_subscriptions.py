"""Browsers subscribed to push notifications, encrypted with their person's key and deleted with the person."""

from __future__ import annotations

from hashlib import blake2b

import msgspec

from edge.analytics.notify.preferences import Browser
from edge.core.people.sealing import Keyring
from edge.core.storage.database import Connection

PLACE = ("notify_browser", "body")
BROWSERS_LIMIT = 8
"""Maximum browsers per person; a new one replaces the oldest."""
_PUT = "INSERT OR REPLACE INTO notify_browser (person, id, body, made_us) VALUES (?, ?, ?, ?)"
_OLDEST = """
    DELETE FROM notify_browser WHERE person = ?1 AND id IN
        (SELECT id FROM notify_browser WHERE person = ?1 ORDER BY made_us DESC, id LIMIT -1 OFFSET ?2)
"""


class PersonBrowsers(msgspec.Struct, frozen=True):
    """A person's browsers by id."""

    person: str
    browsers: dict[str, Browser]


def browser_id(browser: Browser) -> str:
    """The id of a browser: a hash of its push address (hex)."""
    return blake2b(browser.endpoint.encode(), digest_size=8).hexdigest()


def keep_browser(db: Connection, person: str, browser: Browser, now_us: int) -> str:
    """Store a browser; returns its id. On the writer's connection."""
    id = browser_id(browser)
    body = Keyring(db).seal(person, *PLACE, msgspec.json.encode(browser).decode())
    db.execute(_PUT, (person, id, body, now_us))
    db.execute(_OLDEST, (person, BROWSERS_LIMIT))
    return id


def read_browsers(db: Connection, person: str) -> PersonBrowsers:
    """A person's browsers, decrypted."""
    ring, rows = (
        Keyring(db),
        db.execute("SELECT id, body FROM notify_browser WHERE person = ? ORDER BY made_us, id", (person,)).fetchall(),
    )
    opened = {id: text for id, body in rows if (text := ring.open(person, *PLACE, body))}
    return PersonBrowsers(person, {id: msgspec.json.decode(text, type=Browser) for id, text in opened.items()})


def count_browsers(db: Connection) -> dict[str, int]:
    """The number of browsers per person."""
    return dict(db.execute("SELECT person, count(*) FROM notify_browser GROUP BY person").fetchall())


def read_push_key(db: Connection) -> bytes:
    """The key that identifies this box to push services: 32 bytes; empty before it's created."""
    found = db.execute("SELECT secret FROM notify_key WHERE name = 'push'").fetchone()
    return bytes(found[0]) if found else b""


def keep_push_key(db: Connection, secret: bytes) -> None:
    """Store the key, on the writer's connection. It's created only once, as every subscription depends on it."""
    db.execute("INSERT OR IGNORE INTO notify_key (name, secret) VALUES ('push', ?)", (secret,))
