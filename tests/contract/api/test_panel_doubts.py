"""Prints with an unknown result: the cashier's page asks about them until someone answers."""

from __future__ import annotations

import json
import re
from html import unescape
from pathlib import Path

import pytest

from edge.lib.i18n import LANGUAGES, translate
from edge.web.capability_pages import folders
from tests.browser.calling import Caller, calling
from tests.browser.serving import serve
from tests.shop_fixture import MILK, run

TILL = Path("edge/counter/till/pages")


async def doubtful_sale(caller: Caller) -> int:
    """Make a sale whose receipt was interrupted; returns the number of its print job."""
    await caller.do("AddLine", {"code": MILK})
    await caller.do("Pay", {"kind": "card"})
    job = (await caller.get("/api/v1/queries/last_print_job")).json["result"]["id"]
    await caller.manage("SettlePrint", {"job": job, "state": "sending", "printer": "printer"})
    unknown = {"job": job, "state": "unknown", "problem": "broke_off", "printer": "printer"}
    await caller.manage("SettlePrint", unknown)
    return int(job)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_asks_about_paper_until_someone_answers(tmp_path: Path, language: str) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, calling(served) as caller:
            job = await doubtful_sale(caller)
            page = f"/?register=1&lang={language}"
            asked = (await caller.get(page)).text
            assert translate(language, "page.paper_good") in unescape(asked)
            assert translate(language, "printer.broke_off") in unescape(asked)
            assert 'data-print="ReprintReceipt"' in asked
            assert (await caller.do("ConfirmPrint", {"job": job})).status == 200
            assert "data-print=" not in (await caller.get(page)).text

    run(scenario())


def test_buttons_about_a_paper_ask_for_papers_that_the_box_has_and_for_nothing_else(tmp_path: Path) -> None:
    """The page acts on such a button if the list in acts.js contains its command.

    So the list must match the buttons, and each command must be a till's that needs no PIN.
    """
    [listed] = re.findall(r"^const PAPERS = (\[.*\]);$", (TILL / "acts.js").read_text(), re.MULTILINE)
    fragments = [path.read_text() for folder in folders() for path in folder.glob("fragments/*.html")]
    buttons = {name for text in fragments for name in re.findall(r'data-print="(\w+)"', text)}
    assert set(json.loads(listed)) == buttons != set()

    async def scenario() -> None:
        async with serve(tmp_path) as served:
            commands = [served.shop.registry.by_name[name] for name in buttons]
            assert {(spec.right, "cashier" in spec.surfaces) for spec in commands} == {("sell", True)}

    run(scenario())
