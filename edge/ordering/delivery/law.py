"""Legal rules for deliveries to another province or country: taxes, and regulated goods."""

from __future__ import annotations

from collections.abc import Iterable

from edge.core.messages import Refusal
from edge.core.storage.database import Connection
from edge.counter.basket.event_structs import RecordedLine
from edge.counter.basket.taxed_total import Taxation, net_revenue_minor
from edge.counter.till.settings import TillSettings
from edge.goods.catalog.least_age import kinds_with_parts
from edge.goods.catalog.queries import read_products
from edge.lib.i18n import name_values
from edge.lib.regions.addresses import is_of_province, province_of
from edge.lib.regions.eu_vat import is_abroad, is_outside
from edge.lib.regions.place import Jurisdiction


def stays_in_province(
    db: Connection, lines: Iterable[RecordedLine], place: Jurisdiction, to: str, postal_code: str = ""
) -> None:
    """Raise `Refusal` for age-restricted goods delivered outside the store's province or country, even with
    confirmation.

    Nothing is delivered to an island or town whose VAT isn't its country's. `to`: the zone's province or country.
    `postal_code`: the address's.
    """
    away = to
    if is_abroad(place.country, away) and is_outside(away, postal_code):
        raise Refusal("no_tax_there", {"province": f"{away} {postal_code}".strip()})
    if not away and place.is_canadian and place.province and not is_of_province(postal_code, place.province):
        away = province_of(postal_code)
    if not away:
        return
    products = read_products(db, [line.sku for line in lines if line.sku and not line.voided])
    for _, product, _ in products.values():
        if kinds_with_parts(db, product):
            raise Refusal("regulated_stays", {**name_values(product.names or {}), "province": away})


def is_taxed_there(lines: Iterable[RecordedLine], settings: TillSettings, to: str) -> None:
    """Raise `Refusal` for an order whose tax at the destination is unknown.

    The province has no table, the table lacks a tax class, or the rates aren't supported. `lines`: none of them voided.
    """
    if not to:
        return
    sold = tuple(lines)
    try:
        net_minor = net_revenue_minor(sold, Taxation(settings.tax))
        table = settings.tax_at(to, net_minor)
    except KeyError:
        raise Refusal("no_tax_there", {"province": to}) from None
    unknown = any(line.is_revenue and table.find(line.tax_class) is None for line in sold)
    if unknown or not settings.takes_orders_to(to, net_minor):
        raise Refusal("no_tax_there", {"province": to})
