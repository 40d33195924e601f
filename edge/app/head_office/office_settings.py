"""Settings as head office's page shows them: names and allowed values, like a shop's settings page."""

from __future__ import annotations

import msgspec

from edge.foundation.settings.control import Kind, control_of
from edge.foundation.settings.definitions import Setting, settings_by_name
from edge.lib.i18n import LANGUAGES, own_name, translate


class SettingWords(msgspec.Struct, frozen=True):
    """A setting: its control, maximum number or length, and texts by language. `values`: choices as JSON with their
    labels. For `picked`, the page loads choices from head office, which has the shops' categories."""

    control: Kind
    most: int
    called: dict[str, str]
    values: dict[str, dict[str, str]] = {}


def setting_words() -> bytes:
    """All settings by name, in the shop page's order, as JSON."""
    return msgspec.json.encode({name: _words_of(setting) for name, setting in settings_by_name().items()})


def _words_of(setting: Setting) -> SettingWords:
    key = f"settings.{setting.name.replace('.', '_')}"
    asked = control_of(setting)
    values = {
        language: {msgspec.json.encode(one).decode(): _choice(language, key, one, asked.kind) for one in asked.choices}
        for language in LANGUAGES
        if asked.choices
    }
    most = asked.longest if asked.kind == "text" else asked.most
    return SettingWords(asked.kind, most, {language: translate(language, key) for language in LANGUAGES}, values)


def _choice(language: str, key: str, one: object, control: Kind) -> str:
    if control == "several":
        return translate(language, f"{key}_{one}")
    if isinstance(one, bool):
        return translate(language, "settings.is_yes" if one else "settings.is_no")
    return own_name(str(one)) if one in LANGUAGES else translate(language, f"settings.is_{one}")
