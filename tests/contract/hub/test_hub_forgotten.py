"""A forgotten password at head office is replaced through a link, mailed over a real SMTP server or made by another
owner.

A link works once, for an hour. It doesn't reveal which addresses exist, and keeps the second factor.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from typing import Any, NamedTuple

import pytest
from playwright.async_api import Page, expect

from edge.app.head_office.hub_letters import LetterRelay, OfficeMailServer
from edge.app.head_office.hub_office_mail import link_letter
from sync.hub.api import forgotten
from sync.hub.store import open_store
from tests.browser.browsing import browser
from tests.browser.web.test_axe import violations
from tests.contract.hub.test_hub_api import Client, House, an_api
from tests.contract.hub.test_hub_areas import go, opened
from tests.contract.hub.test_hub_invitations import HERS, NOA, invited
from tests.contract.hub.test_hub_myself import PHONE
from tests.contract.hub.test_hub_page import DEADLINE_MS, words
from tests.contract.hub.test_hub_staff import DANA, PASSWORD, hire, post, sign_in, staff
from tests.contract.hub.test_hub_tenant_records import send, with_factor
from tests.outgoing import HERE, Mailbox, smtp_server

PAGES = "https://office.chain.example"
NEW = "another long password of hers"
SAID = words()["en"]
LINK = re.compile(PAGES + r"/#(\w+)=([\w-]{20,100})")


class Mailing(NamedTuple):
    """Head office with a mail server, and the mails received."""

    house: House
    relay: LetterRelay
    mails: Mailbox

    async def link(self) -> tuple[str, str, str]:
        """Return the newest mail's recipient, and its link's kind and secret."""

        while not self.mails.mails:  # requests are processed after their answer; the test's timeout ends this
            await self.relay.turn()
        mail = self.mails.mails.pop()
        found = LINK.search(mail.get_content())
        assert found and mail["From"] == "office@chain.example"
        return mail["To"], found[1], found[2]

    async def asked(self, email: str = DANA) -> tuple[int, Any]:
        return await post(self.house, "/v1/password/asked", {"email": email, "language": "fr"})


@asynccontextmanager
async def mailing(database: str) -> AsyncIterator[Mailing]:
    async with (
        an_api(database, letter=partial(link_letter, PAGES)) as house,
        smtp_server() as mails,
        open_store(database) as store,
    ):
        server = OfficeMailServer(HERE, mails.port, "none", sender="office@chain.example", pages=PAGES)
        yield Mailing(house, LetterRelay(store, server), mails)


async def set_by(house: House, secret: str, password: str = NEW) -> tuple[int, Any]:
    return await post(house, "/v1/password", {"secret": secret, "password": password})


def test_a_mailed_link_sets_another_password_once_and_ends_what_was_open(
    database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def scenario() -> None:
        async with mailing(database) as office:
            house = office.house
            await hire(database, monkeypatch, acme="owner")
            dana = Client(house.session, house.base, (await sign_in(house))[1]["token"])
            for _ in range(5):
                await sign_in(house, "wrong")
            assert await office.asked("Dana@Example.com") == (200, {"mailed": True})
            to, kind, secret = await office.link()
            assert (to, kind) == (DANA, "password")
            assert await post(house, "/v1/password/seen", {"secret": secret}) == (200, {"email": DANA, "factor": False})
            assert (await set_by(house, secret, "short"))[1]["code"] == "password_short"
            assert (await sign_in(house, PASSWORD))[0] == 429, "asking for a link changes nothing"
            assert await set_by(house, secret) == (200, {})
            assert (await set_by(house, secret))[1]["code"] == "password_link_over", "it opens once"
            assert (await dana.get("/v1/me"))[0] == 401, "what was open ends"
            assert (await sign_in(house, PASSWORD))[0] == 401
            assert (await sign_in(house, NEW))[0] == 200, "and the wait for wrong ones is over"
            kept = [str(await house.owner.fetch(f"SELECT t::text FROM {table} AS t")) for table in KEPT]
            assert secret not in str(kept) and NEW not in str(kept), "no link is kept once it is out"
            logged = await house.owner.fetch("SELECT who, what, subject, after ->> 'link_of' AS maker FROM office_log")
            assert [tuple(row) for row in logged] == [("person-1", "password", "person-1", "")]

    asyncio.run(asyncio.wait_for(scenario(), 120))


KEPT = ("staff", "staff_log", "office_log", "office_letter", "staff_password_link")


def test_asking_tells_no_one_whose_addresses_there_are_and_floods_no_mailbox(
    database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def scenario() -> None:
        async with mailing(database) as office:
            await hire(database, monkeypatch, acme="owner")
            assert await staff(database, "leave", DANA, "acme") == 0
            answers = [await office.asked(email) for email in ("nobody@example.com", DANA)]
            assert answers == [(200, {"mailed": True})] * 2
            assert await staff(database, "join", DANA, "acme", "--role", "owner") == 0
            for _ in range(forgotten.MAILED_AT_ONCE + 2):
                assert await office.asked() == answers[0]

        async with mailing(database) as office:  # the previous one has processed all requests
            await office.link()
            written = await office.house.owner.fetch("SELECT key FROM office_letter")
            assert len(written) == forgotten.MAILED_AT_ONCE and set(office.mails.recipients) == {DANA}
        async with an_api(database) as house:
            body = {"email": DANA}
            assert await post(house, "/v1/password/asked", body) == (200, {"mailed": False}), "none is mailed there"
            for wrong in ({"email": "x"}, {**body, "language": "../../x"}, {}):
                assert (await post(house, "/v1/password/asked", wrong))[0] == 400

    asyncio.run(asyncio.wait_for(scenario(), 120))


def test_the_second_factor_stays_and_a_recovery_code_lets_in(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    async def scenario() -> None:
        async with mailing(database) as office:
            house = office.house
            await hire(database, monkeypatch, acme="owner")
            _, first = await sign_in(house)
            _, begun = await post(house, "/v1/factor", {"password": PASSWORD}, first["token"])
            from pyotp import TOTP

            code = TOTP(begun["secret"]).now()
            _, known = await post(house, "/v1/factor/confirm", {"password": PASSWORD, "code": code}, first["token"])
            await office.asked()
            _, _, secret = await office.link()
            assert (await post(house, "/v1/password/seen", {"secret": secret}))[1]["factor"] is True
            assert (await set_by(house, secret))[0] == 200
            assert (await sign_in(house, NEW))[1]["code"] == "code_wanted", "the link alone lets nobody in"
            status, token = await sign_in(house, NEW, code=known["recovery_codes"][0])
            assert status == 200
            proof = {"password": NEW, "code": known["recovery_codes"][1]}
            _, anew = await post(house, "/v1/factor", proof, token["token"])
            proof = {"password": NEW, "code": TOTP(anew["secret"]).now()}
            assert (await post(house, "/v1/factor/confirm", proof, token["token"]))[0] == 200
            assert (await house.owner.fetchval("SELECT count(*) FROM staff_factor WHERE secret <> ''")) == 1

    asyncio.run(asyncio.wait_for(scenario(), 120))


def test_another_owner_makes_the_link_for_who_belongs_nowhere_else(
    database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def scenario() -> None:
        async with an_api(database) as house:
            await hire(database, monkeypatch, acme="owner")
            dana = await with_factor(house)
            secret = (await invited(dana, house))[1]["secret"]
            await post(house, "/v1/invitation", {"secret": secret, "password": HERS})
            noa = await house.owner.fetchval("SELECT id FROM staff WHERE email = $1", NOA)
            place = f"/v1/people/{noa}/password"
            first = (await send(dana, house, "POST", place, {}))[1]["secret"]
            status, made = await send(dana, house, "POST", place, {})
            assert (status, made["minutes"]) == (201, 60)
            assert (await set_by(house, first))[0] == 404, "the newer one holds alone"
            own = await house.owner.fetchval("SELECT id FROM staff WHERE email = $1", DANA)
            assert (await send(dana, house, "POST", f"/v1/people/{own}/password", {}))[1]["code"] == "password_oneself"
            assert await staff(database, "join", NOA, "other", "--role", "viewer") == 0
            assert (await send(dana, house, "POST", place, {}))[1]["code"] == "password_elsewhere"
            assert (await set_by(house, made["secret"]))[0] == 404, "nor by one of before"
            assert await staff(database, "leave", NOA, "other") == 0
            assert (await set_by(house, made["secret"]))[0] == 200
            logged = await house.owner.fetch(
                "SELECT who, after ->> 'link_of' AS maker FROM office_log WHERE what = 'password' ORDER BY at, who"
            )
            assert [tuple(row) for row in logged] == [("person-1", "person-1")] * 2 + [(f"person-{noa}", "person-1")]
            viewer = (await post(house, "/v1/sign-in", {"email": NOA, "password": NEW}))[1]["token"]
            there = Client(house.session, house.base, viewer)
            assert (await send(there, house, "POST", f"/v1/people/{own}/password", {}))[0] == 403

    asyncio.run(asyncio.wait_for(scenario(), 120))


def test_an_invitation_is_mailed_and_nobody_else_is_shown_its_link(
    database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def scenario() -> None:
        async with mailing(database) as office:
            house = office.house
            await hire(database, monkeypatch, acme="owner")
            status, made = await invited(await with_factor(house), house, language="he")
            assert (status, made["mailed"], made["secret"]) == (201, True, ""), "an owner opens no account of another's"
            to, kind, secret = await office.link()
            assert (to, kind) == (NOA, "invited")
            status, token = await post(house, "/v1/invitation", {"secret": secret, "password": HERS})
            assert (status, token["tenant"]) == (200, "acme")

    asyncio.run(asyncio.wait_for(scenario(), 120))


@pytest.mark.parametrize("language", ["en", "fr", "he"])
def test_each_mail_is_said_in_each_language(language: str) -> None:
    from email import message_from_bytes, policy

    for kind in ("invited", "password"):
        values = {"tenant": "acme", "role": "viewer", "days": 3, "minutes": 60}
        raw = link_letter(PAGES, kind, NOA, language, "s" * 43, values)  # type: ignore[arg-type]
        mail = message_from_bytes(raw, policy=policy.default)
        text = mail.get_content()  # type: ignore[attr-defined]
        assert f"{PAGES}/#{kind}={'s' * 43}" in text.splitlines(), "whole, in a line of its own"
        assert (
            "{" not in text + mail["Subject"]
            and mail["Subject"] != words()["en" if language != "en" else "fr"][f"mail_{kind}_subject"]
        )


@pytest.mark.needs("chromium")
def test_on_a_phone_from_forgotten_to_signed_in_and_an_owner_makes_a_link(
    database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def scenario() -> None:
        async with mailing(database) as office, browser() as launched:
            house = office.house
            await hire(database, monkeypatch, acme="viewer")
            page = await launched.new_page(viewport=PHONE, locale="en-GB")
            page.set_default_timeout(DEADLINE_MS)
            await page.goto(house.base)
            await page.fill("#sign-in [name=email]", DANA)
            await page.click("#forgot")
            await expect(page.locator("#forgot-said")).to_have_text(SAID["forgot_mailed"])
            assert await violations(page, "forgot") == []
            _, _, secret = await office.link()
            await page.goto(f"{house.base}/#password={secret}")
            await expect(page.locator("#invited-to")).to_contain_text(DANA)
            assert await violations(page, "password") == []
            assert await page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
            await page.fill("#invited [name=password]", NEW)
            await page.fill("#invited [name=again]", NEW)
            await page.click("#invited button")
            await expect(page.locator("#forgot-said")).to_have_text(SAID["password_set"])
            assert secret not in page.url
            await page.fill("#sign-in [name=password]", NEW)
            await page.click("#sign-in button.strong")
            await page.wait_for_selector("body[data-area]")
            await makes(await launched.new_page(viewport=PHONE, locale="en-GB"), house)

    async def makes(page: Page, house: House) -> None:
        await hire(database, monkeypatch, acme="owner")
        await house.owner.execute("INSERT INTO staff (email, password) VALUES ($1, '')", NOA)
        assert await staff(database, "join", NOA, "acme", "--role", "viewer") == 0
        complaints = await opened(page, house, await with_factor(house))
        await go(page, "people")
        row = page.locator("#people tbody tr", has_text=NOA)
        assert await page.locator("#people tbody tr", has_text=DANA).get_by_text(SAID["new_password"]).count() == 0
        await row.get_by_text(SAID["new_password"]).click()
        await page.click("#edit-save")
        await expect(page.locator("#edit-shown")).to_contain_text("/#password=", timeout=DEADLINE_MS)
        assert await page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
        assert complaints == []

    asyncio.run(asyncio.wait_for(scenario(), 240))
