"""A period priced again: unchanged rules give what was taken, others what the till would have taken."""

from __future__ import annotations

from calendar import monthrange
from contextlib import closing
from datetime import date, datetime, timedelta
from functools import partial
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from edge.analytics.whatif.comparing import compare
from edge.analytics.whatif.comparison import WhatifComparison
from edge.analytics.whatif.scenario import (
    CouponRule,
    DepositRule,
    PriceRule,
    Scenario,
    TaxRule,
    require_sound,
)
from edge.app.demo_shop import demo_catalog
from edge.app.demo_shop.demo_history import PastShop
from edge.core.messages import Actor, Refusal
from edge.core.storage.database import open_reader
from edge.core.writer import MaintenanceWrite, Request
from edge.counter.till.commands import LineSold, SellBasket, TenderGiven
from edge.counter.till.from_config import till_settings
from edge.foundation.access.rights import anonymous_actor, system
from edge.foundation.opening_hours.rules import OpenSpan
from edge.goods.catalog.commands import SetProducts
from edge.goods.catalog.product import Product
from edge.goods.promotions.commands import EndPromotion, SetPromotion
from edge.goods.promotions.promotion import BuyGet, Goods, PercentOff, Promotion, SeveralFor, SpendShare
from edge.operations.ledger import Ledger
from edge.runtime.config import Config
from tests.grocery import Basket, Part, parts, present, read_baskets
from tests.shop_fixture import CONFIG, config

FIRST = date(2026, 6, 1)
SHOP = CONFIG + '\n[[tax.class]]\nid = "exempt"\n'
EXCLUSIVE = SHOP.replace("inclusive = true", "inclusive = false")
JUNE, JULY = ("2026-06-01", "2026-06-30"), ("2026-07-01", "2026-07-31")
Bought = tuple[int, Basket]
THREE = Promotion("three", {"en": "Three for two"}, BuyGet(2, 1), Goods(categories=("bakery", "pantry")))


class LivedShop(PastShop):
    """The demo's months, with promotions that begin, change and end while it sells."""

    def _day(self, day: date, sales: float) -> None:
        self._clock.at_us = self._at(day, 6, 0)
        since = (day - FIRST).days
        if since == 0:
            self._do(system(), SetPromotion(THREE))
            dairy = Promotion("dairy", {"en": "Dairy"}, PercentOff(12_500), Goods(categories=("dairy",)))
            self._do(system(), SetPromotion(dairy))
        if since == 20:
            four = Promotion("dairy", {"en": "Dairy"}, SeveralFor(2, 300), Goods(categories=("dairy",)), from_min=960)
            self._do(system(), SetPromotion(four))
            self._do(system(), SetPromotion(Promotion("big", {"en": "Big"}, SpendShare(3_000, 5_000))))
        if since == 35:
            self._do(system(), EndPromotion("three"))
        super()._day(day, sales)


def lived(folder: Path, text: str = SHOP, days: int = 61, sales: int = 14) -> Config:
    shop = config(folder, text)
    LivedShop(shop, demo_catalog.products()[:60]).live(FIRST, days, sales)
    return shop


def compared(shop: Config, scenario: Scenario) -> WhatifComparison:
    with closing(open_reader(shop.ledger)) as was, closing(open_reader(shop.ledger)) as would:
        return compare(was, would, scenario, till_settings(shop))


def taken(shop: Config, first: str, last: str) -> int:
    """What the receipts of a period say, but for those that were voided and what voided them."""
    with closing(open_reader(shop.ledger)) as db:
        of = "SELECT total(total_minor) FROM receipt WHERE business_date BETWEEN ? AND ?"
        return int(db.execute(f"{of} AND kind <> 'void' AND voided_by IS NULL", (first, last)).fetchone()[0])


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Config:
    """A shop with two months behind it."""
    return lived(tmp_path_factory.mktemp("lived"))


def refused(scenario: Scenario) -> str:
    with pytest.raises(Refusal) as why:
        require_sound(scenario, "2026-08-01")
    return why.value.refused.code


def unchanged(shop: Config, first: str, last: str) -> WhatifComparison:
    found = compared(shop, Scenario(first, last))
    assert found.papers > 150 and found.unsure == 0 and found.changed == 0
    assert found.sums.was == found.sums.would and not found.baskets
    assert found.sums.was.total == found.taken_minor == taken(shop, first, last)
    return found


def test_unchanged_rules_give_what_was_taken_in_every_month(shop: Config) -> None:
    for first, last in (JUNE, JULY):
        assert unchanged(shop, first, last).sums.was.discount > 0, "promotions ran"


def test_unchanged_rules_give_what_was_taken_with_taxes_on_top(tmp_path: Path) -> None:
    taxed = lived(tmp_path, EXCLUSIVE, 20, 12)
    assert unchanged(taxed, "2026-06-01", "2026-06-20").sums.was.tax > 0


def test_a_promotion_less_and_one_more(shop: Config) -> None:
    without = compared(shop, Scenario(*JUNE, without=("dairy",)))
    assert without.changed > 0 and without.sums.would.discount < without.sums.was.discount
    gained = without.sums.would.total - without.sums.was.total
    assert 0 < gained <= without.sums.was.discount - without.sums.would.discount, "less what came back"
    assert sum(one.sums.would.total - one.sums.was.total for one in without.products) == gained
    assert sum(one.sums.would.total - one.sums.was.total for one in without.hours) == gained
    assert sum(one.sums.count for one in without.customers) == without.papers
    shown = without.baskets[0]
    assert shown.was_minor < shown.would_minor
    changes = sum(line.would_minor - line.was_minor for line in shown.lines)
    assert changes == shown.would_minor - shown.was_minor, "the basket opens to its lines"
    half = Promotion("half", {"en": "Half"}, PercentOff(50_000), priority=100)
    most = compared(shop, Scenario(*JUNE, promotions=(half,)))
    assert most.sums.would.discount > 2 * most.sums.was.discount and most.unsure == 0


def test_another_price_is_priced_by_the_till(shop: Config) -> None:
    found = compared(shop, Scenario(*JULY, prices=(PriceRule(percent=10_000),)))
    share = found.sums.would.total / found.sums.was.total
    assert 1.05 < share < 1.12 and found.unsure == 0
    sku = max((one for one in found.products if one.key != "*"), key=lambda one: one.sums.was.total).key
    free = compared(shop, Scenario(*JULY, prices=(PriceRule(Goods(skus=(sku,)), price_minor=0),)))
    product = next(one for one in free.products if one.key == sku)
    assert product.sums.would.total == 0 < product.sums.was.total
    assert free.sums.would.total < free.sums.was.total


def test_other_taxes_and_deposits(shop: Config) -> None:
    lower = compared(shop, Scenario(*JULY, taxes=(TaxRule("standard", (7_000,)), TaxRule("reduced", ()))))
    assert lower.sums.would.total == lower.sums.was.total, "prices have their taxes within"
    assert 0 < lower.sums.would.tax < lower.sums.was.tax
    assert lower.sums.would.net == lower.sums.was.net + lower.sums.was.tax - lower.sums.would.tax
    rule = DepositRule(Goods(categories=("dairy",)), 25)
    deposits = compared(shop, Scenario(*JULY, deposits=(rule,)))
    more = deposits.sums.would.total - deposits.sums.was.total
    assert more == deposits.sums.would.deposit - deposits.sums.was.deposit > 0


def test_hours_count_what_was_sold_outside_them(shop: Config) -> None:
    week = ((OpenSpan(9 * 60, 18 * 60),),) * 7
    found = compared(shop, Scenario(*JULY, weekly=week))
    late = [one for one in found.hours if not "09" <= one.key < "18"]
    assert found.closed.count > 0 and found.changed == 0
    assert found.closed.minor >= sum(one.sums.was.total for one in late) > 0, "refunds come to less than nothing"


def test_what_is_not_known_is_said(shop: Config) -> None:
    none = PriceRule(Goods(skus=("nobody",)), price_minor=100)
    found = compared(shop, Scenario("2026-05-25", "2026-06-07", prices=(none,)))
    assert found.unknown == ("nobody",) and "2026-05-25" in found.gaps and "2026-06-06" in found.gaps
    assert found.changed == 0
    with closing(open_reader(shop.ledger)) as db:
        (sku,) = db.execute("SELECT sku FROM product ORDER BY sku LIMIT 1").fetchone()
    early = PriceRule(Goods(skus=(sku,)), price_minor=100)
    before = compared(shop, Scenario("2026-05-01", "2026-05-20", prices=(early,)))
    assert before.later == (sku,) and before.papers == 0 and len(before.gaps) == 20


def test_a_wrong_scenario_is_refused() -> None:
    assert refused(Scenario("2026-06-31", "2026-07-01")) == "whatif_period"
    assert refused(Scenario("2026-07-02", "2026-07-01")) == "whatif_period"
    assert refused(Scenario("2024-07-02", "2026-07-01")) == "whatif_period"
    assert refused(Scenario("2026-07-02", "2026-08-02")) == "whatif_future"
    assert refused(Scenario(*JULY, prices=(PriceRule(),))) == "whatif_price"
    assert refused(Scenario(*JULY, prices=(PriceRule(price_minor=5),))) == "whatif_price_for"
    assert refused(Scenario(*JULY, prices=(PriceRule(percent=-100_000),))) == "whatif_below_zero"
    assert refused(Scenario(*JULY, coupons=(CouponRule(None, 5, 5),))) == "whatif_coupon"
    assert refused(Scenario(*JULY, weekly=((),))) == "whatif_week"


def sku_of(part: Part) -> str:
    """The product at its price: at another price it is sold as another one."""
    return f"{part.product}-{part.price_minor}"


class Grocery(PastShop):
    """A real grocery's year: every basket as it was paid."""

    def take_over(self, baskets: list[Bought]) -> None:
        self._clock.at_us = self._at(date(2016, 12, 31), 5, 0)
        self._ledger = Ledger(self._config, self._clock)
        self._ledger.db.execute("PRAGMA synchronous = OFF")
        sold = {sku_of(part): part for _, basket in baskets for line in basket for part in parts(line)}
        goods = [Product(sku, {"en": sku}, (), part.price_minor) for sku, part in sold.items()]
        for at in range(0, len(goods), 100):
            self._do(system(), SetProducts(tuple(goods[at : at + 100])))
        requests = []
        for at_us, basket in baskets:
            lines = tuple(
                LineSold(sku=sku_of(part), quantity=part.quantity * 1000) for line in basket for part in parts(line)
            )
            sale = SellBasket(lines, (TenderGiven("card"),), age_checked=99, print=False)
            requests.append((anonymous_actor("1"), at_us, sale))
        for at in range(0, len(requests), 50):
            self._sell_all(requests[at : at + 50])
        self._ledger.close()

    def _sell_all(self, requests: list[tuple[Actor, int, SellBasket]]) -> None:
        wanted: list[Request | MaintenanceWrite] = []
        for actor, at_us, basket in requests:
            wanted += [MaintenanceWrite(partial(self._clock.put, at_us)), self._request(actor, basket, at_us)]
        self._run(wanted)


@pytest.mark.skipif(not present(), reason="missing: shared/data/sales/grocery_store_356 beside the project")
def test_unchanged_rules_give_every_month_of_a_real_grocerys_year(tmp_path: Path) -> None:
    year = config(tmp_path, SHOP)
    baskets = read_baskets()
    begin = datetime(2017, 1, 1, 8, tzinfo=ZoneInfo("Europe/Paris"))
    step = timedelta(days=364) / len(baskets)
    moments = [round((begin + step * place).timestamp() * 1e6) for place in range(len(baskets))]
    Grocery(year, ()).take_over(list(zip(moments, baskets, strict=True)))
    months = [Scenario(f"2017-{n:02}-01", f"2017-{n:02}-{monthrange(2017, n)[1]}") for n in range(1, 13)]
    each = [compared(year, month) for month in months]
    assert sum(found.papers for found in each) == len(baskets)
    for found in each:
        assert found.papers > 100 and found.unsure == found.changed == 0
        assert found.sums.would.total == found.taken_minor == taken(year, found.scenario.first, found.scenario.last)
    asked = sum(int(line.value * 100) for basket in baskets for line in basket)
    assert sum(found.sums.was.total for found in each) == asked
    more = compared(year, Scenario("2017-01-01", "2017-12-31", prices=(PriceRule(percent=-20_000),)))
    assert more.sums.would.total < more.sums.was.total and more.typed == more.unsure == 0
