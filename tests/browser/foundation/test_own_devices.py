"""A device of one's own: a code on paper, a password, where one is signed in; and a page whose time is over."""

from __future__ import annotations

from pathlib import Path

import pytest

from edge.core.messages import Done
from edge.foundation.access.commands import SetPin, SetUser
from edge.foundation.access.credentials.pin import hash_pin
from tests.browser.browsing import till
from tests.browser.calling import PIN
from tests.browser.serving import serve
from tests.shop_fixture import SYSTEM, run

pytestmark = pytest.mark.needs("chromium")
PASSWORD = "giraffe buttons thunder"


def test_a_person_sets_a_password_by_a_code_on_paper_and_sees_where_they_are_signed_in(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, till() as manager, till() as phone:
            for command in (
                SetPin(hash_pin(PIN)),
                SetUser("u1", "Dana", "cashier", hash_pin("7394"), email="dana@example.org"),
            ):
                assert isinstance(await served.shop.do(command, SYSTEM), Done)
            await manager.open(served, path="/manager/users")
            await manager.page.locator("#person-u1 > summary").click()
            await manager.page.locator("form[data-form=code] button").click()
            await manager.see("#paper output")
            code = await manager.page.locator("#paper output").inner_text()

            await phone.page.goto(f"{served.url}/login?lang=en")
            await phone.page.locator("#paper summary").click()
            setup = phone.page.locator("#setup")
            for name, value in (("email", "dana@example.org"), ("code", code.lower()), ("password", "password1234")):
                await setup.locator(f"[name={name}]").fill(value)
            await setup.locator("button").click()
            await phone.see("#setup .error", "easy to guess")
            await setup.locator("[name=password]").fill(PASSWORD)
            await setup.locator("button").click()
            await phone.see("#setup .done")
            assert await phone.page.locator("#login [name=email]").input_value() == "dana@example.org"
            await phone.page.locator("#login [name=password]").fill(PASSWORD)
            await phone.page.locator("#login button").click()
            await phone.see("#account", "Dana")

            other = served.access.sessions.begin("own", "u1", "An old phone")
            await phone.page.reload()
            await phone.see("#account .row", "An old phone")
            await phone.page.locator(f"[data-end='{other.session.id}']").click()
            await phone.gone(f"[data-end='{other.session.id}']")
            assert [one.label for one in served.access.sessions.all("u1")] != ["An old phone"]
            await phone.page.locator("[data-end=here]").click()
            await phone.see("#account a[href='/login']")

    run(scenario())


def test_a_page_whose_time_is_over_says_so_keeps_what_was_typed_and_goes_on_with_the_pin(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, till() as page:
            assert isinstance(await served.shop.do(SetPin(hash_pin(PIN)), SYSTEM), Done)
            await page.open(served, path="/manager/access")
            await page.see("form[data-form=key]")
            name = page.page.locator("form[data-form=key] [name=name]")
            await name.fill("Menu board")
            for session in served.access.sessions.all():
                served.access.sessions.end(session.id)
            await page.see("#over")
            await page.page.locator("#enter-again").click()
            await page.see("#pin-dialog[open]")
            await page.keys(PIN, "Enter")
            await page.gone("#over")
            await page.see('body[data-link="open"]')
            assert await name.input_value() == "Menu board"

    run(scenario())
