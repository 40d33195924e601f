"""A sample receipt of the shop: made-up goods with the shop's taxes, for setting up papers. Pure."""

from __future__ import annotations

from datetime import date

import msgspec

from edge.core.messages import RecordedEvent
from edge.counter.basket.basket import Basket, BasketLine
from edge.counter.basket.event_structs import Discount, ScannedData
from edge.counter.till.after_sale.receipts import of_sale
from edge.counter.till.events import SaleCompleted
from edge.counter.till.rules.payment import pay
from edge.counter.till.settings import TillSettings
from edge.foundation.printing.document import Document
from edge.lib.i18n import in_all_languages
from edge.lib.units.money import exponent

NUMBER = 42


def sample_receipt(settings: TillSettings, register: str, at_us: int, business_date: str) -> Document:
    """A receipt with everything that settings can omit."""
    event = _sale(settings, at_us)
    fact = RecordedEvent(1, 1, bytes(16), register, "cashier", "cashier", business_date, at_us, event)
    return of_sale(event, fact, settings)


def _sale(settings: TillSettings, at_us: int) -> SaleCompleted:
    unit_minor = 10 ** exponent(settings.currency)
    taxed = settings.tax.classes[0].id if settings.tax.classes else settings.tax_class
    label = ScannedData("L-2026/7", date(2026, 12, 24), "SN0042")
    goods = (
        BasketLine(1, "1", "", in_all_languages("sample.milk"), "piece", 1000, 2 * unit_minor, taxed),
        BasketLine(
            *(2, "2", "", in_all_languages("sample.coffee"), "piece", 2000, 5 * unit_minor, taxed),
            discounts=(Discount("two", unit_minor),),
        ),
        BasketLine(
            3,
            "3",
            "",
            in_all_languages("sample.cheese"),
            "kg",
            256,
            20 * unit_minor,
            taxed,
            24 * unit_minor,
            label=label,
        ),
    )
    basket = Basket("1", opened_us=at_us, lines=goods, promotions={"two": in_all_languages("sample.two_for_one")})
    done = pay(basket, "cash", 50 * unit_minor, "", settings)
    assert isinstance(done, SaleCompleted), done
    return msgspec.structs.replace(done, number=NUMBER)
