"""What a terminal adds for a credit card: a line of the sale where law and shop allow it, else it goes back."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from edge.counter.till.commands import AddLine, PrintReport, RefundSale
from edge.counter.till.events import SaleCompleted
from edge.counter.till.paying.card_payments import BeginPayment
from edge.lib.errors import ConfigError
from edge.lib.regions.card_surcharges import card_surcharge_rate
from edge.operations.ledger import build_registry
from tests.card_shop import CardShop, card_shop, device_of
from tests.counter_shop import books_of, paper
from tests.flow.money.test_card_extras import whole
from tests.shop_fixture import CONFIG, MANAGER, MILK, config, done, run

KEPT = "[payments]\nsurcharge = true\n"
PLACED = 'language = "en"\ncountry = "CA"\nprovince = "{province}"'
ONTARIO = CONFIG.replace('language = "en"', PLACED.format(province="ON"), 1)
CARDS, SURCHARGES = ("assets", "cards"), ("income", "card surcharges")
SUM_MINOR = 240
each = pytest.mark.parametrize("driver", ["sim", "clover", "nexo"])


def paying(
    folder: Path,
    driver: str,
    added_minor: int,
    scenario: Callable[[CardShop, SaleCompleted], Awaitable[None]],
    kept: str = KEPT,
) -> None:
    """2.40 was paid in Ontario by a card, for which the terminal added so much."""

    async def main() -> None:
        async with card_shop(folder, driver, config=kept, base=ONTARIO) as counter:
            counter.device.surcharge_minor = added_minor
            await done(counter.shop, AddLine(MILK, quantity=2_000))
            await done(counter.shop, BeginPayment())
            await counter.until(lambda one: one.used, "it is sold")
            (sale,) = counter.sales()
            await scenario(counter, sale)
            whole(counter)

    run(main())


@each
def test_where_it_is_allowed_it_is_a_line_of_the_sale_and_goes_back_with_it(driver: str, tmp_path: Path) -> None:
    async def scenario(counter: CardShop, sale: SaleCompleted) -> None:
        (fee,) = sale.lines[1:]
        assert (fee.kind, fee.names["en"], fee.amount_minor) == ("fee", "Card fee", 5)
        assert [one.amount_minor for one in sale.tenders] == [SUM_MINOR + 5]
        assert sum(row.net_minor + row.tax_minor for row in sale.taxes) == SUM_MINOR, "of it no tax is owed"
        assert books_of(counter.shop)[SURCHARGES] == -5
        assert books_of(counter.shop)[CARDS] == counter.device.moved_minor == SUM_MINOR + 5
        assert any(line.startswith("Card fee") and line.endswith("0.05") for line in paper(counter.shop, "receipt"))
        await done(counter.shop, PrintReport("x"), MANAGER)
        assert "Card fees included in total 0.05" in paper(counter.shop, "report")
        await done(counter.shop, RefundSale(sale.number), MANAGER)
        await counter.ends("refunded")
        assert (counter.device.moved_minor, books_of(counter.shop).get(CARDS, 0)) == (0, 0)

    paying(tmp_path, driver, 5, scenario)


def test_what_is_beyond_the_law_goes_back_to_the_card(tmp_path: Path) -> None:
    async def scenario(counter: CardShop, sale: SaleCompleted) -> None:
        assert [one.amount_minor for one in sale.lines] == [SUM_MINOR, 5], "2.4 % of 2.40, and no cent more"
        await counter.until(lambda one: one.refunds and one.refunds[0].state == "done", "the rest went back")
        assert counter.device.moved_minor == SUM_MINOR + 5

    paying(tmp_path, "sim", 60, scenario)


@each
def test_where_the_shop_has_none_all_of_it_goes_back(driver: str, tmp_path: Path) -> None:
    async def scenario(counter: CardShop, sale: SaleCompleted) -> None:
        assert [one.kind for one in sale.lines] == ["goods"]
        await counter.until(lambda one: one.refunds, "it goes back")

    paying(tmp_path, driver, 5, scenario, kept="")


@pytest.mark.parametrize("place", ['country = "FR"', 'country = "IL"', 'country = "CA"\nprovince = "QC"'])
def test_where_no_law_allows_it_it_cannot_be_set(place: str, tmp_path: Path) -> None:
    base = CONFIG.replace('language = "en"', f'language = "en"\n{place}', 1)
    with pytest.raises(ConfigError, match="no legal card surcharge is known"):
        build_registry(config(tmp_path, base + KEPT + device_of("sim")))


def test_the_most_that_may_be_added_is_that_of_the_place() -> None:
    assert (card_surcharge_rate("CA", "ON"), card_surcharge_rate("CA", "QC")) == (2_400, 0)
    assert card_surcharge_rate("CA", "") == card_surcharge_rate("DE", "") == 0
