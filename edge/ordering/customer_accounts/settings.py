"""A store's settings of customer accounts."""

from __future__ import annotations

from typing import Annotated

import msgspec

from edge.core.config_section import ConfigFile, Section
from edge.lib.regions.minors import parents_age
from edge.lib.regions.place import Jurisdiction

DAY_US = 86_400_000_000
MOST_DAYS = 180
"""Maximum length of a session in days, however often it's used."""


class CustomerAccountsSection(Section, frozen=True, kw_only=True):
    """Section `[customer_accounts]` of config.toml.

    `on`: customers sign in at `/me` with a code sent to their phone or email. `idle_days`: how long an unused session
    lasts. `passkeys`: customers can also use a passkey, if the shop has a host name and TLS. `passkey_domain`: the
    domain of the passkeys, if it's above the page's host (`shop.example` over `till.shop.example`), so that they work
    for all shops of the domain. Empty: the page's host.
    """

    on: bool = False
    idle_days: Annotated[int, msgspec.Meta(ge=1, le=MOST_DAYS)] = 30
    passkeys: bool = True
    passkey_domain: Annotated[
        str,
        msgspec.Meta(
            max_length=253,
            pattern=r"^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)+)?$(?!\n)",
            description="a domain name in lowercase, such as 'shop.example'",
        ),
    ] = ""


SECTION = ("customer_accounts", CustomerAccountsSection)
"""The section of config.toml."""


class CustomerAccountSettings(msgspec.Struct, frozen=True):
    """Settings of customer accounts.

    `region`: the default country of phone numbers. `ways`: available channels (email, sms). `least_age`: the minimum
    age of customers (0: birth dates aren't requested). `alone_age`: the age below which a parent is needed (0: none).
    `passkey_domain`: a domain above the page's host; empty: the host itself.
    """

    on: bool = False
    region: str = ""
    ways: frozenset[str] = frozenset()
    least_age: int = 0
    idle_us: int = 30 * DAY_US
    alone_age: int = 0
    passkey_domain: str = ""


def settings_of(file: ConfigFile, region: str, ways: frozenset[str], least_age: int) -> CustomerAccountSettings:
    """Account settings from config.toml."""
    section = file.of(CustomerAccountsSection)
    alone = parents_age(Jurisdiction(file.store.country, file.store.province))
    idle_us = section.idle_days * DAY_US
    return CustomerAccountSettings(section.on, region, ways, least_age, idle_us, alone, section.passkey_domain)
