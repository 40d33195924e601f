"""The second box is stolen: a manager takes it out on the page, and what it knew opens nothing that is written here
from then on."""

from __future__ import annotations

import shutil
import signal
from contextlib import closing
from pathlib import Path

import aiohttp
import pytest

from edge.backoffice.twin.membership.members import is_there
from edge.core.people import wrapping_keys
from edge.core.people.sealing import Keyring
from edge.core.secrets import keys
from edge.core.secrets.store import KEY_FILE, SecretLost, SecretStore
from edge.core.storage.database import open_reader
from edge.people.customers.events import CustomerSet
from tests.browser.browsing import till
from tests.http_client import PIN, when
from tests.shop_fixture import run
from tests.twin_boxes import Box, twin_boxes

pytestmark = [pytest.mark.needs("chromium"), pytest.mark.slow]

UNREACHABLE_MS = 120_000
NAME, PASSWORD, VALUE = "Dana Levi", "web-shop", "the password of the web shop"


async def _prepare(box: Box) -> None:
    """A manager, a customer and a password, all of which the other box is given."""
    assert (await box.api.post("/api/v1/pin", {"pin": PIN}))[0] == 200
    await box.api.do("SetCustomer", box.api.token, name=NAME)
    headers = {"Grant": await box.api.grant(), "Surface": "panel"}
    async with (
        aiohttp.ClientSession(headers=headers) as session,
        session.put(box.api.url(f"/api/v1/secrets/{PASSWORD}"), json={"value": VALUE}) as answer,
    ):
        assert answer.status == 200, await answer.text()


def _names(ledger: Path) -> list[str | None]:
    """Of all customers, as whoever has this ledger and the keys beside it reads them."""
    with closing(open_reader(ledger)) as db:
        ring = Keyring(db)
        rows = db.execute("SELECT id, name FROM customer").fetchall()
        return [ring.open(id, CustomerSet, "name", name) for id, name in rows]


def _nobody(_make: bool) -> None:
    return None


def test_what_a_stolen_box_knew_opens_nothing_any_more(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with twin_boxes(tmp_path) as shop, till() as page:
            await shop.start()
            a, stolen = shop.a.folder / "data", shop.b.folder / "data"
            await _prepare(shop.a)
            await shop.paired(shop.a)
            before = wrapping_keys.read(a)

            async def knows() -> bool:
                return wrapping_keys.read(stolen).keys == before.keys and (stolen / KEY_FILE).exists()

            await when(knows, bool, "the other box has the keys")
            shop.b.process.stop(signal.SIGKILL)
            await page.page.goto(f"http://127.0.0.1:{shop.a.port}/manager/boxes?lang=en")
            await page.enter_pin()
            await page.page.locator('#boxes li:has([data-out="b"])', has_text="disconnected").wait_for(
                timeout=UNREACHABLE_MS
            )
            await page.page.locator('[data-out="b"]').click()
            await page.agree("the keys it knew are replaced")
            line = await page.see("#boxes-renewed", "the keys it knew were replaced")
            assert PASSWORD in (await line.text_content() or ""), "a person has to change that one where it is used"

            async def anew() -> bool:
                now = wrapping_keys.read(a).keys
                return not is_there(a) and len(now) == 1 and now != before.keys

            await when(anew, bool, "the keys for personal data were rewritten", UNREACHABLE_MS / 1000)
            assert NAME in _names(a / "ledger.db"), "who is left reads it as before"
            taken = tmp_path / "taken"
            taken.mkdir()
            shutil.copy(a / "ledger.db", taken)
            shutil.copy(stolen / wrapping_keys.FILE, taken)
            assert set(_names(taken / "ledger.db")) == {None}, "the old keys open nobody in what is written now"
            _secrets(a, stolen, taken)

    run(scenario())


def _secrets(a: Path, stolen: Path, taken: Path) -> None:
    assert SecretStore(a, keys.of_secrets(a)).open(PASSWORD) == VALUE
    shutil.copy(a / "secrets.json", taken)
    shutil.copy(stolen / KEY_FILE, taken)
    with pytest.raises(SecretLost):
        SecretStore(taken, _nobody).open(PASSWORD)
