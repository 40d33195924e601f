"""Settings of payment terminals in a store's configuration."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Annotated, Literal

import msgspec

from drivers.terminal_outcomes import TerminalMode
from edge.core.config_section import ConfigFault, ConfigFile, Section
from edge.lib.errors import ConfigError
from edge.lib.regions.card_surcharges import card_surcharge_rate
from edge.lib.units.money import exponent
from edge.money.payments.card import CardApproval
from edge.money.payments.payment import Payment
from edge.money.payments.providers.provider import Driver

Tips = Literal["none", "till", "terminal", "after"]
"""Where tips on card payments are entered. `after`: at the till, once the customer has written one on the slip; `none`:
tips are neither offered nor accepted.
"""
CloseBy = Literal["with_z", "by_hand", "by_itself"]
"""How a terminal's day is closed. `by_itself`: the terminal closes it, at night."""
PAGE_DRIVERS: Mapping[str, Driver] = MappingProxyType({"stripe_checkout": "stripe_checkout", "adyen_links": "nexo"})
"""The provider driver for each type of payment page."""
STRIPE_API = "https://api.stripe.com"
HOUR_US = 3600 * 1_000_000
Units = Annotated[int, msgspec.Meta(ge=0, le=1_000_000)]


class TerminalPlace(msgspec.Struct, frozen=True):
    """A payment terminal: its device name, driver, mode and currency.

    Mode: test or live; "" if it depends on a key stored elsewhere. Currency: the only one it takes; "": any.
    """

    name: str
    driver: Driver
    mode: TerminalMode = ""
    currency: str = ""


class OfflineLimits(msgspec.Struct, frozen=True):
    """Limits of offline payments, for which the shop is liable.

    The first three are in minor units: per payment, for all unconfirmed payments, and per card. The others are the
    number of payments, and hours since the oldest. A value equal to a limit is allowed.
    """

    most_minor: int = 0
    total_most_minor: int = 0
    card_most_minor: int = 0
    count_most: int = 0
    hours_most: int = 0

    def within(self, agreed: OfflineLimits) -> bool:
        """Whether no limit exceeds the one that was accepted."""
        pairs = zip(msgspec.structs.astuple(self), msgspec.structs.astuple(agreed), strict=True)
        return all(here <= there for here, there in pairs)

    def room_minor(self, stored: Sequence[Payment]) -> int:
        """The largest further offline payment that the limits allow; 0: none."""
        if len(stored) >= self.count_most:
            return 0
        return max(0, min(self.most_minor, self.total_most_minor - _sum(stored)))

    def takes(self, payment: Payment, approval: CardApproval, stored: Sequence[Payment], now_us: int) -> bool:
        """Whether a payment may be taken offline.

        It must have been begun with an offline limit, be within the limits, and be for the requested sum and its tip
        only, because it can't be refunded before it's confirmed. Magnetic stripes, debit networks that forbid it, and
        cash back are excluded.
        """
        if approval.entry == "stripe" or approval.is_online_alone or payment.cash_back_minor:
            return False
        if not payment.offline_most_minor:
            return False
        if approval.amount_minor - approval.tip_minor != payment.amount_minor:
            return False
        if stored and now_us - min(one.changed_us for one in stored) > self.hours_most * HOUR_US:
            return False
        same = [one for one in stored if _card(one.approval) == _card(approval)] if approval.last4 else []
        within_card = _sum(same) + approval.amount_minor <= self.card_most_minor
        return within_card and approval.amount_minor <= self.room_minor(stored)


def _sum(payments: Iterable[Payment]) -> int:
    return sum(one.taken_minor for one in payments)


def _card(approval: CardApproval | None) -> tuple[str, str]:
    return (approval.brand, approval.last4) if approval else ("", "")


class PaymentSettings(msgspec.Struct, frozen=True):
    """Payment settings of a store.

    The store's currency; the registers' terminals; where `tips` are entered; the cash back limit (0: none); the offline
    limits; the provider of payment `page`s (None: none); the tenant's store; if page payments are only authorised
    until hand-over; who closes terminal days; and the terminal surcharge that the shop may keep (thousandths of a
    percent of the payment).
    """

    currency: str
    terminals: Mapping[str, TerminalPlace] = MappingProxyType({})
    tips: Tips = "till"
    cash_back_most_minor: int = 0
    offline: OfflineLimits = OfflineLimits()
    page: TerminalPlace | None = None
    store: str = ""
    hold: bool = False
    close_terminal: CloseBy = "with_z"
    surcharge_rate: int = 0


class PaymentsSection(Section, frozen=True, kw_only=True):
    """Section `[payments]` of config.toml.

    Tips and limits: where card tips are entered; the cash back limit; the limits of offline payments, for which the
    shop is liable (per payment, in total and per card, in units of the currency; `offline_most` 0: none; their number;
    and hours).

    Payment page: its provider (`page`; "": none), key, endpoint, merchant account, return address and validity in
    minutes. `capture`: whether payments on the page, or for an order at a terminal that can only authorise, are
    captured at once or at hand-over.

    Terminals: whether the Z report, a person or the terminal itself closes a terminal's day; and whether the shop keeps
    a terminal's `surcharge` for credit cards, where the law allows it.
    """

    tips: Tips = "till"
    cash_back_most: Units = 0
    offline_most: Units = 0
    offline_total_most: Units = 500
    offline_card_most: Units = 50
    offline_count_most: Annotated[int, msgspec.Meta(ge=0, le=1_000)] = 50
    offline_hours_most: Annotated[int, msgspec.Meta(ge=0, le=168)] = 24
    page: Literal["", "stripe_checkout", "adyen_links"] = ""
    page_key: Annotated[str, msgspec.Meta(max_length=300)] = ""
    page_api: Annotated[str, msgspec.Meta(pattern=r"^https?://[^\s/?#]+$(?!\n)", max_length=120)] = STRIPE_API
    page_back: Annotated[str, msgspec.Meta(pattern=r"^(https?://[^\s?#]+)?$(?!\n)", max_length=200)] = ""
    page_merchant: Annotated[str, msgspec.Meta(max_length=80)] = ""
    page_minutes: Annotated[int, msgspec.Meta(ge=5, le=60)] = 15
    capture: Literal["at_once", "hand_over"] = "at_once"
    close_terminal: CloseBy = "with_z"
    surcharge: bool = False

    def faults(self) -> Iterator[ConfigFault]:
        """Check the settings that types can't express."""
        if self.page and not self.page_key:
            what = "[payments] sets 'page' without 'page_key', the provider's API key."
            yield ConfigFault(("payments", "page"), what, 'Set page_key = "secret:NAME" too.')
        if self.page == "adyen_links" and (self.page_api == STRIPE_API or not self.page_merchant):
            what = "[payments] sets 'page' to adyen_links without both 'page_api' and 'page_merchant'."
            yield ConfigFault(("payments", "page"), what, "Set Adyen's Checkout address and the merchant account.")
        if self.page and not self.page_back:
            what = "[payments] sets 'page' without 'page_back', where customers return after they have paid."
            yield ConfigFault(("payments", "page"), what, "Set the address of the shop's website too.")


SECTION = ("payments", PaymentsSection)
"""The section of config.toml."""


def settings_of(file: ConfigFile, terminals: Mapping[str, TerminalPlace]) -> PaymentSettings:
    """Read the settings from config.toml.

    Raises `ConfigError` if the law allows no surcharge, or a terminal takes a currency other than the store's.
    """
    for place in terminals.values():
        if place.currency not in ("", file.store.currency):
            what = (
                f"The payment terminal {place.name!r} takes {place.currency}, but the store uses {file.store.currency}."
            )
            raise ConfigError(
                what, (f'Set currency = "{file.store.currency}" there, and configure the provider for it.')
            )
    said, unit = file.of(PaymentsSection), 10 ** exponent(file.store.currency)
    offline = OfflineLimits(
        said.offline_most * unit,
        said.offline_total_most * unit,
        said.offline_card_most * unit,
        said.offline_count_most,
        said.offline_hours_most,
    )
    page = TerminalPlace(said.page, PAGE_DRIVERS[said.page]) if said.page else None
    cash_back_minor = said.cash_back_most * unit
    of = (file.store.currency, terminals, said.tips, cash_back_minor, offline, page, file.store.id)
    rate = card_surcharge_rate(file.store.country, file.store.province) if said.surcharge else 0
    if said.surcharge and not rate:
        what = "[payments] sets 'surcharge', but no legal card surcharge is known for the store's location."
        raise ConfigError(what, "Remove 'surcharge'. If a terminal adds one, it is refunded automatically.")
    hold = said.capture == "hand_over"
    return PaymentSettings(*of, hold=hold, close_terminal=said.close_terminal, surcharge_rate=rate)
