"""What staff type in their own words (why, what for, a note): it may name anybody, so it stands nowhere in the clear.

    2.PERSON.BOX | PERSON: under whose key, BOX: as `sealing.py` seals it

Where the fact is about a person it is under their key, and goes with them; else under that of the day, which is
destroyed after KEPT_DAYS like a person's (`expired`). An event names such fields in `remarks`, and the journal seals
them as they come in; local rows are sealed by who writes them; whoever reads either opens it (`Remarks.read`).
"""

from __future__ import annotations

import re
from datetime import date, timedelta

import msgspec
import structlog

from edge.core.messages import E
from edge.core.people.sealing import Forgotten, Keyring
from edge.core.storage.database import Connection
from edge.lib.errors import NeedsHuman

_log = structlog.get_logger(__name__)
KEPT_DAYS = 90
"""How long it is known what was said of nobody in particular."""
_KIND, _FIELD = "remark", "text"
_FORM = re.compile(r"2\.([a-z0-9][a-z0-9_-]{0,63})\.(1\.[A-Za-z0-9_-]+)")
DAY = "remarks-"
"""How the people begin that the keys of days are kept as."""
_EXPIRED = "SELECT person FROM person_key WHERE person >= ? AND person < ? ORDER BY person"


class Remarks:
    """The remarks of a ledger, as `db` sees it: for one transaction or one page."""

    def __init__(self, db: Connection) -> None:
        self._db = db
        self._ring: Keyring | None = None

    def seal(self, text: str, day: str, person: str = "") -> str:
        """`text` under the key of `person`, or of the day of business. On the writer's connection. Where keys cannot be
        read it is not kept: a sale waits for no remark."""
        if not text or self._is_sealed(text):
            return text
        try:
            for under in (*((person,) if person else ()), *(f"{DAY}{day}{suffix}" for suffix in ("", "a", "b", "c"))):
                try:
                    return f"2.{under}.{self._keys.seal(under, _KIND, _FIELD, text)}"
                except Forgotten:  # a person since; or a day, and the clock was set back
                    continue
        except NeedsHuman as error:
            _log.warning("a note couldn't be stored", why=error.what)
        return ""

    def read(self, text: str) -> str:
        """What was sealed, "" once its key is gone; what is no ciphertext (a word of the software's own) as it is."""
        found = _FORM.fullmatch(text)
        return (self._keys.open(found[1], _KIND, _FIELD, found[2]) or "") if found else text

    @property
    def _keys(self) -> Keyring:
        self._ring = self._ring or Keyring(self._db)
        return self._ring

    def _is_sealed(self, text: str) -> bool:
        found = _FORM.fullmatch(text)
        return found is not None and self._keys.open(found[1], _KIND, _FIELD, found[2], held_too=True) is not None


def read_remark(db: Connection, text: str) -> str:
    """See `Remarks.read`; for a single one."""
    return Remarks(db).read(text)


def with_sealed_remarks(db: Connection, event: E, day: str) -> E:
    """The event as the journal keeps it."""
    kept: dict[str, str] = {}
    remarks = None
    for name in event.remarks:
        if (text := getattr(event, name)) and text not in event.own_words:
            remarks = remarks or Remarks(db)
            kept[name] = remarks.seal(text, day, getattr(event, event.remarks_on) if event.remarks_on else "")
    return msgspec.structs.replace(event, **kept) if kept else event


def with_open_remarks(db: Connection, event: E) -> E:
    """The event as it is shown."""
    remarks = Remarks(db)
    said = {name: remarks.read(getattr(event, name)) for name in event.remarks}
    return msgspec.structs.replace(event, **said) if said else event


def expired_days(db: Connection, today: str) -> list[str]:
    """Days whose remarks are over, as the people that their keys are kept as."""
    before = date.fromisoformat(today) - timedelta(days=KEPT_DAYS)
    return [person for (person,) in db.execute(_EXPIRED, (DAY, f"{DAY}{before}"))]
