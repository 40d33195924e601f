"""The demo has a day of cards that is paid out to the cent, and one that is not."""

from __future__ import annotations

from contextlib import closing
from datetime import date
from pathlib import Path

import pysqlite3

from edge.accounting.settlements.queries import read_batches, read_disputes, read_unsettled
from edge.app.demo_shop import demo_catalog, demo_history, demo_settlements
from sim.terminal.json_lines import SECRET
from tests.shop_fixture import CONFIG, config

TERMINAL = f"""
[[device]]
role = "payment_terminal"
name = "pad"
driver = "sim"
register = "1"
host = "127.0.0.1"
secret = "{SECRET}"
"""


def test_one_day_is_settled_and_one_is_not(tmp_path: Path) -> None:
    today = date(2026, 11, 26)
    shop = config(tmp_path, CONFIG.replace('"EUR"', '"ILS"') + TERMINAL)
    wanted = {*demo_settlements.GOODS}
    goods = [one for one in demo_catalog.products() if (one.names or {}).get("en") in wanted or one.sku < "1010"]
    demo_history.live_through(shop, goods, today, days=9, sales=5)
    with closing(pysqlite3.connect(shop.ledger)) as db:
        differs, settled = read_batches(db)
        assert (settled.state, differs.state) == ("balanced", "differs")
        assert settled.received_on == settled.paid_on and not differs.received_on
        assert differs.difference_minor == -100
        assert len(read_unsettled(db, today.isoformat())) == 1
        assert [(one.state, one.reason) for one in read_disputes(db)] == [("opened", "not_recognised")]
