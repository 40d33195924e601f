"""Handlers of other tills, inside the transaction."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import msgspec

from edge.backoffice.other_tills.commands import (
    SETTLED_AT_ONCE,
    DropHook,
    HearPosNews,
    NoteHook,
    NotePosAsked,
    NotePosDay,
    RetryHook,
    SettlePosSales,
    TakePosSale,
)
from edge.backoffice.other_tills.entities import TILLS
from edge.backoffice.other_tills.events import PosDayReconciled
from edge.backoffice.other_tills.other_till import OtherTill
from edge.backoffice.other_tills.sale import UNPAID, PosSale
from edge.backoffice.other_tills.settings import TillBounds
from edge.backoffice.other_tills.settle import find_sale, refund_fault, settle
from edge.core.messages import Refusal
from edge.core.registry import Transaction
from edge.foundation.settings.queries import LiveSettings

AHEAD_US = 24 * 3600 * 1_000_000
"""How far in the future an event may be dated. Beyond it, the event is booked at its arrival."""
HOOKS_LIMIT = 100_000
"""Maximum webhooks remembered to recognise repeats. The oldest are forgotten, except those waiting for a person."""
_FORGET = "DELETE FROM pos_hook WHERE id <= (SELECT max(id) FROM pos_hook) - ? AND state <> 'dead'"
Outcome = Literal["taken", "same", "stale", "held", "waits"]
_OPEN = """
    SELECT id, body, state, reasons, unmapped FROM pos_sale
    WHERE pos = ? AND id > ? AND (state <> 'taken' OR unmapped <> '[]') ORDER BY id LIMIT ?
"""
_PROGRESS = """
    INSERT INTO pos_progress (pos, asked_us, cursor, why, detail, failed_us, stale, differs, began_us)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, 0, 0, iif(?3 = '', 0, ?2))
    ON CONFLICT (pos) DO UPDATE SET asked_us = ?2, cursor = iif(?3 = '', cursor, ?3), why = ?4, detail = ?5,
        failed_us = iif(?4 = '', 0, iif(failed_us > 0, failed_us, ?6)),
        began_us = iif(began_us > 0 OR ?3 = '', began_us, ?2)
"""
_NOW_MAPPED = "SELECT count(*) FROM json_each(?) j JOIN pos_item ON pos = ? AND item = j.value"
_DEAD = "SELECT id, pos, file, at_us FROM pos_hook WHERE id = ? AND state = 'dead'"
_ALL_DEAD = "SELECT id, pos, file, at_us FROM pos_hook WHERE pos = ? AND state = 'dead' ORDER BY id LIMIT ?"
DECIDED_AT_ONCE = 500
"""Maximum messages discarded or retried per command."""
ASKED_AGAIN_US = 7 * 24 * 3600 * 1_000_000
_ASK_FROM = """
    UPDATE pos_progress SET asked_us = 0, cursor = CAST(min(CAST(cursor AS INTEGER), ?2) AS TEXT)
    WHERE pos = ?1 AND cursor <> ''
"""
_COUNT = """
    INSERT INTO pos_progress (pos, asked_us, cursor, why, detail, failed_us, stale, differs, began_us)
    VALUES (?1, 0, '', '', '', 0, ?2, ?3, 0)
    ON CONFLICT (pos) DO UPDATE SET stale = stale + ?2, differs = differs + ?3
"""


class OtherTills:
    """Handlers for a store with this currency. `day_of` returns the business day of a time."""

    def __init__(self, currency: str, bounds: LiveSettings[TillBounds], day_of: Callable[[int], str]) -> None:
        self._currency, self._bounds, self._day_of = currency, bounds, day_of

    def take(self, tx: Transaction, command: TakePosSale) -> Outcome:
        """Apply a sale. The latest version counts, and known ones have no effect."""
        sale, till = command.sale, _till(tx, command.sale.pos)
        known = find_sale(tx.db, sale.pos, sale.document, sale.transaction_id)
        if known and known[0].version >= sale.version:
            if known[0].version > sale.version:
                tx.db.execute(_COUNT, (sale.pos, 1, 0))
                return "stale"
            return "same"
        if sale.kind == "void" and sale.refund_of == UNPAID:
            if known is None:
                return "same"
            sale = msgspec.structs.replace(sale, refund_of="")
        reasons: tuple[str, ...] = () if sale.currency == self._currency else ("currency",)
        if sale.at_us > tx.at_us + AHEAD_US:
            sale, reasons = msgspec.structs.replace(sale, at_us=tx.at_us), (*reasons, "suspect")
        return settle(tx, till, sale, self._bounds.of(tx).refund_wait_days, self._day_of, reasons).state

    def settle_some(self, tx: Transaction, command: SettlePosSales) -> int:
        """Check held or waiting sales again. Those that still wait aren't written."""
        till, wait_days = _till(tx, command.pos), self._bounds.of(tx).refund_wait_days
        rows = tx.db.execute(_OPEN, (command.pos, command.after, SETTLED_AT_ONCE)).fetchall()
        for _, body, state, reasons, unmapped in rows:
            sale = msgspec.json.decode(body, type=PosSale)
            if _is_sale_complete(tx, till, sale, wait_days, state, unmapped):
                kept = tuple(one for one in msgspec.json.decode(reasons) if one in ("currency", "suspect"))
                settle(tx, till, sale, wait_days, self._day_of, kept)
        return int(rows[-1][0]) if len(rows) == SETTLED_AT_ONCE else 0

    def note_asked(self, tx: Transaction, command: NotePosAsked) -> None:
        _till(tx, command.pos)
        failed_us = tx.at_us if command.why else 0
        tx.db.execute(_PROGRESS, (command.pos, tx.at_us, command.cursor, command.why, command.detail, failed_us))

    def note_hook(self, tx: Transaction, command: NoteHook) -> bool:
        """Record a webhook. Returns whether it's new. If an id arrives again with another body, the first one
        counts."""
        known = tx.db.execute(
            "SELECT digest, state FROM pos_hook WHERE pos = ? AND event_id = ?", (command.pos, command.event_id)
        ).fetchone()
        if known and known[0] != command.digest:
            tx.db.execute(_COUNT, (command.pos, 0, 1))
            return False
        tx.db.execute(
            "INSERT INTO pos_hook (pos, event_id, digest, state, why, file, at_us) VALUES (?, ?, ?, ?, ?, ?, ?)"
            " ON CONFLICT (pos, event_id) DO UPDATE SET state = excluded.state, why = excluded.why,"
            " file = excluded.file",
            (command.pos, command.event_id, command.digest, command.state, command.why, command.file, tx.at_us),
        )
        tx.db.execute(_FORGET, (HOOKS_LIMIT,))
        return known is None

    def note_day(self, tx: Transaction, command: NotePosDay) -> None:
        """Record a comparison. It's an event once per day and location, and again when the result changes."""
        _till(tx, command.pos)
        row = tx.db.execute(
            "SELECT sales, differences FROM pos_day WHERE pos = ? AND location = ? AND day = ?",
            (command.pos, command.location, command.day),
        ).fetchone()
        if row == (command.sales, msgspec.json.encode(command.differences).decode()) and not command.taken:
            return
        said = (command.pos, command.location, command.day, command.sales, command.taken, command.differences)
        tx.append(PosDayReconciled(*said))


def hear_news(tx: Transaction, command: HearPosNews) -> None:
    """Make a previously contacted till due again; others are due anyway."""
    _till(tx, command.pos)
    tx.db.execute("UPDATE pos_progress SET asked_us = 0 WHERE pos = ?", (command.pos,))


def drop_hook(tx: Transaction, command: DropHook) -> None:
    for id, _, _, _ in _hooks(tx, command):
        tx.db.execute("UPDATE pos_hook SET state = 'done', why = 'dropped' WHERE id = ?", (id,))


def retry_hook(tx: Transaction, command: RetryHook) -> None:
    """Process a webhook again. A fetched order has no file, so all changes since a week before it are fetched again;
    known ones have no effect."""
    for id, pos, file, at_us in _hooks(tx, command):
        if file:
            tx.db.execute("UPDATE pos_hook SET state = 'again', why = '' WHERE id = ?", (id,))
        else:
            tx.db.execute("DELETE FROM pos_hook WHERE id = ?", (id,))
            tx.db.execute(_ASK_FROM, (pos, at_us - ASKED_AGAIN_US))


def _hooks(tx: Transaction, command: DropHook | RetryHook) -> list[tuple[int, str, str, int]]:
    """The unreadable webhook, or some of its till's: id, till, file, and time of arrival."""
    found: list[tuple[int, str, str, int]] = tx.db.execute(_DEAD, (command.id,)).fetchall()
    if not found:
        raise Refusal("pos_hook_unknown", {"hook": command.id})
    if command.all:
        found = tx.db.execute(_ALL_DEAD, (found[0][1], DECIDED_AT_ONCE)).fetchall()
    return found


def _till(tx: Transaction, id: str) -> OtherTill:
    found = TILLS.find(tx.db, id)
    if found is None:
        raise Refusal(TILLS.unknown.code, TILLS.unknown.values(id))
    return found


def _is_sale_complete(
    tx: Transaction, till: OtherTill, sale: PosSale, wait_days: int, state: str, unmapped: str
) -> bool:
    """Whether everything a sale waits for has arrived."""
    if sale.location not in till.our_places:
        return False
    if sale.document == "refund" and state != "taken":
        wrong = refund_fault(tx, sale, wait_days)
        return wrong is None or wrong.state != state
    if state != "taken":
        return True
    row = tx.db.execute(_NOW_MAPPED, (unmapped, sale.pos)).fetchone()
    return bool(row[0])
