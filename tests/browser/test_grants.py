"""What asks for a PIN on the manager's pages, and when it stops asking."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.async_api import Dialog

from edge.foundation.access.commands import SetRole, SetUser
from edge.foundation.access.pin import hash_pin
from tests.browser.browsing import till
from tests.browser.calling import calling
from tests.browser.serving import serve
from tests.shop_fixture import SYSTEM, done, run

pytestmark = pytest.mark.needs("chromium")
LOCKED = "document.body.removeAttribute('data-managing')"
SENT = """(async () => {
  const { askGranted, fetchGranted } = await import("/static/grants.js");
  const answer = await (%s);
  document.body.dataset.answered = answer.status;
})(); undefined"""


async def answered(dialog: Dialog, told: list[str]) -> None:
    if dialog.type == "alert":
        told.append(dialog.message)
        await dialog.accept()


@pytest.mark.parametrize(
    "asks", ['askGranted("POST", "recovery-code", { end: "ABCD" })', 'fetchGranted("/fragments/recovery-code", "POST")']
)
def test_whoever_may_not_is_told_so_and_not_asked_again_and_again(tmp_path: Path, asks: str) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, calling(served) as caller, till() as page:
            await caller.set_pin()
            await done(served.shop, SetRole("editor", "Editor", ("settings", "sell"), {}), SYSTEM)
            await done(served.shop, SetUser("u1", "Lea", "editor", hash_pin("618394")), SYSTEM)
            await page.open(served, "lang=en", "/manager/settings")
            told: list[str] = []
            page.page.on("dialog", lambda dialog: answered(dialog, told))
            await page.page.evaluate(LOCKED)
            await page.page.evaluate(SENT % asks)
            await page.see("#pin-dialog[open]")
            await page.keys("618394", "Enter")
            await page.see('body[data-answered="403"]')
            assert await page.page.locator("#pin-dialog[open]").count() == 0
            assert told == (
                ["This needs the PIN of someone with this permission: manage the shop."] if "fetch" in asks else []
            )

    run(scenario())
