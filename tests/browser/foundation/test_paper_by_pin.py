"""A report of which no one knows whether it was printed is copied at the till by the PIN of who may ask for one."""

from __future__ import annotations

from pathlib import Path

import pytest

from edge.core.messages import Done
from edge.counter.till.commands import PrintReport
from edge.foundation.access.commands import SetPin
from edge.foundation.access.credentials.pin import hash_pin
from edge.foundation.access.rights import anonymous_actor
from edge.foundation.printing.commands import SettlePrint
from edge.foundation.printing.queries import unconfirmed_prints
from tests.browser.browsing import till
from tests.browser.serving import serve
from tests.http_client import PIN
from tests.shop_fixture import SYSTEM, run

pytestmark = pytest.mark.needs("chromium")


def test_a_report_in_doubt_is_copied_by_the_pin_of_who_may_ask_for_one(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, till() as cashier:
            shop = served.shop
            assert isinstance(await shop.do(SetPin(hash_pin(PIN)), SYSTEM), Done)
            asked = await shop.do(PrintReport("x"), anonymous_actor("1").with_rights("override"))
            assert isinstance(asked, Done)
            (job,) = shop.reader.execute("SELECT max(id) FROM print_job").fetchone()
            for state in ("sending", "unknown"):
                assert isinstance(await shop.do(SettlePrint(job, state), SYSTEM), Done)
            await cashier.open(served, "register=1&lang=en")
            await cashier.page.locator("#unconfirmed_prints [data-print=CopyPrint]").click()
            await cashier.enter_pin()
            await cashier.gone("#unconfirmed_prints .alert")
            assert unconfirmed_prints(shop.reader, "1") == []
            copied = shop.reader.execute("SELECT state FROM print_job WHERE id > ?", (job,)).fetchall()
            assert copied == [("queued",)]

    run(scenario())
