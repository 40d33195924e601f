"""What a store decides about customers who pay later."""

from __future__ import annotations

from typing import Annotated

import msgspec

from edge.core.config_section import ConfigFile, Section

Stages = Annotated[tuple[Annotated[int, msgspec.Meta(ge=1, le=365)], ...], msgspec.Meta(max_length=5)]


class AccountSettings(msgspec.Struct, frozen=True):
    """`remind_days` behind the due day a customer is reminded, a stage each; none: nobody is. `fee_minor` is what a
    reminder costs, `interest_permille` a year of what is overdue: proposed, and booked by a yes alone."""

    remind_days: tuple[int, ...] = (3, 14, 30)
    fee_minor: int = 0
    interest_permille: int = 0


class AccountsSection(Section, frozen=True, kw_only=True):
    """`[accounts]`: how many days behind its due day a customer is reminded of what they owe, a stage each; what a
    reminder costs; the interest a year of what is overdue, in thousandths."""

    remind_days: Stages = (3, 14, 30)
    fee_minor: Annotated[int, msgspec.Meta(ge=0, le=1_000_000)] = 0
    interest_permille: Annotated[int, msgspec.Meta(ge=0, le=1_000)] = 0


SECTION = ("accounts", AccountsSection)
"""Of config.toml."""


def settings_of(file: ConfigFile) -> AccountSettings:
    """As config.toml has them."""
    said = file.of(AccountsSection)
    return AccountSettings(tuple(sorted(said.remind_days)), said.fee_minor, said.interest_permille)
