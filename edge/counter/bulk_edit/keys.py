"""Adds and removes the quick keys of an edit."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from edge.core.jobs.store import Job
from edge.core.messages import Command
from edge.core.storage.database import Connection
from edge.counter.bulk_edit.commands import KeyEdit
from edge.counter.quick_keys.commands import AddQuickKeys, SetQuickKeys
from edge.counter.quick_keys.events import QuickKeysSet
from edge.counter.quick_keys.layout import KeyPage, with_key
from edge.counter.quick_keys.queries import read_layout, register_layout

_replace = msgspec.structs.replace
_decode = msgspec.json.Decoder(QuickKeysSet).decode
_WHY_NOT = {"there": "edit_key_there", "full": "edit_keys_full"}
_MADE = """
    SELECT seq, body FROM journal
    WHERE command_id >= ? AND command_id < ? AND surface = 'job' AND actor = ? AND type = 'QuickKeysSet' ORDER BY seq
"""
_BEFORE = "SELECT body FROM journal WHERE type = 'QuickKeysSet' AND seq < ? ORDER BY seq DESC"


class Keys:
    """The keys that an edit adds to those of a register, or to the shared ones."""

    def __init__(self, db: Connection, edit: KeyEdit, language: str) -> None:
        self._pages = register_layout(db, edit.of_register)
        self._edit = edit
        self._language = language
        self._added: list[str] = []
        self.page = edit.page

    def add(self, sku: str) -> str:
        """Put a product in the first free place. Returns "", or the reason why it can't have one."""
        pages = with_key(self._pages, sku, self.page, self._language)
        if isinstance(pages, str):
            return _WHY_NOT[pages]
        self._pages = pages
        self._added.append(sku)
        return ""

    def command(self) -> AddQuickKeys | None:
        """The command that adds the keys to the layout as it is then; None if there are no keys to add."""
        if not self._added:
            return None
        return AddQuickKeys(tuple(self._added), self.page, self._language, self._edit.of_register)


def keys_taken_back(db: Connection, job: Job) -> Iterator[tuple[str, Command]]:
    """The commands that remove the keys a job added, each with its register.

    Keys changed since are left alone. A register that used the shared keys before uses them again, unless its keys were
    changed.
    """
    begin, end = ((job.queued_us // 1000 + more).to_bytes(6, "big") for more in (0, 1))
    for seq, body in db.execute(_MADE, (begin, end, job.actor)).fetchall():
        event = _decode(body)
        own = _layout_before(db, int(seq), event.of_register)
        before = own or _layout_before(db, int(seq), "")
        had = {(number, key) for number, page in enumerate(before) for key in page.keys}
        added = {key for number, page in enumerate(event.pages) for key in page.keys if (number, key) not in had}
        now = read_layout(db, event.of_register)
        new_page = len(event.pages) > len(before)
        pages = tuple(_replace(page, keys=tuple(key for key in page.keys if key not in added)) for page in now)
        if new_page:
            pages = tuple(page for page in pages if page.keys or page.names != event.pages[-1].names)
        if not own and pages == before:
            pages = ()
        if pages != now:
            yield event.of_register, SetQuickKeys(pages, event.of_register)


def _layout_before(db: Connection, seq: int, of_register: str) -> tuple[KeyPage, ...]:
    for (body,) in db.execute(_BEFORE, (seq,)):
        event = _decode(body)
        if event.of_register == of_register:
            return event.pages
    return ()
