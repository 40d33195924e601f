"""Shop texts as master data."""

from __future__ import annotations

import msgspec

from edge.core.entity import Entity, Unknown
from edge.core.messages import Refusal
from edge.core.registry import Transaction
from edge.foundation.access.rights import MANAGE, SETTINGS
from edge.foundation.settings.commands import EndText, SetText
from edge.foundation.settings.events import TextEnded, TextSet
from edge.foundation.settings.texts import ALWAYS_US, TEXTS_LIMIT, Notice

_OTHERS = "SELECT count(*) FROM shown_text WHERE id <> ? AND until_us > ?"


def require_active_text(tx: Transaction, wanted: Notice, known: Notice | None) -> Notice:
    """Return the text with default times. Raises `Refusal` if it is over or too many are active; expired texts make
    room."""
    from_us = tx.at_us if wanted.from_us is None else wanted.from_us
    until_us = ALWAYS_US if wanted.until_us is None else wanted.until_us
    if until_us <= max(from_us, tx.at_us):
        raise Refusal("text_is_over", {"id": wanted.id})
    if tx.db.execute(_OTHERS, (wanted.id, tx.at_us)).fetchone()[0] >= TEXTS_LIMIT:
        raise Refusal("texts_full", {"limit": TEXTS_LIMIT})
    return msgspec.structs.replace(wanted, from_us=from_us, until_us=until_us)


TEXTS = Entity(
    Notice,
    table="shown_text",
    set_by=SetText,
    was_set=TextSet,
    end_by=EndText,
    was_ended=TextEnded,
    right=MANAGE,
    also=SETTINGS,
    ask_first=True,
    order=("seq",),
    unknown=Unknown("no_such_text", "id"),
    checks=(require_active_text,),
)
