"""What asks for a PIN on the manager's pages, and when it stops asking."""

from __future__ import annotations

from pathlib import Path

import pytest

from edge.foundation.access.commands import SetRole, SetUser
from edge.foundation.access.credentials.pin import hash_pin
from tests.browser.browsing import Till, till
from tests.browser.calling import calling
from tests.browser.serving import serve
from tests.http_client import PIN
from tests.shop_fixture import MILK, SYSTEM, done, run

pytestmark = pytest.mark.needs("chromium")
LOCKED = "document.body.removeAttribute('data-managing')"
SENT = """(async () => {
  const { askGranted, fetchGranted } = await import("/static/grants.js");
  const answer = await (%s);
  document.body.dataset.answered = answer.status;
})(); undefined"""


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
            await page.page.evaluate(LOCKED)
            await page.page.evaluate(SENT % asks)
            await page.see("#pin-dialog[open]")
            await page.keys("618394", "Enter")
            await page.see('body[data-answered="403"]')
            assert await page.page.locator("#pin-dialog[open]").count() == 0
            told = page.page.locator("#sure-dialog[open] .subject")
            needs = "This needs the PIN of someone with this permission: manage the shop."
            assert await told.all_inner_texts() == ([needs] if "fetch" in asks else [])

    run(scenario())


async def take_off(page: Till, percent: str) -> None:
    await page.page.locator('[data-act="discount"]').locator("visible=true").first.click()
    await page.page.locator(f'[data-fill-in="{percent}"]').click()
    await page.page.locator('#counter-dialog label:has([value="damaged"])').click()
    await page.page.locator("#counter-yes").click()


def test_who_is_signed_in_is_asked_for_a_pin_only_for_what_their_own_does_not_approve(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, calling(served) as caller, till() as page:
            await caller.set_pin()
            await done(served.shop, SetRole("lead", "Shift lead", ("sell", "discount"), {"discount": 100}), SYSTEM)
            await done(served.shop, SetUser("u1", "Lea", "lead", hash_pin("6183")), SYSTEM)
            await page.open(served, "lang=en")
            await page.page.locator("[data-act=sign_in]").click()
            await page.keys("6183", "Enter")
            await page.see("#signed_in", "Lea")
            for _ in range(10):
                await page.scan(MILK)
            await page.see("#sums .due", "12.00")
            await take_off(page, "5")
            await page.see("#sums .due", "11.40")
            await page.gone("#counter-dialog[open]")
            await take_off(page, "20")
            await page.see("#pin-dialog[open]")
            await page.keys(PIN, "Enter")
            await page.see("#sums .due", "9.60")

            await page.page.locator("[data-act=sign_out]").click()
            await page.page.locator("[data-act=sign_in]").click()
            await page.keys(PIN, "Enter")
            await page.see("#signed_in[data-user=manager]")
            await page.page.locator('[data-act="reports"]').locator("visible=true").first.click()
            await page.page.locator('[data-report="x"]').click()
            await page.see("[data-sums]")
            assert await page.page.locator("#pin-dialog[open]").count() == 0

    run(scenario())
