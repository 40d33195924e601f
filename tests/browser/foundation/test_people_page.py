"""The manager's page of people: who they are, where they are signed in, what they may."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.async_api import Page

from edge.core.messages import Done
from edge.foundation.access.commands import SetPin, SetUser
from edge.foundation.access.credentials.pin import hash_pin
from edge.foundation.access.queries import User, read_users, roles
from tests.browser.browsing import Till, till
from tests.browser.calling import PIN
from tests.browser.serving import Served, serve
from tests.shop_fixture import SYSTEM, run

pytestmark = pytest.mark.needs("chromium")
SCREENS = {"phone": (390, 844), "till": (1024, 768)}
WRONG_PHONE = {"en": "valid phone number", "fr": "numéro de téléphone valide", "he": "מספר טלפון תקין"}


async def fill(page: Page, form: str, **fields: str) -> None:
    for name, value in fields.items():
        await page.locator(f"{form} [name={name}]").fill(value)
    await page.locator(f"{form} button[type=submit]").first.click()


async def began(served: Served, page: Till, language: str) -> None:
    assert isinstance(await served.shop.do(SetPin(hash_pin(PIN)), SYSTEM), Done)
    await page.open(served, query=f"register=1&lang={language}", path="/manager/users")
    await page.see("#person-new > summary")


@pytest.mark.parametrize(("language", "screen"), [("en", "till"), ("fr", "till"), ("he", "phone")])
def test_a_person_is_added_with_all_that_is_known_of_them_and_changed(
    language: str, screen: str, tmp_path: Path
) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, till(SCREENS[screen]) as page:
            await began(served, page, language)
            new = "#person-new form"
            dana = {"name": "Dana", "email": "Dana@example.org", "phone": "12", "employee_number": "K-17"}
            await fill(page.page, new, **dana, pin="7394", again="7394")
            said = "field => field.validationMessage"
            phone = await page.see(f"{new} [name=phone]:invalid")
            assert WRONG_PHONE[language] in await phone.evaluate(said)
            assert read_users(served.shop.reader) == []
            await fill(page.page, new, phone="+33 6 12 34 56 78")
            await (await page.see("#person-u1 > summary", "K-17")).click()
            assert read_users(served.shop.reader) == [
                User("u1", "cashier", "Dana", True, "dana@example.org", "+33612345678", "K-17")
            ]
            of = "#person-u1 form.fields"
            assert await page.page.locator(f"{of} [name=email]").input_value() == "dana@example.org"
            await fill(page.page, of, employee_number="K-18", phone="")
            await page.see("#person-u1 > summary", "K-18")
            assert read_users(served.shop.reader) == [
                User("u1", "cashier", "Dana", True, "dana@example.org", "", "K-18")
            ]
            assert await page.page.evaluate("document.documentElement.scrollWidth") == SCREENS[screen][0]
            assert page.complaints == [] or all("422" in one for one in page.complaints)

    run(scenario())


def test_people_are_found_signed_out_suspended_and_given_a_role_with_a_limit(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, till() as page:
            for id, name, pin in (("u1", "Dana", "7394"), ("u2", "Avi", "5903")):
                user = SetUser(id, name, "cashier", hash_pin(pin), email=f"{name.lower()}@example.org")
                assert isinstance(await served.shop.do(user, SYSTEM), Done)
            served.access.sessions.sign_in("1", "u1", "")
            served.access.sessions.begin("own", "u1", "An old phone")
            await began(served, page, "en")
            await page.page.locator("#search").fill("cashier dana@")
            await page.gone("#person-u2")
            await (await page.see("#person-u1 > summary", "Register 1")).click()
            await page.page.locator("#search").fill("nobody like that")
            await page.see("#nobody")
            await page.page.locator("#search").fill("")
            old = page.page.locator("#person-u1 form[data-form=session]").filter(has_text="An old phone")
            await old.locator("button").click()
            await page.gone("#person-u1 form[data-form=session]:has-text('An old phone')")
            assert [one.kind for one in served.access.sessions.all("u1")] == ["till"]
            for answer in ("data-close", "type=submit"):
                await page.page.locator("#person-u1 [data-command=SuspendUser]").click()
                await page.page.locator(f"#sure-dialog [{answer}]").click()
            await page.see("#person-u1 > summary", "No PIN")
            assert served.access.sessions.all("u1") == [] and [
                one.has_pin for one in read_users(served.shop.reader)
            ] == [*(True, False)]

            await page.page.locator("#role-new > summary").click()
            role = page.page.locator("#role-new form")
            await role.locator("[value=sell]").check()
            most = role.locator("[data-right=open_amount]")
            await most.fill("many")
            await fill(page.page, "#role-new form", name="Helper")
            assert "amount" in await most.evaluate("field => field.validationMessage")
            await most.fill("12.50")
            await role.locator("[type=submit]").click()
            await page.see("details.entry > summary", "Helper")
            assert [(one.name, one.limits) for one in roles(served.shop.reader) if not one.built_in] == [
                ("Helper", {"open_amount": 1250})
            ]

    run(scenario())
