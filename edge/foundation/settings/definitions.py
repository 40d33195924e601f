"""Settings that can change at runtime: a closed list, named as in config.toml, `section.key`, with types.

A capability declares its own in `settings.py` as `SETTINGS`, found by name; store-wide ones are here. Defaults come
from config.toml. Matters for accountants, installers or the law (currency, taxes, tax number, business day, devices)
are excluded.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Annotated, Any, Literal

import msgspec

from edge.lib.floors import capability_files, capability_module
from edge.lib.i18n import Language

Line = Annotated[str, msgspec.Meta(max_length=120, pattern=r"^[^\x00-\x1f\x7f]*$(?!\n)")]
Lines = Annotated[tuple[Line, ...], msgspec.Meta(max_length=12)]


class Setting(msgspec.Struct, frozen=True):
    """A setting: `type` with bounds as msgspec types; its text is `settings.SECTION_KEY`.

    `wants_pin`: can only be true if someone has a PIN, otherwise no one could sell. `has_page`: edited on its own page.
    `by_office`: only head office can set it, and the shop's settings page doesn't show it.
    `some_of`: choices of a list, named by `settings.SECTION_KEY_ONE`, or `category`: category ids.
    """

    name: str
    type: Any
    wants_pin: bool = False
    has_page: bool = False
    by_office: bool = False
    some_of: tuple[str, ...] | Literal["category"] = ()

    @property
    def is_money(self) -> bool:
        """Whether it is an amount of money."""
        return self.name.endswith("_minor")

    def fault_of(self, value: object) -> str | None:
        """Return the error for a value; None if it is valid."""
        try:
            msgspec.convert(value, self.type)
        except msgspec.ValidationError as error:
            return str(error)
        return None


class SettingGroup(msgspec.Struct, frozen=True):
    """Settings of a capability, and their place on the page."""

    place: int
    settings: tuple[Setting, ...]


SETTINGS = SettingGroup(
    10,
    (
        Setting("store.header", Lines),
        Setting("store.footer", Lines),
        Setting("store.language", Language),
    ),
)


@cache
def settings_by_name() -> Mapping[str, Setting]:
    """All settings by name, in page order. Raises `ValueError` for duplicates."""
    modules = (capability_module(path) for path in capability_files("settings.py"))
    groups = [SETTINGS, *(module.SETTINGS for module in modules if hasattr(module, "SETTINGS"))]
    found: dict[str, Setting] = {}
    for setting in (one for group in sorted(groups, key=lambda group: group.place) for one in group.settings):
        if setting.name in found:
            raise ValueError(f"the setting {setting.name} is defined twice")
        found[setting.name] = setting
    return found
