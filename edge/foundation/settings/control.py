"""Input control of a setting, derived from its type, for the shop's and head office's pages."""

from __future__ import annotations

from typing import Any, Literal, get_args, get_origin

import msgspec

from edge.foundation.settings.definitions import Setting

Kind = Literal["choice", "several", "picked", "number", "money", "text", "lines", "numbers"]


class SettingControl(msgspec.Struct, frozen=True):
    """An input control and its limits.

    Kinds: `choice`: one of `choices`; `several`: some of them; `picked`: ids of the shop's items; `number` up to
    `most`; `money`: an amount; `text` of `longest` characters (0: unlimited); `lines`: `most` lines of `longest`
    characters; `numbers`: one per line.
    """

    kind: Kind
    choices: tuple[Any, ...] = ()
    most: int = 0
    longest: int = 0


def control_of(setting: Setting) -> SettingControl:
    if setting.some_of:
        return SettingControl("picked") if setting.some_of == "category" else SettingControl("several", setting.some_of)
    if setting.type is bool:
        return SettingControl("choice", (True, False))
    if get_origin(setting.type) is Literal:
        return SettingControl("choice", get_args(setting.type))
    inner, bounds = get_args(setting.type)
    if inner is int:
        return SettingControl("money" if setting.is_money else "number", most=bounds.le)
    if inner is str:
        return SettingControl("text", longest=bounds.max_length or 0)
    of, bounds_of_one = get_args(get_args(inner)[0])
    if of is int:
        return SettingControl("numbers", most=bounds.max_length, longest=len(str(bounds_of_one.le)))
    return SettingControl("lines", most=bounds.max_length, longest=bounds_of_one.max_length)
