"""A store's account settings."""

from __future__ import annotations

from typing import Annotated

import msgspec

from edge.core.config_section import ConfigFile, Section

Stages = Annotated[tuple[Annotated[int, msgspec.Meta(ge=1, le=365)], ...], msgspec.Meta(max_length=5)]


class AccountSettings(msgspec.Struct, frozen=True):
    """Account settings. `remind_days`: days after the due date of each reminder stage; empty: no reminders.
    `fee_minor`: the reminder fee; `interest_permille`: yearly interest on overdue amounts. Both are proposed, and
    charged only on confirmation."""

    remind_days: tuple[int, ...] = (3, 14, 30)
    fee_minor: int = 0
    interest_permille: int = 0


class AccountsSection(Section, frozen=True, kw_only=True):
    """`[accounts]`: days after the due date of each reminder stage; the reminder fee; yearly interest on overdue
    amounts, in thousandths."""

    remind_days: Stages = (3, 14, 30)
    fee_minor: Annotated[int, msgspec.Meta(ge=0, le=1_000_000)] = 0
    interest_permille: Annotated[int, msgspec.Meta(ge=0, le=1_000)] = 0


SECTION = ("accounts", AccountsSection)
"""The section of config.toml."""


def settings_of(file: ConfigFile) -> AccountSettings:
    """Account settings from config.toml."""
    said = file.of(AccountsSection)
    return AccountSettings(tuple(sorted(said.remind_days)), said.fee_minor, said.interest_permille)
