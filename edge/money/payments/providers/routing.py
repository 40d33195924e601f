"""Routing of payments to providers: by rules in order, otherwise by the providers' priority. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Annotated, Literal

import msgspec

from drivers.terminal_outcomes import TerminalMode
from edge.lib.units.money import LIMIT_MINOR
from edge.money.payments.providers.provider import DRIVERS, Driver, Provider, ProviderId

ROUTES_MOST = 50
Method = Literal["card_present", "card_online"]
RouteId = Annotated[str, msgspec.Meta(pattern=r"^[a-z][a-z0-9_-]{0,19}$(?!\n)")]
OptionalCurrency = Annotated[str, msgspec.Meta(pattern=r"^([A-Z]{3})?$(?!\n)")]
Minor = Annotated[int, msgspec.Meta(ge=0, le=LIMIT_MINOR)]


class PaymentRoute(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A routing rule: matching payments go to these providers in order.

    It matches payments of a `store`, `method` and `currency` ("": any) from `from_minor` to `to_minor`, inclusive (0:
    no limit). Of several matching rules, the one with the lowest `rank` applies, then the first by id.
    """

    id: RouteId
    providers: Annotated[tuple[ProviderId, ...], msgspec.Meta(min_length=1, max_length=10)]
    rank: Annotated[int, msgspec.Meta(ge=0, le=99)] = 0
    store: Annotated[str, msgspec.Meta(max_length=64)] = ""
    method: Literal["any", "card_present", "card_online"] = "any"
    currency: OptionalCurrency = ""
    from_minor: Minor = 0
    to_minor: Minor = 0


class PaymentWanted(msgspec.Struct, frozen=True):
    """A payment to route: its `driver`, method and sum; `mode`: the terminal's mode,
    "" if unknown."""

    driver: Driver
    method: Method
    currency: str
    amount_minor: int
    store: str = ""
    mode: TerminalMode = ""


def fits(route: PaymentRoute, wanted: PaymentWanted) -> bool:
    """Whether a rule matches a payment."""
    said = ((route.store, wanted.store), (route.currency, wanted.currency))
    if any(own and own != other for own, other in said) or route.method not in ("any", wanted.method):
        return False
    return route.from_minor <= wanted.amount_minor and (not route.to_minor or wanted.amount_minor <= route.to_minor)


def candidates(
    providers: Iterable[Provider], routes: Iterable[PaymentRoute], wanted: PaymentWanted
) -> tuple[Provider, ...]:
    """The possible providers of a payment, in order.

    If none is configured for the driver, a provider with the driver's name is returned.
    """
    own = [one for one in providers if one.driver == wanted.driver]
    if not own:
        mode = wanted.mode or DRIVERS[wanted.driver].modes[-1]
        return (Provider(wanted.driver, wanted.driver, mode, (wanted.currency,)),)
    able = {one.id: one for one in own if one.active and wanted.currency in one.currencies}
    fitting = [one for one in routes if fits(one, wanted)]
    if fitting:
        rule = min(fitting, key=lambda one: (one.rank, one.id))
        return tuple(able[id] for id in rule.providers if id in able)
    return tuple(sorted(able.values(), key=lambda one: (one.priority, one.id)))


def choose_provider(
    providers: Iterable[Provider],
    routes: Iterable[PaymentRoute],
    wanted: PaymentWanted,
    resting: Collection[str] = (),
) -> Provider | None:
    """The first provider that isn't paused; None if there is none. `resting`: the ids of paused providers."""
    return next((one for one in candidates(providers, routes, wanted) if one.id not in resting), None)
