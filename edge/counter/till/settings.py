"""What a store decides about its tills."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal

import msgspec

from edge.foundation.settings.definitions import Lines, Setting, SettingGroup
from edge.lib.codes.rules import CodeRules
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
"""What may be changed while the shop runs."""


class TillSettings(msgspec.Struct, frozen=True):
    """`header` are the lines on top of a receipt; `cash_step_minor` is the smallest coin (1: no rounding),
    and `cash_halves_down` whether a sum right between two goes to the smaller one.

    `tax_class`: the one of products that say nothing else. `retired`: whether what the shop gave up is still sold.
    `expired`: whether the cashier is asked about a product whose last day is over, or it is refused.
    `sign_in`: whether nobody sells who has not signed in; `sign_out_min`: how long one stays so (0: for ever).
    `slips`: whether other printers are told of orders (`edge/counter/kitchen`).
    `notes_minor`: the currency's notes, none where they are not known.
    `country`: whose way of writing dates pages have (ISO 3166); empty: that of the zone.
    `refunds_without_receipt`: whether goods come back that nobody has a receipt for.
    `discount_reasons`: why people may take something off, in the shop's own words or as one of DISCOUNT_REASONS;
    `undiscounted`: categories of whose goods they may not. `open_amount_most`: the largest sum, in units of the
    currency, of goods that the catalogue does not have (0: none are sold).
    `pin_for`: for which of `void_line`, `clear_basket`, `set_aside` and `open_drawer` a manager's PIN is asked.
    `tenders`: the shop's own, beside cash and cards; `rates`: of foreign cash, those of today.
    `tax` is the table of `business_date`, today; `taxes` are those of the place, each from its day (`on`).
    `receipt_without`: which of RECEIPT_PARTS are left out.
    `tares_g`: what the shop's packings weigh, as keys beside the scale. `cash_below`: in units of the currency, below
    which sum a gift card's money may go back in cash. `place`: where the store is; `registered`: the other provinces
    whose own tax it collects on what it delivers there. `takes_tips`: whether anybody may type one.
    `cannabis`: between which hours the shop sells it where these are narrower than the law's, as `09:00-21:00` ("": the
    law's). `proof_at`: the box's address for phones in the shop, with which receipts' QR code begins ("": none).
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

    @property
    def coins(self) -> Coins:
        """What cash comes in."""
        return Coins(self.cash_step_minor, self.cash_halves_down)

    def on(self, business_date: str) -> TillSettings:
        """As they are on a day of business: with the taxes that hold by then."""
        table = table_on(self.taxes, business_date, self.tax)
        return msgspec.structs.replace(self, tax=table, business_date=business_date)

    def tax_at(self, delivered_to: str) -> TaxTable:
        """The table for what is delivered to a province ("": not beyond the store's own). `KeyError`: there is none."""
        if not delivered_to or delivered_to == self.place.province:
            return self.tax
        dated = delivered_tables(delivered_to, self.registered, self.tax.inclusive, self.tax.rounding)
        return table_on(dated, self.business_date, dated[0].table)

    @property
    def open_most_minor(self) -> int:
        units: int = self.open_amount_most * 10 ** exponent(self.currency)
        return units

    @property
    def cash_below_minor(self) -> int:
        units: int = self.cash_below * 10 ** exponent(self.currency)
        return units
