"""What the demo's shop tried: one trial ended with a result, one runs, and its offers taught how customers respond."""

from __future__ import annotations

from contextlib import closing
from datetime import date

import pytest

from edge.analytics.trials.daily_check import TrialCheck
from edge.analytics.trials.queries import read_result, read_trials
from edge.analytics.whatif.comparing import compare
from edge.analytics.whatif.scenario import PriceRule, Scenario
from edge.app.demo_shop import demo_catalog
from edge.app.demo_shop.demo_history import EVERY_DAY, category_of, live_through
from edge.app.demo_shop.demo_trials import OFFERS, TriedShop
from edge.core.storage.database import open_reader
from edge.counter.till.from_config import till_settings
from edge.goods.promotions.promotion import Goods
from edge.operations.ledger import Ledger
from edge.runtime.config import Config
from tests.bench.fill import follow
from tests.shop_fixture import CONFIG, FakeClock, config, run

TODAY = date(2027, 1, 15)
SHOP = CONFIG + '\n[[tax.class]]\nid = "exempt"\n'
MONTHS = (
    ("2026-10-17", "2026-10-31"),
    ("2026-11-01", "2026-11-30"),
    ("2026-12-01", "2026-12-31"),
    ("2027-01-01", "2027-01-14"),
)


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Config:
    loaded = config(tmp_path_factory.mktemp("tried"), SHOP)
    goods = [one for one in demo_catalog.products() if category_of(one) in (*OFFERS, "pantry", "drinks")]
    live_through(loaded, goods, TODAY, 90, 16, week=EVERY_DAY, kind=TriedShop)
    opened = Ledger(loaded)
    follow(opened)
    opened.close()
    return loaded


def test_one_trial_ended_with_a_result_and_one_runs(shop: Config) -> None:
    with closing(open_reader(shop.ledger)) as db:
        running, ended = read_trials(db)
        assert (ended.why, ended.ended_date) == ("finished", "2027-01-07") and running.is_running
        effect = read_result(db, ended, TODAY.isoformat()).effects["units"]
        assert (effect.on_days, effect.off_days) == (14, 42)
        assert effect.low is not None and effect.low > 0, "more juice was bought"
        assert ended.shortfall_minor == read_result(db, ended, ended.ended_date).shortfall_minor
        shown = read_result(db, running, TODAY.isoformat())
        assert shown.effects["units"].on_days == 10 and shown.effects["units"].low is not None
        assert shown.shortfall_minor is not None and shown.shortfall_minor < running.trial.stop_at_minor


def test_nothing_about_the_running_trial_is_due(shop: Config) -> None:
    async def scenario() -> None:
        ledger = Ledger(shop, FakeClock())
        opened = ledger.shop()
        opened.start()
        try:
            check = TrialCheck(opened, shop.ledger, shop.store.zone, shop.day_turns_at_min, lambda at_us: str(TODAY))
            assert await check.look() == []
        finally:
            opened.close()

    run(scenario())


def test_unchanged_rules_give_what_was_taken_in_every_month_of_it(shop: Config) -> None:
    for first, last in MONTHS:
        with closing(open_reader(shop.ledger)) as was, closing(open_reader(shop.ledger)) as would:
            found = compare(was, would, Scenario(first, last), till_settings(shop))
        assert found.papers > 200 and found.unsure == found.changed == 0
        assert found.sums.was == found.sums.would and found.sums.was.total == found.taken_minor


def test_offers_taught_how_customers_respond(shop: Config) -> None:
    tenth_off = Scenario(*MONTHS[2], prices=(PriceRule(Goods(categories=("dairy",)), percent=-10_000),))
    with closing(open_reader(shop.ledger)) as was, closing(open_reader(shop.ledger)) as would:
        found = compare(was, would, tenth_off, till_settings(shop))
    known = [one for one in found.responses if one.weeks]
    assert len(known) > len(found.responses) / 3, "weeks after the period count, too"
    assert all(one.low < one.high and one.weeks >= 4 for one in known)
