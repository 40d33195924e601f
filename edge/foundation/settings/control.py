"""How a setting is typed, read off its type: what the shop's page and head office's make a field of."""

from __future__ import annotations

from typing import Any, Literal, get_args, get_origin

import msgspec

from edge.foundation.settings.definitions import Setting

Kind = Literal["choice", "several", "picked", "number", "money", "text", "lines", "numbers"]


class SettingControl(msgspec.Struct, frozen=True):
    """`choice` of `choices`, `several` of them, `picked`: several ids of what the shop has; `number` up to `most`,
    `money` as a sum; `text` of `longest` letters (0: of any number); `lines`, `most` of `longest` letters; `numbers`,
    one a line."""

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
