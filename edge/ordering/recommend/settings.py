"""A store's recommendation settings."""

from __future__ import annotations

from typing import Annotated

import msgspec

from edge.core.config_section import ConfigFile, Section
from edge.foundation.settings.definitions import Setting, SettingGroup
from edge.foundation.settings.queries import LiveSettings
from edge.lib.regions.place import Jurisdiction
from edge.ordering.recommend.never import Surface

CATEGORIES_MOST = 50
Categories = Annotated[
    tuple[Annotated[str, msgspec.Meta(max_length=80)], ...], msgspec.Meta(max_length=CATEGORIES_MOST)
]
SETTINGS = SettingGroup(
    55,
    (
        Setting("recommend.on", bool),
        Setting("recommend.till", bool),
        Setting("recommend.kiosk", bool),
        Setting("recommend.phone", bool),
        Setting("recommend.chat", bool),
        Setting("recommend.quebec", bool),
        Setting("recommend.private_by_name", bool),
        Setting("recommend.private", Categories, some_of="category"),
    ),
)
"""Settings that can change while the shop runs."""


class RecommendSettings(msgspec.Struct, frozen=True):
    """`on`: whether anything is suggested and counted.

    The next fields say it by surface. `quebec`: whether cannabis may be suggested to staff at the counter in Quebec.
    `private`: categories excluded from all lists and profiles; `private_by_name`: also those named like medicine,
    contraception etc. (`private_goods.py`).
    """

    on: bool = True
    till: bool = True
    kiosk: bool = True
    phone: bool = True
    chat: bool = True
    quebec: bool = False
    private: Categories = ()
    private_by_name: bool = True
    place: Jurisdiction = Jurisdiction()

    def shows(self, surface: Surface) -> bool:
        """Whether a surface shows suggestions. Programs (`api`) decide for themselves."""
        return self.on and (surface == "api" or bool(getattr(self, surface)))


def live(base: RecommendSettings) -> LiveSettings[RecommendSettings]:
    """The current settings: config.toml and changes made since."""
    return LiveSettings(base, *(one.name for one in SETTINGS.settings))


class RecommendSection(Section, frozen=True, kw_only=True):
    """Section `[recommend]` of config.toml: whether products are suggested, in general and by surface.

    `quebec`: cannabis, to staff at the counter in Quebec. `private`: categories that are never suggested.
    `private_by_name`: also categories with names like those of private goods.
    """

    on: bool = True
    till: bool = True
    kiosk: bool = True
    phone: bool = True
    chat: bool = True
    quebec: bool = False
    private: Categories = ()
    private_by_name: bool = True


SECTION = ("recommend", RecommendSection)
"""The section of config.toml."""


def settings_of(file: ConfigFile) -> RecommendSettings:
    """Recommendation settings from config.toml."""
    said = file.of(RecommendSection)
    return RecommendSettings(
        *(said.on, said.till, said.kiosk, said.phone, said.chat, said.quebec, said.private),
        private_by_name=said.private_by_name,
        place=Jurisdiction(file.store.country, file.store.province),
    )
