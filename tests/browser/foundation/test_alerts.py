"""The bell on every manager's page, the list behind it, and the page on which a person says how to be told."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from edge.analytics.notify.commands import SetPreferences
from edge.analytics.notify.links import token_of
from edge.analytics.notify.preferences import NotificationPreferences
from edge.analytics.notify.recipients import read_preferences
from edge.core.messages import Done
from edge.foundation.access.browsers import session
from edge.foundation.access.commands import SetPin, SetUser
from edge.foundation.access.credentials.pin import hash_pin
from edge.foundation.alerts.commands import RaiseAlert, SendAlert
from edge.foundation.alerts.queries import open_alerts
from tests.browser.browsing import till
from tests.browser.serving import serve
from tests.contract.api.test_panel_notify import sent
from tests.http_client import PIN
from tests.shop_fixture import MILK, SYSTEM, run

PHONE = (390, 844)


def test_from_the_bell_to_who_sees_to_it(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, till() as page:
            assert isinstance(await served.shop.do(SetPin(hash_pin(PIN)), SYSTEM), Done)
            await page.open(served, path="/manager/promotions")
            await page.see("#bell[aria-label='Alerts: none open']")
            await served.shop.do(RaiseAlert("drawer_difference", "1 1", "high", {"register": "1", "number": 1}), SYSTEM)
            await page.see("#bell.high b", "1")
            await page.page.locator("#bell").click()
            await page.see('body[data-link="open"]')
            await page.see(".alert-list .high", "drawer difference of")
            way = await page.see(".alert-list .high .acts a", "Shifts")
            assert await way.get_attribute("href") == "/manager/shifts", "where it is looked into"
            await served.shop.do(SendAlert("<b>Freezer</b>", "Call", "critical"), SYSTEM)
            first = page.page.locator(".alert-list .one").first
            await page.see(".alert-list .critical", "<b>Freezer</b>")
            await first.get_by_text("Acknowledge").click()
            await page.see(".alert-list .acknowledged", "Acknowledged by manager until")
            await page.see("#bell b", "1")
            await first.get_by_text("Resolve").click()
            await page.gone(".alert-list .critical")
            await page.page.locator("[name=severity]").select_option("low")
            await page.see(".alert-list .empty", "No open alerts.")
            await page.see('body[data-link="open"]')
            await page.page.get_by_text("All alerts").click()
            await page.see('body[data-link="open"]')
            await page.page.locator("[name=severity]").select_option("critical")
            await page.see(".alert-list .resolved", "resolved")
            await page.see('body[data-link="open"]')
            assert page.complaints == []

    run(scenario())


def test_what_can_wait_is_folded_behind_what_cannot(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, till(PHONE) as page:
            assert isinstance(await served.shop.do(SetPin(hash_pin(PIN)), SYSTEM), Done)
            for title in ("Bakery comes at 11", "Mat is worn"):
                assert isinstance(await served.shop.do(SendAlert(title, "", "low"), SYSTEM), Done)
            await page.open(served, path="/manager/alerts")
            await page.see(".alert-list .low", "Mat is worn")
            assert await page.page.locator("details.later").count() == 0, "there is nothing in front of it"
            assert isinstance(await served.shop.do(SendAlert("Freezer is warm", "", "high"), SYSTEM), Done)
            await page.see("#alert-rows h2", "Urgent: 1")
            await page.see(".alert-list .high", "Freezer is warm")
            assert not await page.page.locator(".alert-list .low").first.is_visible()
            await page.page.locator(".later summary", has_text="Less urgent: 2").click()
            await page.see(".alert-list .low", "Mat is worn")
            assert isinstance(await served.shop.do(SendAlert("Door is open", "", "high"), SYSTEM), Done)
            await page.see("#alert-rows h2", "Urgent: 2")
            await page.see(".alert-list .low", "Mat is worn")  # what somebody unfolded stays so

    run(scenario())


def test_who_opens_the_link_of_a_message_on_a_phone_sees_to_it_by_one_button(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, till(PHONE) as page:
            assert isinstance(await served.shop.do(SetUser("u1", "Dana", "manager", hash_pin(PIN)), SYSTEM), Done)
            for title in ("Freezer", "Window"):
                assert isinstance(await served.shop.do(SendAlert(title, "", "high"), SYSTEM), Done)
            await sent(served, *((alert.id, "raised") for alert in open_alerts(served.shop.reader)))
            link = f"/told/{token_of(served.shop.reader, 1)}"
            await page.page.goto(served.url + link)
            assert await page.page.locator("li").count() == 2
            await page.page.get_by_role("button").click()
            await page.see("li:first-child .hint", "Acknowledged by Dana until")
            assert await page.page.get_by_role("button").count() == 0
            assert [one.acked_by for one in open_alerts(served.shop.reader)] == ["u1", "u1"]

    run(scenario())


def test_a_person_says_on_a_phone_how_to_be_told(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, till(PHONE) as page:
            assert isinstance(await served.shop.do(SetPin(hash_pin(PIN)), SYSTEM), Done)
            await page.open(served, path="/manager/notifications")
            await page.see("main", "No users yet.")
            await served.shop.do(SetUser("u1", "Dana", "manager", hash_pin("753108")), SYSTEM)
            configured = "INSERT OR REPLACE INTO notify_channel (name, configured) VALUES ('email', 1)"
            await served.shop.maintain(lambda db: db.execute(configured) and None)
            await page.open(served, path="/manager/notifications")
            form = page.page.locator("#preferences")
            await form.locator("[name='channel.email']").select_option("enabled")
            await form.locator("[type=submit]").click()
            await page.see("#preferences-error", "needs an address")
            await form.locator("[name=email]").fill("dana@example.com")
            await form.locator("[name=quiet_hours_enabled]").check()
            await form.locator("[name='resolved.email']").uncheck()
            await form.locator("[name='spares.email']").check()
            await form.locator(".kinds > summary").click()
            offline = form.locator("details.only", has=page.page.locator("[name='by.offline.email']"))
            await offline.locator("summary").click()
            await offline.locator("[name='by.offline.email']").check()
            await form.locator("[name='kind.stock_low']").select_option("off")
            await form.locator("[name='kind.offline']").select_option("begin")
            await form.locator("[name=quiet_hours_end]").fill("06:30")
            await form.locator("[type=submit]").click()
            await page.see("#preferences-saved", "Saved.")
            kept = read_preferences(served.shop.reader, "u1")
            assert kept and (kept.email, kept.enabled_channels, kept.quiet_hours_end) == (
                "dana@example.com",
                ("email",),
                "06:30",
            )
            assert (kept.resolved_channels_off, kept.quiet_spares) == (("email",), ("email",))
            assert (kept.kinds_off, kept.resolved_kinds_off) == (("stock_low",), ("offline",))
            assert kept.kind_channels == {"offline": ("email",)}
            assert await page.page.evaluate("document.documentElement.scrollWidth") == PHONE[0]
            await page.page.get_by_text("Send test message").click()
            await page.see("#notification-log .messages li", "Test")
            await page.page.locator("[data-switch=email]").click()
            await page.see("[data-way=email]", "turned off")

    run(scenario())


def test_the_technical_page_says_whom_alerts_reach(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, till() as page:
            for command in (SetPin(hash_pin(PIN)), SetUser("u1", "Dana", "manager", hash_pin("864209"))):
                assert isinstance(await served.shop.do(command, SYSTEM), Done)
            await page.open(served, path="/manager/technical")
            await page.see("#reach.alert", "No one is notified of alerts")
            configured = "INSERT OR REPLACE INTO notify_channel (name, configured) VALUES ('email', 1)"
            await served.shop.maintain(lambda db: db.execute(configured) and None)
            mine = NotificationPreferences(
                email="dana@example.com", enabled_channels=("email",), notify_on_critical=False
            )
            assert isinstance(await served.shop.do(SetPreferences("u1", mine), SYSTEM), Done)
            await page.page.reload()
            await page.see("#reach.alert", "No one chose to get critical alerts, so they go to Dana")
            mine = msgspec.structs.replace(mine, notify_on_critical=True)
            assert isinstance(await served.shop.do(SetPreferences("u1", mine), SYSTEM), Done)
            await page.page.reload()
            await page.see("#reach", "Critical alerts go immediately to: Dana")

    run(scenario())


def test_a_cashier_says_on_their_own_phone_how_to_be_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, till(PHONE) as page:
            for command in (SetPin(hash_pin(PIN)), SetUser("u1", "Noa", "cashier", hash_pin("7394"))):
                assert isinstance(await served.shop.do(command, SYSTEM), Done)
            configured = "INSERT OR REPLACE INTO notify_channel (name, configured) VALUES ('email', 1)"
            await served.shop.maintain(lambda db: db.execute(configured) and None)
            own = served.access.sessions.begin("own", "u1", "Her phone")
            await page.page.context.add_cookies(
                [{"name": f"edge-{served.config.store.id}-local", "value": own.secret, "url": served.url}]
            )
            await page.page.goto(f"{served.url}/account?lang=he")
            await page.page.locator("a[href^='/account/notifications']").click()
            form = page.page.locator("#preferences")
            await page.see("#preferences h1", "Noa")
            assert await page.page.locator("#bell").count() == 0, "the list behind it is not theirs to open"
            assert await form.locator("[name='kind.stock_low']").count() == 0, (
                "alerts reach managers, and whom they name"
            )
            await form.locator("[name=email]").fill("noa@example.com")
            await form.locator("[name='channel.email']").select_option("enabled")
            await form.locator("[type=submit]").click()
            await page.see("#preferences-saved", "נשמר")
            kept = read_preferences(served.shop.reader, "u1")
            assert kept and (kept.email, kept.enabled_channels) == ("noa@example.com", ("email",))
            assert await page.page.evaluate("document.documentElement.scrollWidth") == PHONE[0]
            await page.page.reload()
            await page.page.locator("[data-test=email]").click()
            await page.see("#way-said", "נשלחה")
            monkeypatch.setattr(session, "ENTERED_LATELY_US", -1)  # another address is asked for their secret once more
            await form.locator("[name=email]").fill("noa@example.org")
            await form.locator("[type=submit]").click()
            await page.page.locator("#sign-in-again a[target=_blank]").wait_for()
            monkeypatch.undo()
            await form.locator("[type=submit]").click()
            await page.page.locator("#sign-in-again").wait_for(state="hidden")
            assert len(page.complaints) == 1 and "403" in page.complaints[0], page.complaints

    run(scenario())


def test_the_cashiers_page_shows_what_a_cashier_can_do_something_about(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, till() as page:
            assert isinstance(await served.shop.do(SetUser("u1", "Noa", "cashier", hash_pin("7394")), SYSTEM), Done)
            await page.open(served)
            await served.shop.do(RaiseAlert("drawer_difference", "1 1", "high", {"register": "1", "number": 1}), SYSTEM)
            await served.shop.do(RaiseAlert("stock_low", "milk", "high", {"name": "Milk", "total": "3"}), SYSTEM)
            values = {"name": "Cola", "lot": "L1", "total": "6"}
            await served.shop.do(RaiseAlert("stock_recalled", "cola/L1", "critical", values), SYSTEM)
            await page.see("#counter-alerts .critical", "Cola")
            assert await page.page.locator("#counter-alerts p").count() == 1, (
                "not the drawer, and nothing that only runs low"
            )
            await served.shop.do(SendAlert("Come to the office", people=("u1",)), SYSTEM)
            served.access.sessions.sign_in("1", "u1")
            await served.shop.do(RaiseAlert("stock_low", "beer", "critical", {"name": "Beer", "total": "1"}), SYSTEM)
            await page.see("#counter-alerts", "Beer")
            await page.see("#counter-alerts", "Come to the office")
            for sku in ("bread", "rice", "tea"):
                await served.shop.do(RaiseAlert("stock_low", sku, "critical", {"name": sku, "total": "1"}), SYSTEM)
            await page.see("#counter-alerts", "and 3 more")
            assert await page.page.locator("#counter-alerts p").count() == 4
            for kept in ("Cola", "Come to the office"):
                await page.see("#counter-alerts", kept)
            await page.open(served, "register=1&lang=he")
            low = page.page.locator("#counter-alerts bdi", has_text="tea").first
            assert await low.evaluate("one => getComputedStyle(one).direction") == "rtl", (
                "although it begins with a name"
            )

    run(scenario())


def test_a_cashier_puts_alerts_away_behind_a_bell_until_there_is_another_one(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, till((1024, 768)) as page:
            await served.shop.do(RaiseAlert("stock_low", "wine", "critical", {"name": "Wine", "total": "2"}), SYSTEM)
            await page.open(served)
            line, bell = page.page.locator("#counter-alerts"), page.page.locator("#alerts-away")
            await page.see("#counter-alerts", "Wine is low")
            assert "Critical" not in await line.inner_text(), "a bottle is nothing that a cashier drops all else for"
            await bell.click()
            await page.gone("#counter-alerts")
            await page.see("#alerts-away b", "1")
            await page.scan(MILK)
            await page.see("#lines", "Milk")
            assert not await line.is_visible(), "what was put away stays so"
            await page.page.reload()
            await page.see("#alerts-away b", "1")
            assert not await line.is_visible()
            await served.shop.do(RaiseAlert("stock_low", "beer", "critical", {"name": "Beer", "total": "1"}), SYSTEM)
            await page.see("#counter-alerts", "Beer is low")
            await bell.click()
            await page.gone("#counter-alerts")
            await bell.click()
            await page.see("#counter-alerts", "Wine is low")
            assert page.complaints == []

    run(scenario())
