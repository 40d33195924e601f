"""A store's till settings."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated, Literal

import msgspec

from edge.foundation.settings.definitions import Lines, Setting, SettingGroup
from edge.lib.codes.rules import CodeRules
from edge.lib.regions.eu_vat import EUROS_MOST, abroad_tables, is_abroad
from edge.lib.regions.place import Jurisdiction
from edge.lib.regions.selling_hours import SpanText
from edge.lib.regions.taxes import DatedTable, delivered_tables, table_on
from edge.lib.tax.rules import TaxTable
from edge.lib.units.money import Coins, exponent
from edge.money.tenders.tender import NO_RATES, ForeignRate, ShopTender
from edge.runtime.config.till_choices import DISCOUNT_REASONS, PIN_FOR, RECEIPT_PARTS, PinFor, ReceiptPart, TaresG

SETTINGS = SettingGroup(
    30,
    (
        Setting("codes.expired", Literal["ask", "refuse"]),
        Setting("till.refunds_without_receipt", bool),
        Setting("till.sign_in", bool, wants_pin=True),
        Setting("till.sign_out_min", Annotated[int, msgspec.Meta(ge=0, le=1440)]),
        Setting("till.discount_reasons", Lines),
        Setting("till.undiscounted", Lines, some_of="category"),
        Setting("till.open_amount_most", Annotated[int, msgspec.Meta(ge=0, le=1_000_000)]),
        Setting("till.pin_for", Annotated[tuple[PinFor, ...], msgspec.Meta(max_length=len(PIN_FOR))], some_of=PIN_FOR),
        Setting("till.tares_g", TaresG),
        Setting(
            "till.receipt_without",
            Annotated[tuple[ReceiptPart, ...], msgspec.Meta(max_length=6)],
            has_page=True,
            some_of=RECEIPT_PARTS,
        ),
        Setting("hours.cannabis", SpanText),
    ),
)
"""Settings that can change while the shop runs."""


_OWN_RATES_ALONE = ("AT", "DE")
"""Countries whose tax office files (DSFinV-K, RKSV) don't support other countries' tax rates here."""
NO_ABROAD_RATES: Mapping[tuple[str, str], int] = MappingProxyType({})
NO_ABROAD_SALES: Mapping[int, int] = MappingProxyType({})


class TillSettings(msgspec.Struct, frozen=True):
    """The till settings of a store.

    `header`: the lines at the top of a receipt; `cash_step_minor`: the smallest coin (1: no rounding);
    `cash_halves_down`: whether a sum halfway between is rounded down.

    `tax_class`: the default for products. `retired`: whether discontinued products are still sold. `expired`: whether
    the cashier is asked about expired goods or they're refused. `sign_in`: whether sales need a signed-in user;
    `sign_out_min`: the session's length (0: unlimited). `slips`: whether kitchens get tickets (`edge/counter/kitchen`).
    `notes_minor`: the currency's notes, empty if unknown. `country`: the country whose date format pages use (ISO
    3166); empty: the zone's country. `refunds_without_receipt`: whether such refunds are allowed. `discount_reasons`:
    reasons for manual discounts, in the shop's own words or from DISCOUNT_REASONS; `undiscounted`: categories that
    can't be discounted. `open_amount_most`: the largest open amount, in units of the currency (0: none). `pin_for`:
    which of `void_line`, `clear_basket`, `set_aside` and `open_drawer` need a manager's PIN. `tenders`: the shop's own,
    besides cash and cards; `rates`: today's foreign exchange rates. `tax`: the tax table of `business_date`, today;
    `taxes`: all tables of the place, each from its day (`on`). `receipt_without`: omitted RECEIPT_PARTS. `tares_g`:
    weights of the shop's packagings, offered as keys for the scale. `cash_below`: gift card refunds below this, in
    units of the currency, may be in cash. `place`: the store's location; `registered`: other provinces whose tax it
    collects on deliveries there. `takes_tips`: whether tips can be entered. `cannabis`: the shop's selling hours if
    narrower than the law's, as `09:00-21:00` ("": the law's). `proof_at`: the box's address for phones in the shop, at
    the start of receipts' QR codes ("": none). `oss`: whether the VAT of other member states of the European Union
    applies from the first sale there; otherwise once sales there exceed `abroad_most`, in units of the currency.
    `abroad_rates`: reduced rates there by (country, tax class), in thousandths of a percent; `abroad_minor`: sales
    there by year, without taxes.
    """

    currency: str
    tax: TaxTable
    tax_number: str
    header: tuple[str, ...]
    footer: tuple[str, ...]
    language: str
    zone: str
    cash_step_minor: int = 1
    codes: CodeRules = CodeRules()
    expired: Literal["ask", "refuse"] = "ask"
    tax_class: str = "standard"
    retired: Literal["refuse", "sell"] = "refuse"
    refunds_without_receipt: bool = False
    slips: bool = False
    sign_in: bool = False
    sign_out_min: int = 0
    notes_minor: tuple[int, ...] = ()
    country: str = ""
    discount_reasons: tuple[str, ...] = DISCOUNT_REASONS
    undiscounted: tuple[str, ...] = ()
    open_amount_most: int = 1000
    pin_for: tuple[str, ...] = ()
    tenders: tuple[ShopTender, ...] = ()
    rates: Mapping[str, ForeignRate] = NO_RATES
    tares_g: tuple[int, ...] = ()
    taxes: tuple[DatedTable, ...] = ()
    cash_below: int = 0
    receipt_without: tuple[str, ...] = ()
    cash_halves_down: bool = False
    place: Jurisdiction = Jurisdiction()
    registered: tuple[str, ...] = ()
    business_date: str = ""
    takes_tips: bool = True
    cannabis: SpanText = ""
    proof_at: str = ""
    oss: bool = False
    abroad_most: int = EUROS_MOST
    abroad_rates: Mapping[tuple[str, str], int] = NO_ABROAD_RATES
    abroad_minor: Mapping[int, int] = NO_ABROAD_SALES

    @property
    def coins(self) -> Coins:
        """Cash rounding."""
        return Coins(self.cash_step_minor, self.cash_halves_down)

    def on(self, business_date: str) -> TillSettings:
        """The settings on a business day, with the taxes in effect on it."""
        table = table_on(self.taxes, business_date, self.tax)
        return msgspec.structs.replace(self, tax=table, business_date=business_date)

    def tax_at(self, delivered_to: str, net_minor: int = 0) -> TaxTable:
        """The tax table for deliveries to a province, or to another member state of the European Union.

        `delivered_to` "": within the store's own place. `net_minor`: the goods' value without taxes. Raises `KeyError`
        if there is no table. Where other countries' rates aren't supported, it's the store's own table:
        `takes_orders_to` is asked when an order is placed, and orders accepted before that are still handed over.
        """
        if not delivered_to or delivered_to == self.place.province:
            return self.tax
        if not is_abroad(self.place.country, delivered_to):
            dated = delivered_tables(delivered_to, self.registered, self.tax.inclusive, self.tax.rounding)
        elif self.place.country in _OWN_RATES_ALONE or not self.is_taxed_abroad(net_minor):
            return self.tax
        else:
            dated = abroad_tables(delivered_to, self.tax, self.rates_in(delivered_to))
        return table_on(dated, self.business_date, dated[0].table)

    def takes_orders_to(self, delivered_to: str, net_minor: int) -> bool:
        """Whether an order of this value can be accepted for that place.

        It can't if it's taxed by rates that aren't supported.
        """
        if not is_abroad(self.place.country, delivered_to) or self.place.country not in _OWN_RATES_ALONE:
            return True
        return not self.is_taxed_abroad(net_minor)

    def rates_in(self, country: str) -> dict[str, int]:
        """The store's configured rates for another member state, by tax class."""
        return {tax_class: rate for (of, tax_class), rate in self.abroad_rates.items() if of == country}

    def is_taxed_abroad(self, net_minor: int = 0) -> bool:
        """Whether the next sale of this value to another member state is taxed there.

        It is if this year's sales with it, or last year's, exceed the threshold.
        """
        if self.oss or not self.business_date:
            return self.oss
        year = int(self.business_date[:4])
        this_minor, last_minor = self.abroad_minor.get(year, 0), self.abroad_minor.get(year - 1, 0)
        return max(this_minor + net_minor, last_minor) > self.abroad_most_minor

    @property
    def abroad_most_minor(self) -> int:
        """The threshold for `is_taxed_abroad`, in minor units."""
        minor: int = self.abroad_most * 10 ** exponent(self.currency)
        return minor

    @property
    def open_most_minor(self) -> int:
        units: int = self.open_amount_most * 10 ** exponent(self.currency)
        return units

    @property
    def cash_below_minor(self) -> int:
        units: int = self.cash_below * 10 ** exponent(self.currency)
        return units
