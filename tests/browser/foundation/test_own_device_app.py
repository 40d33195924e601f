"""The manager's pages as an app of one's own device, in a browser: it is installed, and without the shop it says so."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from playwright.async_api import Error

from edge.core.messages import Done
from edge.foundation.access.commands import SetPin
from edge.foundation.access.credentials.pin import hash_pin
from tests.browser.browsing import Till, till
from tests.browser.calling import PIN
from tests.browser.serving import Served, serve
from tests.browser.strangers import open_to_all, stranger
from tests.scheduling import one_by_day
from tests.shop_fixture import SYSTEM, run

pytestmark = pytest.mark.needs("chromium")
SAID = {"en": "No connection to the shop", "fr": "Pas de connexion au magasin", "he": "אין חיבור לחנות"}
KEPT = """async () => {
  const kept = [];
  for (const name of await caches.keys())
    for (const request of await (await caches.open(name)).keys()) kept.push(new URL(request.url).pathname);
  return kept.sort();
}"""
TAKES_OVER = """() => new Promise((done) => {
  if (navigator.serviceWorker.controller) done();
  else navigator.serviceWorker.addEventListener("controllerchange", () => done());
})"""
PHONE = (390, 844)


async def begun(phone: Till, served: Served, language: str = "en") -> None:
    """A manager's device that was on a page once, whose worker answers for all others."""
    await phone.page.goto(f"{served.url}/login?lang={language}")
    await phone.page.evaluate(TAKES_OVER)


def test_a_browser_may_install_it(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, till(PHONE) as phone:
            await begun(phone, served)
            wire = await phone.page.context.new_cdp_session(phone.page)
            found = await wire.send("Page.getInstallabilityErrors")
            errors = [one["errorId"] for one in found["installabilityErrors"]]
            assert [one for one in errors if one != "in-incognito"] == [], "tests browse privately"
            manifest = await wire.send("Page.getAppManifest")
            assert manifest["errors"] == []
            said = json.loads(manifest["data"])
            assert (said["start_url"], said["display"]) == ("/account?lang=en", "standalone")
            assert phone.complaints == [], "its policy stands in nobody's way"

    run(scenario())


def test_also_who_is_not_let_in_yet_gets_the_shell_and_nothing_of_the_shop(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_to_all(tmp_path) as served, stranger(served) as phone:
            for path in ("/manifest.webmanifest?lang=he", "/service-worker.js", "/offline?lang=he"):
                answer = await phone.get(path)
                assert answer.status == 200, path
            assert SAID["he"] in answer.text and 'dir="rtl"' in answer.text
            made = json.loads((await phone.read("/manifest.webmanifest?lang=he")).decode())
            assert (made["lang"], made["dir"]) == ("he", "rtl")

    run(scenario())


@pytest.mark.parametrize("language", one_by_day(SAID))
def test_without_the_shop_it_says_so_and_comes_back_by_itself(tmp_path: Path, language: str) -> None:
    async def scenario() -> None:
        async with till(PHONE) as phone:
            async with serve(tmp_path) as served:
                assert isinstance(await served.shop.do(SetPin(hash_pin(PIN)), SYSTEM), Done)
                await begun(phone, served, language)
            await phone.page.goto(f"{served.url}/manager/today")
            await phone.see("h1", SAID[language])
            async with serve(tmp_path, port=served.port):
                await phone.gone("#again")
                assert "/manager/today" in phone.page.url

    run(scenario())


def test_no_page_and_no_answer_of_the_shop_is_ever_kept(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with till(PHONE) as phone:
            async with serve(tmp_path) as served:
                assert isinstance(await served.shop.do(SetPin(hash_pin(PIN)), SYSTEM), Done)
                await begun(phone, served)
                for path in ("/manager/today", "/account", "/"):
                    await phone.open(served, path=path)
                style = ("base.css", "icon.svg", "ids.js", "offline.css", "offline.js", "read_amount.js", "tokens.css")
                kept = ("kept_sending.js", "kept_store.js")
                spoken = ("dialogs.js", "spoken_names.js")
                files = sorted((*style, *kept, *spoken, "amounts.js", "away.css", "away.js", "away_reads.js"))
                shell = ["/away", "/offline", *(f"/static/{one}" for one in files)]
                assert await phone.page.evaluate(KEPT) == shell
            await phone.page.goto(f"{served.url}/account")
            await phone.see("h1", SAID["en"])
            with pytest.raises(Error, match="ERR_CONNECTION_REFUSED"):
                await phone.page.goto(f"{served.url}/?register=1")
            assert "Milk" not in await phone.page.locator("body").inner_text()

    run(scenario())


def test_a_tills_own_browser_has_no_worker_in_front_of_its_pages(tmp_path: Path) -> None:
    """It would have to be started before each page, and says nothing there that the till does not say itself."""

    async def scenario() -> None:
        async with serve(tmp_path) as served, till() as page:
            assert isinstance(await served.shop.do(SetPin(hash_pin(PIN)), SYSTEM), Done)
            await page.open(served, path="/manager/today")
            assert await page.page.locator("link[rel=manifest], script[src*=own_device]").count() == 0
            await page.open(served)
            assert await page.page.evaluate("navigator.serviceWorker.getRegistrations().then((all) => all.length)") == 0

    run(scenario())
