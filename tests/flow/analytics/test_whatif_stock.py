"""What if, for stock: a past period with other reorder points, simulated over what really sold."""

from __future__ import annotations

from contextlib import closing
from datetime import date
from pathlib import Path

import pytest

from edge.analytics.whatif.stock_answering import compare_stock
from edge.analytics.whatif.stock_scenario import (
    StockComparison,
    StockEstimate,
    StockFigure,
    StockRule,
    StockScenario,
    require_sound_stock,
)
from edge.app.demo_shop import demo_catalog
from edge.app.demo_shop.demo_history import live_through
from edge.core.messages import Refusal
from edge.core.storage.database import open_reader
from edge.goods.promotions.promotion import Goods
from edge.operations.ledger import Ledger
from tests.bench.fill import follow
from tests.shop_fixture import CONFIG, config

SHOP = CONFIG + '\n[[tax.class]]\nid = "exempt"\n'
FIRST, LAST = "2026-11-01", "2027-01-09"
FIGURES = ("out_days", "lost", "stock", "waste", "deliveries")


@pytest.fixture(scope="module")
def ledger(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Eleven weeks of a shop of forty products, delivered twice a week."""
    loaded = config(tmp_path_factory.mktemp("stock"), SHOP)
    live_through(loaded, demo_catalog.products()[:40], date(2027, 1, 10), 77, 10)
    opened = Ledger(loaded)
    follow(opened)
    opened.close()
    return loaded.ledger


def _compared(ledger: Path, *rules: StockRule, first: str = FIRST) -> StockComparison:
    with closing(open_reader(ledger)) as db:
        return compare_stock(db, StockScenario(first, LAST, rules))


def _figures(found: StockComparison) -> dict[str, StockFigure]:
    return {one.name: one for one in found.figures}


def test_unchanged_settings_come_to_about_what_happened(ledger: Path) -> None:
    found = _compared(ledger)
    figures = _figures(found)
    assert tuple(figures) == FIGURES and found.counted == 40 and found.weeks == 10
    for one in figures.values():
        assert one.base == one.would, "the same settings"
        assert one.difference == StockEstimate(0, 0, 0)
    stock = figures["stock"]
    assert stock.happened and stock.base
    assert stock.base.value == pytest.approx(stock.happened, rel=0.25)
    out = figures["out_days"]
    assert out.happened is not None and out.base
    assert abs(out.base.value - out.happened) <= 0.05 * found.counted * 70
    for one in figures.values():
        parts = found.made_of.get(one.name, ())
        assert one.base and sum(part.base for part in parts) == round(one.base.value), "its parts add up"
        assert all(part.base == part.would for part in parts)
    came = figures["deliveries"]
    assert came.happened and came.base
    assert came.base.value == pytest.approx(came.happened, rel=0.25)


def test_goods_that_begin_within_the_period_are_simulated_from_then_on(ledger: Path) -> None:
    """The shop opened a week after the first day asked for; its opening delivery is no order."""
    found = _compared(ledger, first="2026-10-18")
    figures = _figures(found)
    out, came = figures["out_days"], figures["deliveries"]
    assert found.counted == 40
    assert out.happened is not None and out.base and came.happened and came.base
    assert out.happened <= 5 and out.base.value <= 15, (out, came)
    assert came.base.value == pytest.approx(came.happened, abs=2), came


def test_lower_reorder_points_leave_shelves_empty_and_higher_ones_cost_stock(ledger: Path) -> None:
    lower = _figures(_compared(ledger, StockRule(reorder_percent=-90)))
    higher = _figures(_compared(ledger, StockRule(reorder_percent=100)))
    slower = _figures(_compared(ledger, StockRule(lead_days=14)))
    for figures, name, sign in (
        *((lower, "stock", -1), (lower, "out_days", 1), (lower, "lost", 1)),
        *((higher, "stock", 1), (slower, "out_days", 1)),
    ):
        difference = figures[name].difference
        assert difference and difference.value * sign > 0, (name, difference)
        assert difference.low <= difference.value <= difference.high
    assert higher["lost"].happened is None, "nobody knows what would have sold"


def test_a_rule_of_one_product_leaves_the_others_alone(ledger: Path) -> None:
    sku = demo_catalog.products()[0].sku
    found = _compared(ledger, StockRule(Goods((sku, "nothing")), reorder=0, up_to=1_000))
    assert found.unknown == ("nothing",)
    changed = [one.sku for one in found.products if one.was != one.would]
    assert changed == [sku] == [found.products[0].sku]
    first = found.products[0]
    assert first.would and (first.would.reorder, first.would.up_to) == (0, 1_000)
    assert first.out_would.value > first.out_base.value


def test_a_supplier_that_there_is_not_and_products_without_stock_then_are_said(ledger: Path) -> None:
    found = _compared(ledger, StockRule(supplier="nobody"), first="2026-12-12")
    assert found.unknown_suppliers == ("nobody",)
    other = demo_catalog.products()[100].sku
    assert _compared(ledger, StockRule(Goods((other,)), reorder=5_000)).unknown == (other,), "not in this catalogue"


@pytest.mark.parametrize(
    ("scenario", "code"),
    [
        (StockScenario("2027-01-01", "2027-01-09"), "whatif_stock_period"),
        (StockScenario("2027-01-09", "2026-11-01"), "whatif_stock_period"),
        (StockScenario("2026-13-09", "2027-01-01"), "whatif_stock_period"),
        (StockScenario(FIRST, "2027-01-10"), "whatif_future"),
        (StockScenario(FIRST, LAST, (StockRule(reorder=1_000, reorder_percent=5),)), "whatif_reorder"),
        (StockScenario(FIRST, LAST, (StockRule(reorder=2_000, up_to=1_000),)), "whatif_up_to"),
        (StockScenario(FIRST, LAST, (StockRule(lead_days=2, supplier="a"),)), "whatif_lead"),
    ],
)
def test_what_makes_no_sense_is_refused(scenario: StockScenario, code: str) -> None:
    with pytest.raises(Refusal) as refused:
        require_sound_stock(scenario, "2027-01-10")
    assert refused.value.code == code
