"""Settings of the assistant: personalities, agents and confirmation."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import msgspec

from edge.core.config_section import ConfigFile, Section
from edge.foundation.settings.definitions import Setting, SettingGroup
from edge.foundation.settings.queries import LiveSettings
from edge.lib.regions.place import Jurisdiction
from edge.ordering.recommend.settings import RecommendSettings
from edge.ordering.recommend.settings import settings_of as recommend_settings

Place = Literal["kiosk", "phone", "staff", "copilot"]
Chosen = Annotated[
    str,
    msgspec.Meta(
        pattern=r"^[a-z][a-z0-9_-]{0,39}$(?!\n)", description="the id of a file of its kind, such as 'neutral'"
    ),
]
NAMES = ("kiosk", "phone", "staff", "kiosk_agent", "phone_agent", "staff_agent", "copilot_agent")
CONFIRMED = ("staff_confirm", "customers_confirm")
SETTINGS = SettingGroup(
    70,
    (
        *(Setting(f"assistant.{name}", Chosen, has_page=True) for name in NAMES),
        *(Setting(f"assistant.{name}", bool) for name in CONFIRMED),
    ),
)
"""Settings that can be changed while the shop is running."""


class AssistantSettings(msgspec.Struct, frozen=True):
    """Settings of the assistant.

    `currency`, `zone` and jurisdiction (`here`) are the store's. `folder`: the shop's own personalities and agents. The
    fields named after places (kiosk, phone, staff, copilot) choose each place's personality and agent. `suggesting`:
    the limits of suggestions. `staff_confirm`, `customers_confirm`: show every change before making it; otherwise only
    uncertain ones.
    """

    currency: str
    zone: str
    folder: Path
    here: Jurisdiction
    kiosk: str = "neutral"
    phone: str = "neutral"
    staff: str = "neutral"
    kiosk_agent: str = "shopping"
    phone_agent: str = "shopping"
    staff_agent: str = "stock"
    copilot_agent: str = "insight"
    suggesting: RecommendSettings = RecommendSettings()
    staff_confirm: bool = False
    customers_confirm: bool = False

    def personality_at(self, place: Place) -> str:
        """The personality chosen for a place."""
        return {"kiosk": self.kiosk, "phone": self.phone}.get(place, self.staff)

    def agent_at(self, place: Place) -> str:
        """The agent chosen for a place."""
        return str(getattr(self, f"{place}_agent"))

    def confirms(self, agent: str) -> bool:
        """Whether all of an agent's actions need confirmation."""
        return self.staff_confirm if agent == "stock" else self.customers_confirm


def live(base: AssistantSettings) -> LiveSettings[AssistantSettings]:
    """Live settings: config.toml with later changes."""
    return LiveSettings(base, *(f"assistant.{name}" for name in (*NAMES, *CONFIRMED)))


class AssistantSection(Section, frozen=True, kw_only=True):
    """`[assistant]`: the personality at each place, and the agent whose tools it has."""

    kiosk: Chosen = "neutral"
    phone: Chosen = "neutral"
    staff: Chosen = "neutral"
    kiosk_agent: Chosen = "shopping"
    phone_agent: Chosen = "shopping"
    staff_agent: Chosen = "stock"
    copilot_agent: Chosen = "insight"
    staff_confirm: bool = False
    customers_confirm: bool = False


SECTION = ("assistant", AssistantSection)
"""Section of config.toml."""


def settings_of(file: ConfigFile) -> AssistantSettings:
    """The settings in config.toml."""
    chosen = msgspec.structs.asdict(file.of(AssistantSection))
    here = Jurisdiction(file.store.country, file.store.province)
    return AssistantSettings(
        file.store.currency,
        file.store.zone,
        file.folder / "assistant",
        here,
        **chosen,
        suggesting=recommend_settings(file),
    )
