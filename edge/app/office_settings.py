"""What head office's page says of settings: what each is called and may be, as a shop's page of settings says it."""

from __future__ import annotations

from typing import Any, Literal, get_args, get_origin

import msgspec

from edge.lib.i18n import LANGUAGES, own_name, translate
from edge.shop.settings.definitions import Setting, settings_by_name

Control = Literal["choice", "ticks", "categories", "number", "money", "text", "lines", "numbers"]


class SettingWords(msgspec.Struct, frozen=True):
    """A setting: how it is typed, the largest number or longest text, and its words by language; `values`: a choice as
    JSON, and its word. Of `categories` the page asks head office itself, which knows the shops'."""

    control: Control
    most: int
    called: dict[str, str]
    values: dict[str, dict[str, str]] = {}


def setting_words() -> bytes:
    """All settings by their names, in the order of the shops' page, as JSON."""
    return msgspec.json.encode({name: _words_of(setting) for name, setting in settings_by_name().items()})


def _words_of(setting: Setting) -> SettingWords:
    key = f"settings.{setting.name.replace('.', '_')}"
    control, most, choices = _control_of(setting)
    values = {
        language: {msgspec.json.encode(one).decode(): _choice(language, key, one, control) for one in choices}
        for language in LANGUAGES
        if choices
    }
    return SettingWords(control, most, {language: translate(language, key) for language in LANGUAGES}, values)


def _choice(language: str, key: str, one: object, control: Control) -> str:
    if control == "ticks":
        return translate(language, f"{key}_{one}")
    if isinstance(one, bool):
        return translate(language, "settings.is_yes" if one else "settings.is_no")
    return own_name(str(one)) if one in LANGUAGES else translate(language, f"settings.is_{one}")


def _control_of(setting: Setting) -> tuple[Control, int, tuple[Any, ...]]:
    """How it is typed, the largest number or the longest text, and what it is chosen from."""
    if setting.some_of == "category":
        return "categories", 0, ()
    if setting.some_of:
        return "ticks", 0, setting.some_of
    if setting.type is bool:
        return "choice", 0, (True, False)
    if get_origin(setting.type) is Literal:
        return "choice", 0, get_args(setting.type)
    inner, bounds = get_args(setting.type)
    if inner is int:
        return "money" if setting.is_money else "number", bounds.le, ()
    if inner is str:
        return "text", bounds.max_length or 0, ()
    return ("numbers" if get_args(get_args(inner)[0])[0] is int else "lines"), 0, ()
