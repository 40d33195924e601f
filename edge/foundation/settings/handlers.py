"""Settings commands, inside the transaction."""

from __future__ import annotations

import msgspec

from edge.core.messages import Refusal
from edge.core.registry import Transaction
from edge.core.surfaces import SYSTEM
from edge.foundation.access.queries import any_pin_set
from edge.foundation.settings.commands import ClearSetting, SetSetting, TellSettings
from edge.foundation.settings.definitions import settings_by_name
from edge.foundation.settings.events import FILE, HeldValue, SettingChanged, SettingInForce, SettingsInForce
from edge.foundation.settings.queries import SettingOverride, read_settings, settings_told, told_text

_SAID = "SELECT value, said_by FROM setting WHERE name = ?"


def set_setting(tx: Transaction, command: SetSetting) -> None:
    setting = settings_by_name().get(command.name)
    if setting is None:
        raise _unknown(command.name)
    _require_allowed(tx, command.name)
    if fault := setting.fault_of(command.value):
        raise Refusal("setting_wrong", {"name": command.name, "why": fault})
    if setting.wants_pin and command.value and not any_pin_set(tx.db):
        raise Refusal("sign_in_nobody")
    said = tx.db.execute(_SAID, (command.name,)).fetchone()
    if said != (msgspec.json.encode(command.value).decode(), command.by):
        tx.append(SettingChanged(command.name, command.value, command.by))


def clear_setting(tx: Transaction, command: ClearSetting) -> None:
    if command.name not in settings_by_name():
        raise _unknown(command.name)
    _require_allowed(tx, command.name)
    if tx.db.execute(_SAID, (command.name,)).fetchone():
        tx.append(SettingChanged(command.name, None, command.by))


def _require_allowed(tx: Transaction, name: str) -> None:
    """Raise `Refusal` if only head office may change the setting. Head office's directives run as the system; `by`
    isn't proof, because callers can write anything there."""
    if settings_by_name()[name].by_office and tx.actor.name != SYSTEM:
        raise Refusal("setting_of_office", {"name": name})


def tell_settings(tx: Transaction, command: TellSettings) -> None:
    said = {one.name: one for one in read_settings(tx.db)}
    told = SettingsInForce(
        tuple(_in_force(name, filed, said.get(name)) for name, filed in command.filed.items()), command.secrets
    )
    if settings_told(tx.db) != told_text(told):
        tx.append(told)


def _in_force(name: str, filed: HeldValue, word: SettingOverride | None) -> SettingInForce:
    if word is None:
        return SettingInForce(name, filed, FILE, 0, filed)
    return SettingInForce(name, word.value, word.by, word.at_us, filed)


def _unknown(name: str) -> Refusal:
    return Refusal("setting_unknown", {"name": name, "known": ", ".join(settings_by_name())})
