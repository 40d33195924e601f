"""A new person at head office: an owner makes a link on the page, and its holder signs up with their own password."""

from __future__ import annotations

import asyncio
import io
from typing import Any

import pytest
import zxingcpp
from PIL import Image
from playwright.async_api import Page, expect
from pyotp import TOTP, parse_uri

from sync.hub.api import hashing
from sync.identity.totp import STEP_S
from tests.browser.browsing import browser
from tests.browser.web.test_axe import violations
from tests.contract.hub.test_hub_api import Client, House, an_api
from tests.contract.hub.test_hub_areas import go, opened
from tests.contract.hub.test_hub_myself import PHONE, save
from tests.contract.hub.test_hub_page import DEADLINE_MS, words
from tests.contract.hub.test_hub_staff import DANA, PASSWORD, hire, post
from tests.contract.hub.test_hub_tenant_records import send, with_factor

NOA = "noa@example.com"
HERS = "a long password of her own"
SAID = words()["en"]


async def invited(dana: Client, house: House, email: str = NOA, **more: Any) -> tuple[int, Any]:
    return await send(dana, house, "POST", "/v1/people", {"email": email, "role": "editor", **more})


async def come(house: House, secret: str, password: str = HERS, code: str = "") -> tuple[int, Any]:
    return await post(house, "/v1/invitation", {"secret": secret, "password": password, "code": code})


def test_a_link_lets_someone_new_in_once_by_a_password_of_their_own(
    database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def scenario() -> None:
        async with an_api(database) as house:
            await hire(database, monkeypatch, acme="owner")
            dana = await with_factor(house)
            status, made = await invited(dana, house, "Noa@Example.com", stores=["corner"])
            assert status == 201
            assert await post(house, "/v1/invitation/seen", {"secret": made["secret"]}) == (
                200,
                {"tenant": "acme", "email": NOA, "role": "editor"},
            )
            (open_one,) = (await dana.get("/v1/people"))[1]["invited"]
            assert (open_one["email"], open_one["made_by"], open_one["stores"]) == (NOA, "person-1", ["corner"])
            assert made["secret"] not in str(open_one)
            status, short = await come(house, made["secret"], "too short")
            assert (status, short["code"], short["values"]) == (400, "password_short", {"least": 15})
            status, token = await come(house, made["secret"])
            assert (status, token["tenant"]) == (200, "acme")
            noa = Client(house.session, house.base, token["token"])
            assert (await noa.get("/v1/me"))[1]["memberships"] == [
                {"tenant": "acme", "role": "editor", "stores": ["corner"], "groups": None}
            ]
            assert (await come(house, made["secret"]))[1]["code"] == "invitation_over", "it opens once"
            assert (await post(house, "/v1/sign-in", {"email": NOA, "password": HERS}))[0] == 200
            kept = (
                await house.owner.fetch("SELECT t::text FROM staff AS t"),
                await house.owner.fetch("SELECT t::text FROM office_log AS t"),
            )
            assert HERS not in str(kept) and made["secret"] not in str(kept)
            logged = await house.owner.fetch("SELECT who, what, subject FROM office_log ORDER BY at")
            assert [tuple(row) for row in logged] == [
                ("person-1", "invitation", "invitation-1"),
                ("person-2", "person", "person-2"),
            ]

    asyncio.run(scenario())


def test_a_link_that_is_over_opens_nothing(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    async def scenario() -> None:
        async with an_api(database) as house:
            await hire(database, monkeypatch, acme="owner")
            dana = await with_factor(house)
            first = (await invited(dana, house))[1]["secret"]
            second = (await invited(dana, house, role="viewer"))[1]["secret"]
            assert (await come(house, first))[0] == 404, "the newer one holds alone"
            (open_one,) = (await dana.get("/v1/people"))[1]["invited"]
            place = f"/v1/people/invitations/{open_one['invitation']}"
            assert (await send(dana, house, "DELETE", place, {}))[0] == 200
            assert (await send(dana, house, "DELETE", place, {}))[0] == 404
            assert (await come(house, second))[0] == 404, "it was withdrawn"
            third = (await invited(dana, house))[1]["secret"]
            await house.owner.execute("UPDATE staff_invitation SET expires_at = now() - interval '1 second'")
            for path, more in (("/v1/invitation/seen", {}), ("/v1/invitation", {"password": HERS})):
                assert (await post(house, path, {"secret": third, **more}))[1]["code"] == "invitation_over"
            fourth = (await invited(dana, house))[1]["secret"]
            await house.owner.execute("INSERT INTO tenant_record (tenant, state) VALUES ('acme', 'suspended')")
            assert (await come(house, fourth))[0] == 404, "nobody new comes while it is suspended"
            await house.owner.execute("UPDATE tenant_record SET state = 'active', limits = '{\"people\": 1}'")
            assert (await come(house, fourth))[0] == 404, "it was made smaller since"
            assert await house.owner.fetchval("SELECT count(*) FROM staff") == 1

    asyncio.run(scenario())


def test_an_invitation_gives_no_one_elses_account(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """While the password for one link is hashed, its address gets an account through another link. No one gets the
    other's.
    """

    async def scenario() -> None:
        async with an_api(database) as house:
            await hire(database, monkeypatch, acme="owner")
            dana = await with_factor(house)
            link = "SELECT invite_person('other', $1, 'owner', NULL, NULL, 'person-9', sha256($2), '1 day')"
            theirs = "x" * 43
            await house.owner.execute(link, NOA, theirs.encode())
            mine = (await invited(dana, house))[1]["secret"]
            slowly, gate, hashing_mine = hashing.slowly, asyncio.Event(), asyncio.Event()

            async def held(work: Any, password: str, *more: Any) -> Any:
                if password == "the password of whoever invited her":
                    hashing_mine.set()
                    await gate.wait()
                return await slowly(work, password, *more)

            monkeypatch.setattr(hashing, "slowly", held)
            taking = asyncio.create_task(come(house, mine, "the password of whoever invited her"))
            await hashing_mine.wait()
            assert (await come(house, theirs))[0] == 200
            gate.set()
            status, answer = await taking
            assert (status, answer["code"]) == (403, "password_there")
            held_by = "SELECT of_tenant FROM membership JOIN staff ON staff.id = person WHERE email = $1"
            assert [row[0] for row in await house.owner.fetch(held_by, NOA)] == ["other"]
            assert (await come(house, mine))[0] == 200, "with her own password, the link still opens"

    asyncio.run(scenario())


def test_who_is_at_head_office_already_shows_their_own_password(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    async def scenario() -> None:
        async with an_api(database) as house:
            await hire(database, monkeypatch, acme="owner")
            dana = await with_factor(house)
            assert (await invited(dana, house, DANA))[1]["code"] == "person_belongs"
            link = "SELECT invite_person('other', $1, 'owner', NULL, NULL, 'person-9', sha256($2), '1 day')"
            secret = "x" * 43
            await house.owner.execute(link, DANA, secret.encode())
            status, wrong = await come(house, secret, HERS)
            assert (status, wrong["code"]) == (403, "password_there"), "a link sets nobody's password anew"
            assert (await come(house, secret, PASSWORD))[1]["code"] == "code_wanted"
            for _ in range(4):
                await come(house, secret, HERS)
            assert (await come(house, secret, PASSWORD, "000000"))[0] == 429, "guessing is as slow as in signing in"
            assert await house.owner.fetchval("SELECT count(*) FROM membership WHERE of_tenant = 'other'") == 0

    asyncio.run(scenario())


def test_a_limit_of_people_counts_who_was_invited(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    async def scenario() -> None:
        async with an_api(database) as house:
            await hire(database, monkeypatch, acme="owner")
            dana = await with_factor(house)
            await house.owner.execute("INSERT INTO tenant_record (tenant, limits) VALUES ('acme', '{\"people\": 2}')")
            assert (await invited(dana, house))[0] == 201
            assert (await invited(dana, house))[0] == 201, "the same again is nobody more"
            status, refused = await invited(dana, house, "third@example.com")
            assert (status, refused["code"]) == (403, "limit_reached")
            assert refused["values"] == {"which": "people", "limit": 2, "used": 2}
            for wrong in ({"email": "no address"}, {"role": "king"}):
                assert (await invited(dana, house, **wrong))[0] == 400

    asyncio.run(scenario())


def scanned(picture: bytes) -> str:
    """Return the link that a phone reads from the screen."""
    (found,) = zxingcpp.read_barcodes(Image.open(io.BytesIO(picture)).convert("L"))
    return found.text


@pytest.mark.needs("chromium")
def test_someone_new_comes_in_on_a_phone_and_scans_a_second_factor(
    database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def invites(page: Page) -> str:
        await go(page, "people")
        await page.click("#invite")
        await save(page, email=NOA, role="owner")
        await expect(page.locator("#edit-shown")).to_contain_text("/#invited=", timeout=DEADLINE_MS)
        assert await violations(page, "invited") == []
        link = await page.locator("#edit-shown").inner_text()
        await page.click("#edit button.strong")
        await expect(page.locator("#invitations tbody")).to_contain_text(NOA, timeout=DEADLINE_MS)
        return link

    async def scenario() -> None:
        async with an_api(database) as house, browser() as launched:
            await hire(database, monkeypatch, acme="owner")
            page = await launched.new_page(viewport=PHONE, locale="en-GB")
            complaints = await opened(page, house, await with_factor(house))
            link = await invites(page)
            other = await (await launched.new_context(viewport=PHONE, locale="en-GB")).new_page()
            other.set_default_timeout(DEADLINE_MS)
            other.on("pageerror", lambda error: complaints.append(str(error.stack)))
            await other.goto(link)
            await expect(other.locator("#invited-to")).to_contain_text("acme", timeout=DEADLINE_MS)
            assert await violations(other, "welcome") == []
            assert await other.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
            await other.fill("#invited [name=password]", HERS)
            await other.fill("#invited [name=again]", HERS + ".")
            await other.click("#invited button")
            await expect(other.locator("#fault")).to_have_text(SAID["passwords_differ"])
            await other.fill("#invited [name=again]", HERS)
            await other.click("#invited button")
            await other.wait_for_selector('body[data-area="myself"]')
            assert "invited" not in other.url
            await other.click("#begin-factor")
            await save(other, password=HERS)
            code = other.locator("#edit-picture")
            await expect(code).to_be_visible(timeout=DEADLINE_MS)
            secret = parse_uri(scanned(await code.screenshot()))
            assert isinstance(secret, TOTP) and secret.interval == STEP_S
            await save(other, new_code=secret.now())
            await expect(other.locator("#edit h2")).to_have_text(SAID["recovery_codes"], timeout=DEADLINE_MS)
            await other.goto(link)
            await expect(other.locator("#fault")).to_have_text(SAID["refused_invitation_over"], timeout=DEADLINE_MS)
            await expect(other.locator("#sign-in")).to_be_visible()
            assert complaints == []

    asyncio.run(asyncio.wait_for(scenario(), 240))
