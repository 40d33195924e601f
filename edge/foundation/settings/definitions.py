"""What may be changed while the shop runs: a closed list, each as config.toml has it, `section.key`, with its type.

A capability declares its own in its `settings.py`, as `SETTINGS`, where they are found by name; those of the whole
store are here. What holds by default, config.toml says. What an accountant, an installer or the law decides (currency,
taxes, tax number, the day's turn, devices) is not in it.
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
    """One of them: `type` with its bounds, as msgspec has them; its sentence is `settings.SECTION_KEY`.

    `wants_pin`: it can be true only where somebody has a PIN, as else nobody could sell. `has_page`: it is said on
    a page of its own, and not on that of settings. `some_of`: what a list of it is chosen from, each called by the
    sentence `settings.SECTION_KEY_ONE`, or `category`: ids of the shop's categories.
    """

    name: str
    type: Any
    wants_pin: bool = False
    has_page: bool = False
    some_of: tuple[str, ...] | Literal["category"] = ()

    @property
    def is_money(self) -> bool:
        """Whether it is a sum, which pages have typed as one."""
        return self.name.endswith("_minor")

    def fault_of(self, value: object) -> str | None:
        """What is wrong with a value; None: it can be that."""
        try:
            msgspec.convert(value, self.type)
        except msgspec.ValidationError as error:
            return str(error)
        return None


class SettingGroup(msgspec.Struct, frozen=True):
    """Those of a capability, and where they stand among the others' on the page."""

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
    """All there are by their names, in the order of the page. `ValueError`: a name stands twice."""
    modules = (capability_module(path) for path in capability_files("settings.py"))
    groups = [SETTINGS, *(module.SETTINGS for module in modules if hasattr(module, "SETTINGS"))]
    found: dict[str, Setting] = {}
    for setting in (one for group in sorted(groups, key=lambda group: group.place) for one in group.settings):
        if setting.name in found:
            raise ValueError(f"the setting {setting.name} is defined twice")
        found[setting.name] = setting
    return found
