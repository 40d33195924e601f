"""What a store decides about accounts of its customers."""

from __future__ import annotations

from typing import Annotated

import msgspec

from edge.core.config_section import ConfigFile, Section
from edge.lib.regions.minors import parents_age
from edge.lib.regions.place import Jurisdiction

DAY_US = 86_400_000_000
MOST_DAYS = 180
"""How long somebody stays signed in at most, however often they come."""


class CustomerAccountsSection(Section, frozen=True, kw_only=True):
    """`[customer_accounts]`. `on`: customers sign in at `/me` by a code to their phone or e-mail. `idle_days`: how long
    somebody who does not come stays signed in. `passkeys`: also by passkeys, where the shop is reached by a name over
    TLS; `passkey_domain`: the domain that they are made for, where that is above the name of the page (`shop.example`
    over `till.shop.example`), so that they open the pages of all shops there. Empty: the name of the page."""

    on: bool = False
    idle_days: Annotated[int, msgspec.Meta(ge=1, le=MOST_DAYS)] = 30
    passkeys: bool = True
    passkey_domain: Annotated[
        str,
        msgspec.Meta(
            max_length=253,
            pattern=r"^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)+)?$(?!\n)",
            description="a name in small letters with a dot, such as 'shop.example'",
        ),
    ] = ""


SECTION = ("customer_accounts", CustomerAccountsSection)
"""Of config.toml."""


class CustomerAccountSettings(msgspec.Struct, frozen=True):
    """`region`: the country in whose way phones are written; `ways`: the channels by which codes go out (email, sms);
    `least_age`: below which nobody is kept (0: a birth date is not asked for).
    `alone_age`: below which nobody tells of themselves without a parent (0: no such age).
    `passkey_domain`: above the name of the page; empty: that."""

    on: bool = False
    region: str = ""
    ways: frozenset[str] = frozenset()
    least_age: int = 0
    idle_us: int = 30 * DAY_US
    alone_age: int = 0
    passkey_domain: str = ""


def settings_of(file: ConfigFile, region: str, ways: frozenset[str], least_age: int) -> CustomerAccountSettings:
    """As config.toml has them."""
    section = file.of(CustomerAccountsSection)
    alone = parents_age(Jurisdiction(file.store.country, file.store.province))
    idle_us = section.idle_days * DAY_US
    return CustomerAccountSettings(section.on, region, ways, least_age, idle_us, alone, section.passkey_domain)
