"""Notifications over HTTP, from a program's alert to the mail received by a real server."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
from pathlib import Path
from typing import Any

from edge.analytics.notify.commands import SendText
from edge.analytics.notify.links import make_key, token_of
from edge.analytics.notify.service.part import NotificationsPart
from edge.core.messages import Done
from edge.core.process.parts import Part
from edge.core.storage.database import Connection
from edge.foundation.access.commands import SetUser
from edge.foundation.access.credentials.pin import hash_pin
from tests.browser.calling import Caller, calling
from tests.browser.serving import Served, serve
from tests.http_client import when
from tests.outgoing import HERE, Mailbox, http_server, smtp_server
from tests.shop_fixture import CONFIG, SYSTEM, run
from tests.signing_in import reached_by_mail

NOTIFY = "/api/v1/notify"


async def people(served: Served) -> None:
    for id, name, pin in (("u1", "Dana", "864209"), ("u2", "Omer", "753108")):
        assert isinstance(await served.shop.do(SetUser(id, name, "manager", hash_pin(pin)), SYSTEM), Done)


def test_from_a_programs_alert_to_the_mail_and_the_webhook(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("s3cret\n")
    (tmp_path / "secret").chmod(0o600)

    async def scenario() -> None:
        async with smtp_server() as box, http_server() as hook:
            text = f"""{CONFIG}
[notify]
allow = ["{HERE}"]
webhook_secret_file = "secret"
[notify.email]
host = "{HERE}"
port = {box.port}
security = "none"
sender = "shop@corner.example"
"""
            async with serve(tmp_path, text) as served, calling(served) as caller:
                part = NotificationsPart(served.config, served.shop)
                served.supervisor.start(Part("notifications", part.run))
                await people(served)
                grant = {"Grant": served.site.door.token}
                mine = {
                    "email": "dana@example.com",
                    "webhook": f"{hook.url}/hook",
                    "enabled_channels": ["email", "webhook"],
                }
                put = await caller.call("PUT", f"{NOTIFY}/preferences/u1", mine, **grant)
                assert (put.status, put.json["quiet_hours_start"]) == (200, "22:00"), put.text
                got = await caller.get(f"{NOTIFY}/preferences/u1", **grant)
                assert got.json == put.json

                async def channels() -> dict[str, Any]:
                    answer = await caller.get(f"{NOTIFY}/channels", **grant)
                    return {one["name"]: one for one in answer.json["channels"]}

                found = await when(channels, lambda one: one["email"]["configured"], "the part has begun")
                assert found["webhook"]["configured"] and not found["sms"]["configured"]
                body = {"title": "Freezer at -4", "message": "Call", "severity": "critical", "users": ["u1", "u2"]}
                told = await caller.call("POST", f"{NOTIFY}/alert", body, **grant)
                assert told.status == 200, told.text
                assert told.json["channels_notified"] == ["page"]
                assert set(told.json["channels_pending"]) == {"email", "webhook"}
                assert told.json["users_unreached"] == ["u2"], "told, not failed silently"
                id = told.json["alert_id"]

                async def delivered() -> list[str]:
                    answer = await caller.get(f"{NOTIFY}/{id}/deliveries", **grant)
                    return sorted(f"{one['channel']} {one['state']}" for one in answer.json["deliveries"])

                await when(delivered, lambda one: one == ["email sent", "webhook sent"], "it arrives")
                assert box.recipients == ["dana@example.com"] and "Freezer at -4" in box.mails[0]["Subject"]
                assert len(hook.asked) == 1 and "webhook-signature" in hook.asked[0].headers

                await a_test_and_a_text(caller, box, grant)

    run(scenario())


async def a_test_and_a_text(caller: Caller, box: Mailbox, grant: dict[str, str]) -> None:
    again = await caller.call("POST", f"{NOTIFY}/channels/email/test", {"user": "u1"}, **grant)
    assert again.status == 202
    text_ = {"to": "u1", "subject": "Rota", "body": "You open tomorrow."}
    assert (await caller.call("POST", f"{NOTIFY}/email", text_, **grant)).status == 202

    async def mails() -> list[str]:
        return sorted(str(mail["Subject"]) for mail in box.mails[1:])

    await when(mails, lambda one: one == ["Rota", "Test · Corner Shop"], "both arrive")


def test_what_is_acknowledged_and_what_is_refused(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, calling(served) as caller:
            await people(served)
            grant = {"Grant": served.site.door.token}

            async def post(path: str, body: object) -> tuple[int, str]:
                answer = await caller.call("POST", f"{NOTIFY}/{path}", body, **grant)
                return answer.status, answer.code if answer.status >= 400 else ""

            told = await caller.call("POST", f"{NOTIFY}/alert", {"title": "Bread", "dedupe": "bread"}, **grant)
            id = told.json["alert_id"]
            twice = await caller.call("POST", f"{NOTIFY}/alert", {"title": "Bread", "dedupe": "bread"}, **grant)
            assert twice.json["alert_id"] == id
            (alert,) = (await caller.get(f"{NOTIFY}/alerts", **grant)).json["alerts"]
            assert (alert["count"], alert["kind"], alert["state"]) == (2, "message", "raised")
            for _ in range(2):
                answer = await caller.call("POST", f"{NOTIFY}/alert/{id}/acknowledge", {"note": "baking"}, **grant)
                assert (answer.status, answer.json["alert"]["state"]) == (200, "acknowledged")
                assert answer.json["taken"]
            assert (await caller.manage("CloseAlert", {"id": id})).status == 200
            late = await caller.call(
                "POST", f"{NOTIFY}/alert/{id}/acknowledge", {"said_us": alert["first_us"]}, **grant
            )
            assert (late.status, late.json["taken"]) == (200, False)
            assert await post(f"alert/{id}/acknowledge", {}) == (409, "alert_over")
            assert await post("alert/9999/acknowledge", {}) == (404, "no_such_alert")
            assert (await caller.get(f"{NOTIFY}/alerts", **grant)).json["alerts"] == []
            assert len((await caller.get(f"{NOTIFY}/alerts?active=no", **grant)).json["alerts"]) == 1

            assert await post("alert", {"title": "x", "users": ["nobody"]}) == (404, "no_such_user")
            for wrong in (
                {"title": ""},
                {"title": "a\r\nBcc: b"},
                {"title": "x", "severity": "awful"},
                {"title": "x", "channels": ["pigeon"]},
            ):
                assert await post("alert", wrong) == (400, "body_wrong"), wrong
            for long in ({"title": "x" * 81}, {"title": "x", "message": "x" * 1001}):
                assert await post("alert", long) == (422, "body_wrong"), long
            assert await post("email", {"to": "u1", "subject": "a\nb", "body": ""}) == (400, "body_wrong")
            assert await post("email", {"to": "u9", "subject": "a"}) == (404, "no_such_user")
            assert await post("email", {"to": "u1", "subject": "a"}) == (409, "channel_not_there")
            assert await post("channels/pigeon/test", {}) == (404, "channel_unknown")

            async def put(user: str, body: object) -> tuple[int, str]:
                answer = await caller.call("PUT", f"{NOTIFY}/preferences/{user}", body, **grant)
                return answer.status, answer.code if answer.status >= 400 else ""

            assert await put("u9", {}) == (404, "user_not_found")
            assert await put("u1", {"quiet_hours_start": "25:61"}) == (400, "body_wrong")
            assert await put("u1", {"quiet_hours_start": "07:00"}) == (422, "quiet_hours_same")
            assert await put("u1", {"enabled_channels": ["sms"]}) == (422, "channel_needs_address")
            assert (await caller.get(f"{NOTIFY}/preferences/u1")).status == 403, "somebody else's"
            assert (await caller.call("POST", f"{NOTIFY}/alert", {"title": "x"})).status == 403

    run(scenario())


def test_who_has_the_link_sees_to_it_without_signing_in(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with smtp_server() as box:
            text = f"""{CONFIG}
[notify]
allow = ["{HERE}"]
link = "https://till.example"
[notify.email]
host = "{HERE}"
port = {box.port}
security = "none"
sender = "shop@corner.example"
"""
            async with serve(tmp_path, text) as served, calling(served) as caller:
                part = NotificationsPart(served.config, served.shop)
                served.supervisor.start(Part("notifications", part.run))
                await people(served)
                grant = {"Grant": served.site.door.token}
                mine = {"email": "dana@example.com", "enabled_channels": ["email"]}
                assert (await caller.call("PUT", "/notify/preferences/u1", mine, **grant)).status == 200
                body = {"title": "Freezer at -4", "severity": "critical"}

                async def usable() -> list[str]:
                    answer = await caller.get("/notify/channels", **grant)
                    return [one["name"] for one in answer.json["channels"] if one["configured"]]

                await when(usable, lambda one: one == ["email"], "the part has begun")
                told = await caller.call("POST", "/notify/alert", body, **grant)
                assert told.status == 200, told.text
                wrong = await caller.call("POST", "/notify/alert", {"title": ""}, **grant)
                assert (wrong.status, wrong.code) == (400, "body_wrong"), "the same, with and without /api/v1"

                async def mails() -> list[str]:
                    return [str(mail.get_body(("plain",)).get_content()) for mail in box.mails]  # type: ignore[union-attr]

                (mail,) = await when(mails, lambda one: len(one) == 1, "it arrives")
                path = next(line for line in mail.splitlines() if "/told/" in line).removeprefix("https://till.example")
                seen = await caller.get(path)
                assert seen.status == 200 and "Freezer at -4" in seen.text and "<form" in seen.text
                (alert,) = (await caller.get("/notify/alerts", **grant)).json["alerts"]
                assert alert["state"] == "raised", "looking at a link acknowledges nothing"
                for _ in range(2):
                    done = await caller.call("POST", path, {})
                    assert done.status in (200, 303), done.text
                (alert,) = (await caller.get("/notify/alerts", **grant)).json["alerts"]
                assert (alert["state"], alert["acked_by"]) == ("acknowledged", "u1")
                assert "<form" not in (await caller.get(path)).text
                daily = {**mine, "digest_at": "08:00"}
                assert (await caller.call("PUT", "/notify/preferences/u1", daily, **grant)).json["digest_at"] == "08:00"
                assert (await caller.call("POST", f"{path}/stop", {})).status == 404, "it is none of a digest"
                assert (await caller.get("/notify/preferences/u1", **grant)).json["digest_at"] == "08:00"
                await served.shop.do(SetUser("u1", "Dana", "cashier"), SYSTEM)
                assert (await caller.get(path)).status == 404, "they may know of it no more"
                assert (await caller.call("POST", path, {})).status == 404
                await served.shop.do(SetUser("u1", "Dana", "manager"), SYSTEM)
                assert (await caller.get(f"{path[:-1]}{'0' if path[-1] != '0' else '1'}")).status == 404

    run(scenario())


async def sent(served: Served, *rows: tuple[Any, ...]) -> None:
    """Store messages to u1 that were sent as one; each row has an alert and a reason."""
    query = """
        INSERT INTO notify_message (key, alert, what, severity, person, channel, state, made_us, next_us, until_us,
                                    changed_us, bundle)
        VALUES (?, ?, ?, 'high', 'u1', 'email', 'sent', ?4, ?4, ?4, ?4, 1)
    """
    now_us = served.shop.now_us()

    def write(db: Connection) -> None:
        make_key(db)
        db.executemany(query, [(f"{number}", *row, now_us) for number, row in enumerate(rows)])

    assert await served.shop.maintain(write) is None


def test_one_link_acknowledges_all_that_its_message_lists_and_no_other(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, calling(served) as caller:
            await people(served)
            grant = {"Grant": served.site.door.token}
            ids = []
            for title in ("Freezer", "Window", "Other"):
                answer = await caller.call("POST", "/notify/alert", {"title": title, "severity": "high"}, **grant)
                ids.append(answer.json["alert_id"])
            await sent(served, *((id, "raised") for id in ids[:2]))
            path = f"/told/{token_of(served.shop.reader, 1)}"
            shown = (await caller.get(path)).text
            assert [title in shown for title in ("Freezer", "Window", "Other")] == [True, True, False]
            for _ in range(2):
                assert (await caller.call("POST", path, {})).status in (200, 303)
            alerts = {one["id"]: one for one in (await caller.get("/notify/alerts", **grant)).json["alerts"]}
            assert [(alerts[id]["state"], alerts[id]["acked_by"], alerts[id]["acked_via"]) for id in ids] == [
                *[("acknowledged", "u1", "link")] * 2,
                ("raised", "", ""),
            ]

    run(scenario())


def test_digests_end_by_the_one_click_of_a_mail_program(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, calling(served) as caller:
            await people(served)
            grant = {"Grant": served.site.door.token}
            daily = {"email": "dana@example.com", "enabled_channels": ["email"], "digest_at": "08:00"}
            assert (await caller.call("PUT", "/notify/preferences/u1", daily, **grant)).status == 200
            await sent(served, (0, "digest"))
            path = f"/told/{token_of(served.shop.reader, 1, 'stop')}/stop"
            assert (await caller.get(path)).status in (404, 405), "who only looks ends nothing"
            assert (await caller.get("/notify/preferences/u1", **grant)).json["digest_at"] == "08:00"
            form = {"Content_Type": "application/x-www-form-urlencoded"}  # RFC 8058, section 3.2
            answer = await caller.call("POST", path, b"List-Unsubscribe=One-Click", Register="", **form)
            assert answer.status == 204, answer.text
            prefs = (await caller.get("/notify/preferences/u1", **grant)).json
            assert (prefs["digest_at"], prefs["email"]) == ("", "dana@example.com"), "and nothing else of theirs"

    run(scenario())


def test_the_bell_is_pushed_to_every_managers_page(tmp_path: Path) -> None:
    async def scenario() -> None:
        page = "page=manager&register=1&lang=en"
        async with serve(tmp_path) as served, calling(served) as caller, caller.socket(page) as socket:
            await caller.manage("SendAlert", {"title": "Bread"})

            async def pushed() -> str:
                message = await asyncio.wait_for(socket.receive(), 30)
                return str(message.data)

            await when(pushed, lambda text: "Alerts: 1 open" in text, "the bell counts it")

    run(scenario())


SMS = """
[notify]
link = "https://shop.example/"
[notify.sms]
account = "AC1"
token = "s3cret"
sender = "+97235550100"
"""


def test_a_report_of_delivery_that_twilio_has_not_signed_is_believed_by_nobody(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path, CONFIG + SMS) as served, calling(served) as caller:
            await people(served)
            await reached_by_mail(served, "u1")
            sent = await served.shop.do(SendText("u1", "email", "Freezer"), SYSTEM)
            assert isinstance(sent, Done) and isinstance(sent.result, int)
            message = sent.result

            def state() -> str:
                query = "SELECT state FROM notify_message WHERE id = ?"
                return str(served.shop.reader.execute(query, (message,)).fetchone()[0])

            await served.shop.maintain(make_key)
            await served.shop.maintain(lambda db: db.execute("UPDATE notify_message SET state = 'sent'"))
            path = f"{NOTIFY}/reports/sms/{token_of(served.shop.reader, message, 'report')}"
            form = {"Content_Type": "application/x-www-form-urlencoded"}
            said = f"https://shop.example{path}MessageStatusdelivered".encode()
            right = base64.b64encode(hmac.new(b"s3cret", said, hashlib.sha1).digest()).decode()
            for signature in ({}, {"X_Twilio_Signature": right[::-1]}):
                answer = await caller.call("POST", path, b"MessageStatus=delivered", **form, **signature)
                assert (answer.status, state()) == (403, "sent")
            answer = await caller.call("POST", path, b"MessageStatus=failed", **form, X_Twilio_Signature=right)
            assert (answer.status, state()) == (403, "sent"), "another body"
            answer = await caller.call("POST", path, b"MessageStatus=delivered", **form, X_Twilio_Signature=right)
            assert (answer.status, state()) == (204, "delivered")

    run(scenario())
