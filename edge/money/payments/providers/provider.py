"""Payment providers as configured by the shop, and the drivers for them. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated, Literal, cast

import msgspec

from drivers.terminal_outcomes import CURRENCIES_BY_HTTPS, CURRENCIES_BY_ZVT, Ability
from edge.lib.units.money import divide_half_up
from edge.money.tenders.tender import Currency

PROVIDERS_MOST = 20
RATE_WHOLE = 100_000
"""The fee rate that equals the whole payment."""
ProviderId = Annotated[str, msgspec.Meta(pattern=r"^[a-z][a-z0-9_-]{0,19}$(?!\n)")]
Driver = Literal["manual", "sim", "zvt", "nexo", "clover", "stripe_terminal", "stripe_checkout"]
Mode = Literal["test", "live"]


class ProviderDriver(msgspec.Struct, frozen=True):
    """A provider's driver, with its `modes` and `abilities`; nothing else is offered or requested.

    A void (`void`) costs no fee, while a refund doesn't return it. An authorisation is held for `holds_days`.
    `currencies`: all that its protocol supports; empty: whatever the provider takes.
    """

    modes: tuple[Mode, ...]
    abilities: frozenset[Ability]
    holds_days: int = 7
    currencies: frozenset[str] = frozenset()


_BY_WIRE: frozenset[Ability] = frozenset(("look_up", "partial", "confirm", "totals", "display", "cancel"))
_BY_CLOUD: frozenset[Ability] = frozenset(
    ("look_up", "idempotent", "referenced_refund", "partial_refund", "display", "cancel", "list_refunds")
)
_SIMULATED: frozenset[Ability] = frozenset(
    ("idempotent", "tip", "tip_adjust", "cash_back", "offline", "referenced_refund", "void")
)
DRIVERS: Mapping[Driver, ProviderDriver] = MappingProxyType(
    {
        "manual": ProviderDriver(("live",), frozenset()),
        "sim": ProviderDriver(("test",), _BY_WIRE | _SIMULATED),
        "zvt": ProviderDriver(("test", "live"), _BY_WIRE | {"void"}, currencies=CURRENCIES_BY_ZVT),
        "nexo": ProviderDriver(
            ("test", "live"), _BY_WIRE - {"confirm"} | {"idempotent", "tip", "cash_back", "referenced_refund"}
        ),
        "clover": ProviderDriver(
            ("test", "live"),
            _BY_CLOUD | {"partial", "hold", "void", "tip", "tip_adjust"},
            currencies=CURRENCIES_BY_HTTPS,
        ),
        "stripe_terminal": ProviderDriver(("test", "live"), _BY_CLOUD | {"hold", "tip"}, 2, CURRENCIES_BY_HTTPS),
        "stripe_checkout": ProviderDriver(("test", "live"), _BY_CLOUD - {"display"}),
    }
)
"""Drivers by name.

`manual`: the cashier confirms the card payment. `sim` moves no money and is never live. `stripe_checkout` has no
terminal: the customer pays on the provider's page. Adyen's links belong to the account of the provider `nexo`.
"""


PAYS_BY_API: Mapping[str, Literal["stripe", "adyen"]] = MappingProxyType(
    {"stripe_checkout": "stripe", "stripe_terminal": "stripe", "nexo": "adyen"}
)
"""Drivers whose provider's payouts can be fetched, with the provider's name."""


class Provider(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A payment provider.

    `merchant`: its merchant number for the shop. If two providers share a terminal, the one with the lower `priority`
    takes the payment, then the first by id. Open payments keep the settings with which they began. Fees by contract:
    `fee_rate` (thousandths of a percent) and `fee_fixed_minor`; both 0: unknown. The platform's are `platform_rate` and
    `platform_fixed_minor`, returned in proportion with a refund if `refund_platform_fee`. Settlements are read from a
    `file` or from the provider's `api` (Adyen's from batch `payouts_from` on). `credential`: the name of its API key
    ("": the key in config.toml).
    """

    id: ProviderId
    driver: Driver
    mode: Mode
    currencies: Annotated[tuple[Currency, ...], msgspec.Meta(min_length=1, max_length=10)]
    merchant: Annotated[str, msgspec.Meta(max_length=40)] = ""
    priority: Annotated[int, msgspec.Meta(ge=0, le=99)] = 0
    active: bool = True
    fee_rate: Annotated[int, msgspec.Meta(ge=0, le=100_000)] = 0
    fee_fixed_minor: Annotated[int, msgspec.Meta(ge=0, le=100_000)] = 0
    credential: Annotated[str, msgspec.Meta(pattern=r"^(secret:[a-z][a-z0-9_.-]{0,59})?$(?!\n)")] = ""
    platform_rate: Annotated[int, msgspec.Meta(ge=0, le=100_000)] = 0
    platform_fixed_minor: Annotated[int, msgspec.Meta(ge=0, le=100_000)] = 0
    refund_platform_fee: bool = False
    payouts: Literal["file", "api"] = "file"
    payouts_from: Annotated[int, msgspec.Meta(ge=0, le=1_000_000)] = 1


def abilities_of(driver: str) -> frozenset[Ability]:
    """The abilities of a driver; empty if the driver is unknown."""
    known = DRIVERS.get(cast(Driver, driver))
    return known.abilities if known else frozenset()


def fee_of(provider: Provider, amount_minor: int) -> int:
    """A provider's fee for a payment by its contract, in minor units."""
    return divide_half_up(amount_minor * provider.fee_rate, RATE_WHOLE) + provider.fee_fixed_minor


def fault_of(provider: Provider) -> str:
    """The code of an error in a provider's settings; "" if there is none."""
    if provider.mode not in DRIVERS[provider.driver].modes:
        return "wrong_mode"
    if provider.payouts == "api" and not _reports_settlements(provider):
        return "bad_options"
    return "wrong_currency" if lacking(provider) else ""


def _reports_settlements(provider: Provider) -> bool:
    """Whether the provider's API reports settlements. Adyen's does so only with a merchant account."""
    return PAYS_BY_API.get(provider.driver) == "stripe" or (provider.driver in PAYS_BY_API and bool(provider.merchant))


def lacking(provider: Provider) -> tuple[str, ...]:
    """The provider's currencies that its driver doesn't support."""
    known = DRIVERS[provider.driver].currencies
    return tuple(one for one in provider.currencies if known and one not in known)
