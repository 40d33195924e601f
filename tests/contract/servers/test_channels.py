"""The contract of all channels: accepted, refused, told to wait, broken, and a lost answer."""

from __future__ import annotations

import asyncio
import base64
import sqlite3
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, cast

import msgspec
import pytest

from edge.analytics.notify.preferences import Browser
from edge.analytics.notify.push_subscriptions import PersonBrowsers
from edge.analytics.notify.service.push import PushChannel
from edge.core.command_bus import CommandBus
from edge.foundation.outbox.service.channels.email import EmailChannel
from edge.foundation.outbox.service.channels.sender import Parcel, Sender
from edge.foundation.outbox.service.channels.slack import SlackChannel
from edge.foundation.outbox.service.channels.sms import SmsChannel, text_of
from edge.foundation.outbox.service.channels.webhook import WebhookChannel, signature
from edge.foundation.outbox.service.channels.whatsapp import WhatsAppChannel
from edge.lib import webpush
from edge.runtime.outgoing.breaker import FAILURES, Breakers
from edge.runtime.outgoing.faults import MaybeSent, Undelivered
from edge.runtime.outgoing.http_client import OutgoingHttp
from edge.runtime.outgoing.mail import MailServer, OutgoingMail
from tests.authority import Authority
from tests.outgoing import HERE, Answers, Mailbox, http_server, smtp_server
from tests.shop_fixture import run

PARCEL = Parcel(
    key="7:0:u1:x:0",
    title="High: Till 1: the drawer is off · Corner Shop",
    paragraphs=("The drawer difference by <b>2.50</b>", "Count it once more."),
    severity="high",
    what="raised",
    language="en",
    link="https://till.example/manager/alerts",
    thread="alert 7",
    data={"number": 3, "title": "The drawer difference"},
)
Make = Callable[[OutgoingHttp, Answers], tuple[Sender, str]]


def slack(http: OutgoingHttp, at: Answers) -> tuple[Sender, str]:
    return SlackChannel(http), f"{at.url}/services/T0/B0/x"


def webhook(http: OutgoingHttp, at: Answers) -> tuple[Sender, str]:
    return WebhookChannel(http, "secret", lambda: 1_800_000_000.0), f"{at.url}/hook"


def sms(http: OutgoingHttp, at: Answers) -> tuple[Sender, str]:
    return SmsChannel(http, at.url, "AC1", "token", "+97235550100"), "+972541234567"


def whatsapp(http: OutgoingHttp, at: Answers) -> tuple[Sender, str]:
    return WhatsAppChannel(http, f"{at.url}/v23.0/1/messages", "token", "alert", ("en", "he"), "en"), "+972541234567"


class Keys:
    """A shop with a key for push messages, which ignores commands to forget browsers."""

    def __init__(self) -> None:
        self.reader = sqlite3.connect(":memory:")
        self.reader.execute("CREATE TABLE notify_key (name, secret)")
        self.reader.execute("INSERT INTO notify_key VALUES ('push', ?)", (webpush.secret_bytes(webpush.new_key()),))

    async def do(self, command: object, actor: object) -> None: ...


def push(http: OutgoingHttp, at: Answers) -> tuple[Sender, str]:
    keys = (webpush.padless(webpush.public_bytes(webpush.new_key())), webpush.padless(b"a" * 16))
    to = PersonBrowsers("u1", {"1": Browser(f"{at.url}/send/1", *keys)})
    shop = cast(CommandBus, Keys())
    channel = PushChannel(http, shop, "mailto:shop@corner.example", lambda: 1_800_000_000.0)
    return channel, msgspec.json.encode(to).decode()


OK = {
    push: (201, {}, ""),
    slack: (200, {}, "ok"),
    webhook: (204, {}, ""),
    sms: (201, {}, '{"sid": "SM1", "status": "queued", "error_code": null}'),
    whatsapp: (200, {}, '{"messages": [{"id": "wamid.1"}]}'),
}
ALL = tuple(OK)


@asynccontextmanager
async def rig(make: Make) -> AsyncIterator[tuple[Answers, Callable[[], Awaitable[str]]]]:
    async with http_server() as server, OutgoingHttp(Breakers(), (HERE,), timeout_s=2) as http:
        server.usual = OK[make]
        sender, to = make(http, server)
        yield server, lambda: sender.send(PARCEL, to)


async def fault(sending: Awaitable[str]) -> Undelivered:
    with pytest.raises(Undelivered) as raised:
        await sending
    return raised.value


@pytest.mark.parametrize("make", ALL, ids=lambda make: make.__name__)
def test_what_each_answer_means(make: Make) -> None:
    async def scenario() -> None:
        async with rig(make) as (server, send):
            assert await send() in ("", "SM1", "wamid.1", "1 of 1")
            assert len(server.asked) == 1 and server.asked[0].body
            server.next = [(429, {"Retry-After": "17"}, "slow")]
            wait = await fault(send())
            assert (wait.permanent, wait.after_s) == (False, 17.0)
            server.next = [(503, {}, "down")]
            assert not (await fault(send())).permanent
            server.next = [(400, {}, "no")]
            assert (await fault(send())).permanent
            server.next = [(401, {}, "who?")]
            one_account = make not in (slack, webhook)
            assert (await fault(send())).credentials == one_account or make is whatsapp, "one person's hook is not all"
            server.next = [(302, {"Location": f"{server.url}/elsewhere"}, "")]
            assert (await fault(send())).permanent, "no redirect is followed"
            assert all("elsewhere" not in asked.path for asked in server.asked)
            server.next = [None]
            with pytest.raises(MaybeSent):
                await send()

    run(scenario())


@pytest.mark.parametrize("make", ALL, ids=lambda make: make.__name__)
def test_who_does_not_answer_is_left_alone_for_a_while(make: Make) -> None:
    async def scenario() -> None:
        now = [0.0]
        async with http_server() as server, OutgoingHttp(Breakers(), (HERE,), 2, lambda: now[0]) as http:
            server.usual = OK[make]
            sender, to = make(http, server)
            server.next = [(500, {}, "")] * FAILURES
            for _ in range(FAILURES):
                assert (await fault(sender.send(PARCEL, to))).tried
            open_ = await fault(sender.send(PARCEL, to))
            assert (open_.why, open_.tried, len(server.asked)) == ("breaker_open", False, FAILURES)
            now[0] += 61
            await sender.send(PARCEL, to)
            await sender.send(PARCEL, to)
            assert len(server.asked) == FAILURES + 2

    run(scenario())


def test_a_webhook_is_signed_and_its_repeat_is_the_same_but_for_the_time() -> None:
    async def scenario() -> None:
        async with rig(webhook) as (server, send):
            server.next = [None]
            with pytest.raises(MaybeSent):
                await send()
            await send()
            first, second = server.asked
            assert first.body == second.body and first.headers["Idempotency-Key"] == second.headers["webhook-id"]
            at = second.headers["webhook-timestamp"]
            assert second.headers["webhook-signature"] == signature("secret", PARCEL.key, at, second.body)
            assert msgspec.json.decode(second.body)["type"] == "alert.raised"

    run(scenario())


def test_a_webhook_is_signed_by_both_secrets_while_receivers_change_over() -> None:
    async def scenario() -> None:
        async with http_server() as server, OutgoingHttp(Breakers(), (HERE,), timeout_s=2) as http:
            server.usual = OK[webhook]
            await WebhookChannel(http, "new", lambda: 1_800_000_000.0, "old").send(PARCEL, f"{server.url}/hook")
            (asked,) = server.asked
            at, found = asked.headers["webhook-timestamp"], asked.headers["webhook-signature"].split(" ")
            assert found == [signature(one, PARCEL.key, at, asked.body) for one in ("new", "old")]

    run(scenario())


def test_what_services_are_sent() -> None:
    async def scenario() -> None:
        async with rig(sms) as (server, send):
            await send()
            asked = server.asked[0]
            assert asked.path == "/2010-04-01/Accounts/AC1/Messages.json" and b"To=%2B972541234567" in asked.body
            assert base64.b64decode(asked.headers["Authorization"].removeprefix("Basic ")) == b"AC1:token"
            server.next = [(400, {}, '{"code": 21610}')]
            assert (await fault(send())).why == "number_stopped"
        async with rig(whatsapp) as (server, send):
            await send()
            sent = msgspec.json.decode(server.asked[0].body)
            (body,) = sent["template"]["components"]
            assert sent["to"] == "972541234567" and "\n" not in body["parameters"][1]["text"]
            server.next = [(400, {}, '{"error": {"code": 132001}}')]
            refused = await fault(send())
            assert (refused.why, refused.credentials) == ("wrong_template", True)
            server.next = [(200, {}, '{"error": {"code": 131026}}')]
            assert (await fault(send())).why == "no_such_number", "by Meta's code, whatever HTTP says"
        async with rig(slack) as (server, send):
            await send()
            assert "&lt;b&gt;" in server.asked[0].body.decode()

    run(scenario())


def test_whatsapp_takes_a_template_that_there_is_in_ones_own_language_or_the_shops() -> None:
    async def scenario() -> None:
        async with http_server() as server, OutgoingHttp(Breakers(), (HERE,), timeout_s=2) as http:
            server.usual = OK[whatsapp]
            for languages, own, shops in (
                (("en", "he"), "he", "en"),
                (("en", "he"), "fr", "he"),
                (("en",), "fr", "he"),
            ):
                sender = WhatsAppChannel(http, f"{server.url}/messages", "token", "alert", languages, shops)
                await sender.send(msgspec.structs.replace(PARCEL, language=own), "+972541234567")
            sent = [msgspec.json.decode(asked.body)["template"]["language"]["code"] for asked in server.asked]
            assert sent == ["he", "he", "en"]
            server.next = [(404, {}, '{"error": {"code": 132001}}')]
            sender = WhatsAppChannel(http, f"{server.url}/messages", "token", "alert", ("en", "he"), "en")
            assert await sender.send(msgspec.structs.replace(PARCEL, language="he"), "+972541234567") == "wamid.1"
            sent = [msgspec.json.decode(asked.body)["template"]["language"]["code"] for asked in server.asked[3:]]
            assert sent == ["he", "en"], "Meta lacks what config.toml names"

    run(scenario())


@pytest.mark.parametrize("said, why", [("no_service", "hook_gone"), ("invalid_payload", "refused"), ("", "refused")])
def test_what_slack_answers_with_200_is_taken_only_where_it_says_ok(said: str, why: str) -> None:
    async def scenario() -> None:
        async with rig(slack) as (server, send):
            server.next = [(200, {}, said)]
            refused = await fault(send())
            assert (refused.why, refused.permanent) == (why, True)

    run(scenario())


def test_an_sms_has_two_segments_at_most() -> None:
    for title in ("x" * 500, "א" * 500, "😀" * 300):
        text = text_of(msgspec.structs.replace(PARCEL, title=title))
        units = len(text.encode("utf-16-le")) // 2
        assert text.endswith(PARCEL.link) and units <= (306 if title[0] == "x" else 134)


def test_an_sms_that_is_cut_shows_it_and_still_says_of_which_shop() -> None:
    alert = msgspec.structs.replace(PARCEL, title="Critical: \u2068" + "x" * 400 + "\u2069 · Corner Shop", link="")
    text = text_of(alert)
    assert text.endswith("\u2069… · Corner Shop") and len(text) == 134
    euros = text_of(msgspec.structs.replace(PARCEL, title="€" * 100 + "x" * 106, link=""))
    assert euros == "€" * 100 + "x" * 106, "they are two each of 306"
    assert text_of(msgspec.structs.replace(PARCEL, title="€" * 200, link="")) == "€" * 151 + "..."


def test_an_sms_of_its_own_says_its_text() -> None:
    rota = msgspec.structs.replace(PARCEL, what="said", title="Rota", paragraphs=("You open at eight.", "x" * 400))
    text = text_of(rota)
    assert text.startswith("Rota\nYou open at eight.\nx") and text.endswith(f"x...\n{PARCEL.link}")


@pytest.mark.parametrize(
    "url",
    [
        *("http://127.0.0.1:9/", "http://localhost:9/", "http://169.254.169.254/latest", "http://[::1]:9/"),
        *("http://0.0.0.0:9/", "http://[::ffff:127.0.0.1]:9/", "https://2130706433:9/", "https://127.1:9/"),
    ],
)
def test_the_box_itself_is_never_asked(url: str) -> None:
    async def scenario() -> None:
        async with OutgoingHttp(Breakers(), timeout_s=2) as http:
            refused = await fault(WebhookChannel(http, "s", lambda: 0.0).send(PARCEL, url))
            assert refused.why in ("forbidden_address", "wrong_address", "no_connection")

    run(scenario())


def mail(box: Mailbox, **more: Any) -> EmailChannel:
    server = MailServer(**{"host": HERE, "port": box.port, "security": "none", **more})
    return EmailChannel(OutgoingMail(server, Breakers(), timeout_s=5), "shop@corner.example")


def test_mail_as_it_arrives() -> None:
    async def scenario() -> None:
        async with smtp_server() as box:
            channel = mail(box)
            assert "taken as 17" in await channel.send(PARCEL, "dana@example.com")
            again = msgspec.structs.replace(PARCEL, key="8", what="resolved", answers=PARCEL.thread)
            await channel.send(again, "dana@example.com")
            first, second = box.mails
            assert box.recipients == ["dana@example.com"] * 2
            assert second["In-Reply-To"] == first["Message-ID"] and second["Subject"].startswith("Re: ")
            assert first["Auto-Submitted"] == "auto-generated" and first["X-Auto-Response-Suppress"] == "All"
            text, html = first.get_body(("plain",)), first.get_body(("html",))
            assert text and html and "&lt;b&gt;2.50" in html.get_content() and "2.50" in text.get_content()
            hebrew = msgspec.structs.replace(PARCEL, language="he", title="ההפרש במגירה")
            await channel.send(hebrew, "dana@example.com")
            body = box.mails[2].get_body(("html",))
            assert body and 'dir="rtl"' in body.get_content() and box.mails[2]["Subject"] == "ההפרש במגירה"

    run(scenario())


def test_a_mail_program_is_offered_to_end_digests_by_one_click_and_nothing_else() -> None:
    async def scenario() -> None:
        async with smtp_server() as box:
            stop = "https://till.example/told/7-0/stop"
            for parcel in (PARCEL, msgspec.structs.replace(PARCEL, what="digest", stop=stop)):
                await mail(box).send(parcel, "dana@example.com")
            alert, digest = box.mails
            assert alert["List-Unsubscribe"] is alert["List-Unsubscribe-Post"] is None
            assert digest["List-Unsubscribe"] == f"<{stop}>"  # RFC 2369, and RFC 8058 for the next
            assert digest["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"

    run(scenario())


def test_a_browser_that_was_off_shows_what_is_newest_of_an_alert_and_nothing_that_is_old() -> None:
    async def scenario() -> None:
        async with http_server() as server, OutgoingHttp(Breakers(), (HERE,), timeout_s=2) as http:
            server.usual = OK[push]
            sender, to = push(http, server)
            worse = msgspec.structs.replace(PARCEL, key="7:1:u1:push:0", what="worse", severity="critical")
            other = msgspec.structs.replace(PARCEL, key="8:0:u1:push:0", thread="alert 8", severity="low")
            for parcel in (PARCEL, worse, other):
                await sender.send(parcel, to)
            first, second, third = (asked.headers for asked in server.asked)
            assert first["Topic"] == second["Topic"] != third["Topic"]
            assert len(first["Topic"]) <= 32, "RFC 8030, section 5.4"
            assert [one["Urgency"] for one in (first, second, third)] == ["high", "high", "low"]
            assert {one["TTL"] for one in (first, second, third)} == {"14400"}

    run(scenario())


def test_what_a_mail_server_says() -> None:
    async def scenario() -> None:
        async with smtp_server() as box:
            send = lambda: mail(box).send(PARCEL, "dana@example.com")  # noqa: E731
            box.refuse = {"rcpt": ["550 5.1.1 no such user", "451 4.7.1 greylisted"], "data": ["452 full"]}
            gone = await fault(send())
            assert gone.permanent and "5.1.1" in gone.detail
            assert not (await fault(send())).permanent, "greylisting"
            assert not (await fault(send())).permanent
            assert box.mails == []
            box.drop_after_data = True
            with pytest.raises(MaybeSent):
                await send()
        assert (await fault(mail(box).send(PARCEL, "dana@example.com"))).why == "no_connection"

    run(scenario())


@pytest.mark.parametrize("to", ["josé@exemple.ca", "jose@exémple.ca", "jo\nse@example.com"])
def test_an_address_that_mail_cannot_have_is_told_and_no_fault_of_the_server(to: str) -> None:
    async def scenario() -> None:
        async with smtp_server() as box:
            wrong = await fault(mail(box).send(PARCEL, to))
            assert (wrong.why, wrong.permanent, wrong.detail) == ("wrong_address", True, "")
            assert box.recipients == []

    run(scenario())


def test_mail_over_tls_and_with_a_password(tmp_path: Path) -> None:
    async def scenario() -> None:
        authority = Authority(tmp_path)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        authority.issue()
        context.load_cert_chain(tmp_path / "broker.pem", tmp_path / "broker.key")
        own = str(authority.ca)
        right = {"user": "shop", "password": "right", "ca_file": own, "security": "starttls"}
        async with smtp_server(context, login=lambda user, password: (user, password) == ("shop", "right")) as box:
            await mail(box, **right).send(PARCEL, "dana@example.com")
            wrong = await fault(mail(box, **{**right, "password": "old"}).send(PARCEL, "dana@example.com"))
            assert (wrong.why, wrong.credentials) == ("wrong_password", True)
            unknown = await fault(mail(box, **{**right, "ca_file": ""}).send(PARCEL, "dana@example.com"))
            assert (unknown.why, unknown.credentials) == ("no_tls", True)
        async with smtp_server(context, implicit=True) as box:
            await mail(box, security="tls", ca_file=own).send(PARCEL, "dana@example.com")
            assert len(box.mails) == 1

    run(scenario())


@pytest.mark.parametrize("make", ALL, ids=lambda make: make.__name__)
def test_a_slow_server_is_waited_for_so_long_and_no_longer(make: Make) -> None:
    async def scenario() -> None:
        server = await asyncio.start_server(lambda reader, writer: asyncio.Event().wait(), HERE, 0)
        port = server.sockets[0].getsockname()[1]
        async with OutgoingHttp(Breakers(), (HERE,), timeout_s=0.2) as http:
            sender, to = make(http, Answers(port=port))
            with pytest.raises(MaybeSent):
                await sender.send(PARCEL, to)
        server.close()

    run(scenario())
