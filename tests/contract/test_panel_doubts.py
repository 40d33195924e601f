"""Paper of which nobody can tell whether it came out: the cashier's page asks until somebody answers."""

from __future__ import annotations

from pathlib import Path

import pytest

from edge.lib.i18n import LANGUAGES, translate
from tests.browser.calling import Caller, calling
from tests.browser.serving import serve
from tests.shop_fixture import MILK, run


async def doubtful_sale(caller: Caller) -> int:
    """A sale whose receipt broke off; the number of its print job."""
    await caller.do("AddLine", {"code": MILK})
    await caller.do("Pay", {"kind": "card"})
    job = (await caller.get("/api/v1/queries/last_print_job")).json["result"]["id"]
    await caller.manage("SettlePrint", {"job": job, "state": "sending", "printer": "printer"})
    unknown = {"job": job, "state": "unknown", "problem": "broke_off", "printer": "printer"}
    await caller.manage("SettlePrint", unknown)
    return int(job)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_asks_about_paper_until_somebody_answers(tmp_path: Path, language: str) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, calling(served) as caller:
            job = await doubtful_sale(caller)
            page = f"/?register=1&lang={language}"
            asked = (await caller.get(page)).text
            assert translate(language, "page.paper_good") in asked
            assert translate(language, "printer.broke_off") in asked
            assert 'data-print="ReprintReceipt"' in asked
            assert (await caller.do("ConfirmPrint", {"job": job})).status == 200
            assert "data-print=" not in (await caller.get(page)).text

    run(scenario())
