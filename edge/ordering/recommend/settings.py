"""What a store decides about suggestions."""

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
"""What may be changed while the shop runs."""


class RecommendSettings(msgspec.Struct, frozen=True):
    """`on`: whether anything is suggested, and counted, at all; then by surface. `quebec`: whether staff at the counter
    are reminded of cannabis there. `private`: categories that no list and no profile ever shows; `private_by_name`:
    nor those that are called as medicine, contraception and the like are (`private_goods.py`)."""

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
        """Whether something is suggested there; programs are asked for what they show."""
        return self.on and (surface == "api" or bool(getattr(self, surface)))


def live(base: RecommendSettings) -> LiveSettings[RecommendSettings]:
    """As they are at any moment: config.toml, and what was said of them since."""
    return LiveSettings(base, *(one.name for one in SETTINGS.settings))


class RecommendSection(Section, frozen=True, kw_only=True):
    """`[recommend]`: whether products are suggested, at all and by surface; `quebec`: cannabis by staff at the counter
    there; `private`: categories that are never suggested; `private_by_name`: nor those that are called so."""

    on: bool = True
    till: bool = True
    kiosk: bool = True
    phone: bool = True
    chat: bool = True
    quebec: bool = False
    private: Categories = ()
    private_by_name: bool = True


SECTION = ("recommend", RecommendSection)
"""Of config.toml."""


def settings_of(file: ConfigFile) -> RecommendSettings:
    """As config.toml has them."""
    said = file.of(RecommendSection)
    return RecommendSettings(
        *(said.on, said.till, said.kiosk, said.phone, said.chat, said.quebec, said.private),
        private_by_name=said.private_by_name,
        place=Jurisdiction(file.store.country, file.store.province),
    )
