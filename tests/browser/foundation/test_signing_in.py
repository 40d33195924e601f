"""Where it is wanted a pad lies over the till until someone signs in; a manager adds users and changes settings."""

from __future__ import annotations

from pathlib import Path

import pytest

from edge.core.messages import Done
from edge.core.secrets import keys
from edge.foundation.access.commands import SetPin
from edge.foundation.access.credentials.pin import hash_pin
from edge.foundation.settings.commands import SetSetting, SetText
from edge.foundation.settings.queries import read_settings, read_texts
from edge.runtime.backup_state import status
from tests.browser.browsing import till
from tests.browser.serving import serve
from tests.browser.web.test_axe import violations
from tests.http_client import PIN
from tests.shop_fixture import CONFIG, MILK, SYSTEM, run

pytestmark = pytest.mark.needs("chromium")

TITLE_IN_SIGHT = """() => {
  const { left, top, bottom } = document.querySelector("#recovery-code h2").getBoundingClientRect();
  return bottom < innerHeight && document.elementFromPoint(left + 1, (top + bottom) / 2)?.matches("#recovery-code h2");
}"""
"""Nothing lies over it: neither the head nor the bar at the bottom."""


def test_a_manager_who_forgot_the_pin_sets_another_by_the_code_from_paper(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, till() as page:
            assert isinstance(await served.shop.do(SetPin(hash_pin(PIN)), SYSTEM), Done)
            code = keys.show(keys.stored_or_made(served.site.config.folder))
            await page.page.goto(f"{served.url}/manager?lang=en")
            await page.see("#pin-dialog[open]")
            await page.keys("Escape")
            await page.page.locator("#forgot summary").click()
            assert await violations(page.page, "a forgotten PIN") == []
            form = page.page.locator("#forgot form")
            await form.locator("[name=recovery_code]").fill(keys.show(bytes(16)))
            for field in ("pin", "again"):
                await form.locator(f"[name={field}]").fill("975318")
            await form.locator("button").click()
            await page.see("#forgot-error", "This isn't the shop's recovery code.")
            await form.locator("[name=recovery_code]").fill(code)
            await form.locator("button").click()
            await page.see("#pin-dialog[open]")
            await page.keys("975318", "Enter")
            await page.see('body:not(.locked)[data-link="open"]')

    run(scenario())


def test_a_manager_adds_a_user_who_signs_in_and_sells(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, till() as page:
            assert isinstance(await served.shop.do(SetPin(hash_pin(PIN)), SYSTEM), Done)
            await page.open(served, path="/manager/users")
            form = page.page.locator("#person-new form")
            await form.locator("[name=name]").fill("Dana")
            for field in ("pin", "again"):
                await form.locator(f"[name={field}]").fill("7394")
            await form.locator("button[type=submit]").click()
            await page.see("#person-u1", "Dana")
            await page.open(served, path="/manager/settings")
            setting = page.page.locator("form[data-name='till.sign_in']")
            texts = page.page.locator("form[data-form=text]")
            await page.page.locator('nav.parts a[href="#about-texts"]').click()
            await texts.locator("[name=place]").select_option("cashier")
            await texts.locator("[name=en]").fill("Keys are at the bar")
            await page.page.locator('nav.parts a[href="#about-till"]').click()
            await setting.locator("select").select_option("true")
            await page.page.locator("#save").click()
            await page.see("form[data-name='till.sign_in'] small", "By a manager")
            assert await texts.locator("[name=en]").input_value() == "Keys are at the bar", (
                "what is typed elsewhere stays"
            )
            await page.page.locator('nav.parts a[href="#about-texts"]').click()
            await texts.locator("[name=ends]").fill("2099-12-31")
            await texts.locator("button[type=submit]").click()
            await page.see("article.row", "Keys are at the bar")
            assert [said.name for said in read_settings(served.shop.reader)] == ["till.sign_in"]
            assert page.complaints == []

            await page.open(served)
            await page.see("#notices", "Keys are at the bar")
            await page.see("#sign-dialog[open]")
            await page.scan(MILK)
            await page.see("#notice", "Sign in with your PIN first.")
            for digit in "1112":
                await page.page.locator(f"#sign-dialog [data-digit='{digit}']").click()
            await page.keys("Enter")
            await page.see("#sign-dialog .error", "wrong")
            await page.keys("7394", "Enter")
            await page.see("#signed_in", "Dana")
            await page.gone("#sign-dialog")
            await page.scan(MILK)
            await page.see("#lines .line", "Milk")
            await page.page.locator("[data-act=sign_out]").click()
            await page.see("#sign-dialog[open]")
            assert isinstance(await served.shop.do(SetSetting("till.sign_in", False), SYSTEM), Done)
            await page.gone("#sign-dialog")
            assert isinstance(await served.shop.do(SetText("t1", "cashier", {"en": "Gone home"}), SYSTEM), Done)
            await page.see("#notices", "Gone home")
            assert len(read_texts(served.shop.reader)) == 1

    run(scenario())


def test_the_recovery_code_is_asked_for_until_someone_has_it_on_paper(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, till() as page:
            assert isinstance(await served.shop.do(SetPin(hash_pin(PIN)), SYSTEM), Done)
            code = keys.show(keys.stored_or_made(served.config.folder))
            await page.open(served, path="/manager/settings")
            await page.page.locator('nav.parts a[href="#recovery-code"]').click()
            await page.page.locator("form[data-form=code] button").click()
            await page.see("form[data-form=code] output", code)
            paper = page.page.locator("form[data-form=kept]")
            wrong = "0000" if code[-1] != "0" else "1111"
            for end, told, text in (
                (wrong, "#settings-error", "Compare your paper"),
                (code[-4:], "#code-kept", "Paper copy confirmed"),
            ):
                assert not status.load(served.config.folder).code_kept_us, "to show it is not to have it on paper"
                await paper.locator("[name=end]").fill(end)
                await paper.locator("button").click()
                await page.see(told, text)
            assert status.load(served.config.folder).code_kept_us

    run(scenario())


@pytest.mark.parametrize("size", [(1024, 768), (390, 664)])
def test_the_first_step_to_the_recovery_code_leads_to_it(tmp_path: Path, size: tuple[int, int]) -> None:
    async def scenario() -> None:
        copies = f'[backup]\nfolder = "{tmp_path}"\nsame_disk = true\n'
        async with serve(tmp_path, CONFIG + copies) as served, till(size) as page:
            assert isinstance(await served.shop.do(SetPin(hash_pin(PIN)), SYSTEM), Done)
            await page.open(served, path="/manager")
            await page.page.locator('main a[href$="#recovery-code"]').click()
            await page.see("#recovery-code h2")
            await page.page.wait_for_function(TITLE_IN_SIGHT)

    run(scenario())


def test_what_cannot_be_is_said_where_it_was_typed(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, till() as page:
            assert isinstance(await served.shop.do(SetPin(hash_pin(PIN)), SYSTEM), Done)
            await page.open(served, path="/manager/settings")
            header = page.page.locator("form[data-name='store.header']")
            await header.locator("textarea").fill("x" * 121)
            footer = page.page.locator("form[data-name='store.footer']")
            await footer.locator("textarea").fill("Come back")
            await page.page.locator("#save").click()
            await page.see("form[data-name='store.footer'] small", "By a manager")
            await page.see("form[data-name='store.header'] .error", "at most 12 lines of up to 120 characters each.")
            assert await header.locator("textarea").input_value() == "x" * 121, "what is refused stays as it was typed"
            await page.see("#touched", "Changed: 1")
            said = "field => field.validationMessage"
            texts = page.page.locator("form[data-form=text]")
            await page.page.locator('nav.parts a[href="#about-texts"]').click()
            await texts.locator("[type=submit]").click()
            assert "one language" in await texts.locator("[name=en]").evaluate(said)
            await page.page.locator("nav.parts a").first.click()
            await header.locator("textarea").fill("Corner Shop\nSince today")
            await page.page.locator("#save").click()
            await page.see("form[data-name='store.header'] small", "By a manager")
            await page.see("#touched", "Saved.")
            assert {one.name: one.value for one in read_settings(served.shop.reader)} == {
                "store.footer": ["Come back"],
                "store.header": ["Corner Shop", "Since today"],
            }
            assert read_texts(served.shop.reader) == ()
            await page.open(served, path="/manager/users")
            await page.see("#person-new form")  # without the PIN once more
            form = page.page.locator("#person-new form")
            await form.locator("[name=name]").fill("Moshe")
            for field in ("pin", "again"):
                await form.locator(f"[name={field}]").fill("7394")
            await form.locator("[type=submit]").click()
            await (await page.see("#person-u1 > summary")).click()
            await form.locator("[name=name]").fill("Dana")
            for answer in ("data-close", "type=submit"):
                await page.page.locator("[data-command=RetireUser]").click()
                await page.page.locator(f"#sure-dialog [{answer}]").click()
            await page.gone("[data-command=RetireUser]")
            assert await form.locator("[name=name]").input_value() == "Dana", "what is typed elsewhere stays"
            await page.page.goto(f"{served.url}/manager/product?register=1&sku=nothing")
            await (await page.see("main.problem a", "Manager")).click()
            await page.see('body[data-link="open"]')  # whoever presses before the scripts are there presses nothing
            await page.page.locator("#lock").click()
            await page.gone("#lock")
            await page.page.goto(f"{served.url}/manager/settings?register=1")
            await page.see("#pin-dialog[open]")
            await page.gone("form[data-form=setting]")

    run(scenario())
