"""Commands of the settings, inside the transaction."""

from __future__ import annotations

import msgspec

from edge.core.messages import Refusal
from edge.core.registry import Transaction
from edge.shop.access.queries import any_pin_set
from edge.shop.settings.commands import ClearSetting, EndText, SetSetting, SetText
from edge.shop.settings.definitions import known
from edge.shop.settings.events import SettingChanged, TextEnded, TextSet
from edge.shop.settings.texts import ALWAYS_US, TEXTS_LIMIT

_SAID = "SELECT value, said_by FROM setting WHERE name = ?"


def set_setting(tx: Transaction, command: SetSetting) -> None:
    setting = known().get(command.name)
    if setting is None:
        raise _unknown(command.name)
    if fault := setting.fault_of(command.value):
        raise Refusal("setting_wrong", {"name": command.name, "why": fault})
    if setting.wants_pin and command.value and not any_pin_set(tx.db):
        raise Refusal("sign_in_nobody")
    said = tx.db.execute(_SAID, (command.name,)).fetchone()
    if said != (msgspec.json.encode(command.value).decode(), command.by):
        tx.append(SettingChanged(command.name, command.value, command.by))


def clear_setting(tx: Transaction, command: ClearSetting) -> None:
    if command.name not in known():
        raise _unknown(command.name)
    if tx.db.execute(_SAID, (command.name,)).fetchone():
        tx.append(SettingChanged(command.name, None, command.by))


def _unknown(name: str) -> Refusal:
    return Refusal("setting_unknown", {"name": name, "known": ", ".join(known())})


def set_text(tx: Transaction, command: SetText) -> None:
    from_us = tx.at_us if command.from_us is None else command.from_us
    until_us = ALWAYS_US if command.until_us is None else command.until_us
    if until_us <= max(from_us, tx.at_us):
        raise Refusal("text_is_over", {"id": command.id})
    texts = {str(language): text for language, text in command.texts.items()}
    others = tx.db.execute("SELECT count(*) FROM shown_text WHERE id <> ? AND until_us > ?", (command.id, tx.at_us))
    if others.fetchone()[0] >= TEXTS_LIMIT:
        raise Refusal("texts_full", {"limit": TEXTS_LIMIT})
    tx.append(TextSet(command.id, command.place, texts, from_us, until_us, command.by))


def end_text(tx: Transaction, command: EndText) -> None:
    if tx.db.execute("SELECT 1 FROM shown_text WHERE id = ?", (command.id,)).fetchone() is None:
        raise Refusal("no_such_text", {"id": command.id})
    tx.append(TextEnded(command.id, command.by))
