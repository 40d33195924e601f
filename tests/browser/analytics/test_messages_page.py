"""Channels of messages set up from a page: what lacks is said by its word, secrets are shown to no one again."""

from __future__ import annotations

import os
from pathlib import Path

from edge.analytics.notify.preferences import CHANNELS
from edge.core.messages import Done
from edge.foundation.access.commands import SetPin
from edge.foundation.access.credentials.pin import hash_pin
from edge.runtime import config
from edge.runtime.secrets import secrets_of
from tests.browser.browsing import Till, till
from tests.browser.serving import serve
from tests.http_client import PIN
from tests.shop_fixture import CONFIG, SYSTEM, run

PRINTER = """
[[device]]
role = "receipt_printer"
driver = "network"
name = "the bar's"
register = "1"
host = "192.0.2.7"
"""
TEXT = "# ours\n" + CONFIG + PRINTER
TOKEN = "a token that nobody else knows"  # nosec B105
SMS = {"account": "AC0123", "sender": "+33600000000"}
WHATSAPP = {"url": "https://graph.facebook.com/v23.0/1/messages", "template": "shop_alert", "languages": "en, fr"}
SHOTS = os.environ.get("EDGE_SHOTS", "")


async def kept(opened: Till, file: Path) -> config.Config:
    """Save, and what the file says then."""
    await opened.page.locator(".save-bar [type=submit]").click()
    await opened.see("#messages-said", "Saved")
    await opened.page.evaluate("document.getElementById('messages-said').textContent = ''")
    return config.load(file)


async def fill(opened: Till, channel: str, key: str, value: str) -> None:
    one = opened.page.locator(f'#channel-{channel} [name="notify.{key}"]')
    if not await one.is_visible():
        await opened.page.locator(f"#channel-{channel} summary").click()
    await (one.select_option(value) if await one.evaluate("it => it.tagName") == "SELECT" else one.fill(value))


def test_every_channel_of_messages_is_set_up_from_its_page(tmp_path: Path) -> None:
    async def scenario() -> None:
        file = tmp_path / "config.toml"
        file.write_text(TEXT)
        async with serve(tmp_path, TEXT) as served, till() as opened:
            page = opened.page

            assert isinstance(await served.shop.do(SetPin(hash_pin(PIN)), SYSTEM), Done)
            await opened.open(served, "lang=en", path="/manager/messages")
            await opened.see("#channel-email")
            assert await page.locator(".channel").count() == len(CHANNELS) + 1
            for name, value in SMS.items():
                await fill(opened, "sms", f"sms.{name}", value)
            await page.locator(".save-bar [type=submit]").click()
            await opened.see("#messages-error", "This channel also needs: Auth token.")
            assert config.load(file).notify.sms is None
            opened.complaints.clear()  # a browser finds it worth telling that what lacked was refused
            await fill(opened, "sms", "sms.token", TOKEN)
            sms = (await kept(opened, file)).notify.sms
            assert sms is not None
            assert (sms.account, sms.sender, sms.token) == ("AC0123", "+33600000000", "secret:sms-token")
            assert secrets_of(served.config.folder).open("sms-token") == TOKEN
            await opened.see("#channel-sms .pill", "after restart")
            assert TOKEN not in file.read_text() + await page.content()
            for name, value in WHATSAPP.items():
                await fill(opened, "whatsapp", f"whatsapp.{name}", value)
            await fill(opened, "whatsapp", "whatsapp.token", TOKEN)
            await fill(opened, "email", "email.host", "mail.example")
            await fill(opened, "email", "email.sender", "shop@mail.example")
            await fill(opened, "push", "push", "owner@mail.example")
            await fill(opened, "webhook", "webhook_secret", TOKEN)
            await fill(opened, "slack", "slack", "true")
            await fill(opened, "printer", "printer", "the bar's")
            made = (await kept(opened, file)).notify
            assert made.whatsapp is not None
            assert made.email is not None
            assert (made.whatsapp.languages, made.email.port, made.push) == (
                ("en", "fr"),
                587,
                "mailto:owner@mail.example",
            )
            assert (made.webhook_secret, made.slack, made.printer) == ("secret:webhook-secret", True, "the bar's")
            assert await page.locator('[name="notify.push"]').input_value() == "owner@mail.example"
            await page.locator("#channel-sms [data-drop]").click()
            await page.locator("#sure-dialog [type=submit]").click()
            await opened.see("#messages-said", "Saved")
            left = config.load(file).notify
            assert (left.sms, left.whatsapp) == (None, made.whatsapp)
            assert file.read_text().startswith("# ours\n")
            assert opened.complaints == []

    run(scenario())


def test_channels_of_messages_fit_a_phone_and_their_save_stays_in_sight(tmp_path: Path) -> None:
    async def scenario() -> None:
        (tmp_path / "config.toml").write_text(TEXT)
        async with serve(tmp_path, TEXT) as served, till() as opened:
            page = opened.page
            assert isinstance(await served.shop.do(SetPin(hash_pin(PIN)), SYSTEM), Done)
            for language, (wide, high) in (("en", (1024, 768)), ("fr", (390, 664)), ("he", (390, 664))):
                await page.set_viewport_size({"width": wide, "height": high})
                await opened.open(served, f"lang={language}", path="/manager/messages")
                await page.locator("#channel-whatsapp summary").click()
                button = await page.locator(".save-bar button").bounding_box()
                assert button, "the save is in sight, whatever is scrolled"
                assert 0 <= button["y"] <= high - 44 - (64 if wide < 900 else 0), (language, button)
                if SHOTS:
                    await page.screenshot(path=f"{SHOTS}/messages-{language}.png")
                assert not await page.evaluate("document.documentElement.scrollWidth > innerWidth"), language

    run(scenario())
