"""Free text typed by staff (reasons, notes): it may name people, so it is always stored encrypted.

    2.PERSON.BOX | PERSON: id of the key's owner, BOX: as `sealing.py` seals it

A remark about a person is sealed under their key and disappears with them. Any other is sealed under the day's key,
which is destroyed after KEPT_DAYS (`expired_days`). Events name such fields in `remarks`, and the journal seals them;
local rows are sealed by their writer. `Remarks.read` opens both.
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
"""Days to keep remarks that concern no particular person."""
_KIND, _FIELD = "remark", "text"
_FORM = re.compile(r"2\.([a-z0-9][a-z0-9_-]{0,63})\.(1\.[A-Za-z0-9_-]+)")
DAY = "remarks-"
"""Prefix of the person ids under which keys of days are stored."""
_EXPIRED = "SELECT person FROM person_key WHERE person >= ? AND person < ? ORDER BY person"


class Remarks:
    """The remarks of a ledger, read through `db`, for one transaction or page."""

    def __init__(self, db: Connection) -> None:
        self._db = db
        self._ring: Keyring | None = None

    def seal(self, text: str, day: str, person: str = "") -> str:
        """Seal `text` under the key of `person`, or of the business date. Requires the writer's connection. If the keys
        can't be read the text is dropped: a sale doesn't wait for a remark."""
        if not text or self._is_sealed(text):
            return text
        try:
            for under in (*((person,) if person else ()), *(f"{DAY}{day}{suffix}" for suffix in ("", "a", "b", "c"))):
                try:
                    return f"2.{under}.{self._keys.seal(under, _KIND, _FIELD, text)}"
                except Forgotten:  # the person was forgotten; or the day's key was erased and the clock set back
                    continue
        except NeedsHuman as error:
            _log.warning("a note couldn't be stored", why=error.what)
        return ""

    def read(self, text: str) -> str:
        """Decrypt a remark; "" if its key is destroyed. Plain text (the software's own words) is returned unchanged."""
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
    """Decrypt a single remark; see `Remarks.read`."""
    return Remarks(db).read(text)


def with_sealed_remarks(db: Connection, event: E, day: str) -> E:
    """Return a copy of the event with its remarks sealed, as the journal stores it."""
    kept: dict[str, str] = {}
    remarks = None
    for name in event.remarks:
        if (text := getattr(event, name)) and text not in event.own_words:
            remarks = remarks or Remarks(db)
            kept[name] = remarks.seal(text, day, getattr(event, event.remarks_on) if event.remarks_on else "")
    return msgspec.structs.replace(event, **kept) if kept else event


def with_open_remarks(db: Connection, event: E) -> E:
    """Return the event with readable remarks."""
    remarks = Remarks(db)
    said = {name: remarks.read(getattr(event, name)) for name in event.remarks}
    return msgspec.structs.replace(event, **said) if said else event


def expired_days(db: Connection, today: str) -> list[str]:
    """Return the key ids of the days whose remarks have expired."""
    before = date.fromisoformat(today) - timedelta(days=KEPT_DAYS)
    return [person for (person,) in db.execute(_EXPIRED, (DAY, f"{DAY}{before}"))]
