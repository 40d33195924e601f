"""Who takes cards for the shop: providers as the shop sets them, and the drivers there are. Pure."""

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
"""A rate of fees that is all of the payment."""
ProviderId = Annotated[str, msgspec.Meta(pattern=r"^[a-z][a-z0-9_-]{0,19}$(?!\n)")]
Driver = Literal["manual", "sim", "zvt", "nexo", "clover", "stripe_terminal", "stripe_checkout"]
Mode = Literal["test", "live"]


class ProviderDriver(msgspec.Struct, frozen=True):
    """How a provider is spoken with: the `modes` that it has, and what it can do. What is not among its `abilities` is
    neither offered nor asked. Of what it undoes (`void`) it takes no fee; a refund keeps it. For so
    many days (`holds_days`) a card's bank holds what was authorised alone. `currencies`: all that its wire can say;
    none: whatever its provider takes."""

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
"""`manual`: the cashier says that a card paid; `sim` moves no money, so that it is never live. `stripe_checkout` has no
terminal: the customer pays on the provider's own page. Adyen's links are of the provider `nexo`, its account."""


PAYS_BY_API: Mapping[str, Literal["stripe", "adyen"]] = MappingProxyType(
    {"stripe_checkout": "stripe", "stripe_terminal": "stripe", "nexo": "adyen"}
)
"""Drivers whose providers can be asked for what they pay out, and who that is."""


class Provider(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A provider. `merchant`: the number that it knows the shop by. Of two for one terminal the one of the lower
    `priority` takes the payment, then that whose id comes first. Open payments keep it as it was. What it takes of a
    payment by contract: `fee_rate`, in thousandths of a percent, and `fee_fixed_minor`; 0 and 0: nobody said so; what
    the platform takes is `platform_rate` and `platform_fixed_minor`, and goes back in proportion with a refund where
    `refund_platform_fee`. What it pays out comes as a `file`, or its `api` is asked: Adyen's from batch `payouts_from`
    on. `credential`: the name of the key that asks it ("": that of config.toml)."""

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
    """What terminals of a driver can do; nothing where it is none of ours."""
    known = DRIVERS.get(cast(Driver, driver))
    return known.abilities if known else frozenset()


def fee_of(provider: Provider, amount_minor: int) -> int:
    """What a provider takes of a payment by its contract, in minor units."""
    return divide_half_up(amount_minor * provider.fee_rate, RATE_WHOLE) + provider.fee_fixed_minor


def fault_of(provider: Provider) -> str:
    """The code of what speaks against a provider; "": nothing."""
    if provider.mode not in DRIVERS[provider.driver].modes:
        return "wrong_mode"
    if provider.payouts == "api" and not _can_be_asked(provider):
        return "bad_options"
    return "wrong_currency" if lacking(provider) else ""


def _can_be_asked(provider: Provider) -> bool:
    """Whether its account tells what it pays out: Adyen has reports for each merchant account."""
    return PAYS_BY_API.get(provider.driver) == "stripe" or (provider.driver in PAYS_BY_API and bool(provider.merchant))


def lacking(provider: Provider) -> tuple[str, ...]:
    """The currencies among those of a provider that its driver cannot take."""
    known = DRIVERS[provider.driver].currencies
    return tuple(one for one in provider.currencies if known and one not in known)
