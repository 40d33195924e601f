"""Alerts and notifications by their addresses, with and without `/api/v1`: bodies, limits and refusals."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from edge.analytics.notify.service.part import NotificationsPart
from edge.core.process.parts import Part
from edge.foundation.access.commands import SetUser
from edge.foundation.access.credentials.pin import hash_pin
from tests.browser.calling import key
from tests.browser.serving import Served
from tests.outgoing import HERE
from tests.shop_fixture import CONFIG
from tests.stranger import Stranger, stranger

MAIL = f"""{CONFIG}
[notify.email]
host = "{HERE}"
port = 9
security = "none"
sender = "shop@corner.example"
"""
PEOPLE = (
    SetUser("u1", "Dana", "manager", hash_pin("864209")),
    SetUser("u2", "Omer", "cashier", hash_pin("7531")),
)
PREFERENCES = {
    "email": "dana@example.com",
    "phone": "+972501234567",
    "slack_webhook": "https://hooks.slack.example/T0/B0",
    "enabled_channels": ["email"],
    "notify_on_critical": True,
    "notify_on_high": True,
    "quiet_hours_enabled": True,
    "quiet_hours_start": "22:00",
    "quiet_hours_end": "07:00",
}


async def _parts(served: Served) -> None:
    served.supervisor.start(Part("notifications", NotificationsPart(served.config, served.shop).run))


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stranger]:
    """A shop in which Dana has set her preferences, whichever test runs first."""
    with stranger(tmp_path_factory.mktemp("alerts"), MAIL, PEOPLE, _parts) as made:
        assert made.ask("PUT", "notify/preferences/u1", PREFERENCES).status == 200
        yield made


def test_preferences_as_they_are_named_and_as_they_are_usual(shop: Stranger) -> None:
    usual = shop.get("notify/preferences/u2")
    assert (usual["notify_on_critical"], usual["notify_on_high"], usual["enabled_channels"]) == (True, True, [])
    put = shop.ask("PUT", "notify/preferences/u1", PREFERENCES)
    assert put.status == 200 and {name: put.json[name] for name in PREFERENCES} == PREFERENCES
    assert shop.get("/notify/preferences/u1") == shop.get("notify/preferences/u1") == put.json


WRONG_PREFERENCES = (
    ({"email": "dana"}, 400),
    ({"email": "dana@home@example.com"}, 400),
    ({"email": "dana@example.com\r\nBcc: x@example.com"}, 400),
    ({"phone": "050-1234567"}, 400),
    ({"phone": "+0501234567"}, 400),
    ({"slack_webhook": "ftp://hooks.example/x"}, 400),
    ({"webhook": "http://127.0.0.1/hook"}, 422),
    ({"webhook": "http://[::1]:8080/hook"}, 400),
    ({"webhook": "http://localhost/hook"}, 422),
    ({"webhook": "http://169.254.169.254/latest"}, 422),
    *(({"webhook": f"https://{host}/hook"}, 422) for host in ("127.1", "0x7f000001", "2130706433", "0", "localhost.")),
    *(({field: "http://hooks.example/x"}, 422) for field in ("webhook", "slack_webhook")),
    ({"email": "dana@example.com\n"}, 400),
    ({"phone": "+972501234567\n"}, 400),
    ({"digest_at": "08:00\n"}, 400),
    ({"quiet_hours_start": "25:61"}, 400),
    ({"quiet_hours_start": "22:00", "quiet_hours_end": "22:00"}, 422),
    ({"enabled_channels": ["pigeon"]}, 400),
    ({"enabled_channels": ["sms"]}, 422),
    ({"min_severity": "fatal"}, 400),
    ({"language": "xx"}, 400),
    ({"favourite_colour": "blue"}, 400),
)


@pytest.mark.parametrize(("body", "status"), WRONG_PREFERENCES, ids=[str(body)[:50] for body, _ in WRONG_PREFERENCES])
def test_preferences_that_cannot_be(shop: Stranger, body: dict[str, Any], status: int) -> None:
    before = shop.get("notify/preferences/u2")
    answer = shop.ask("PUT", "notify/preferences/u2", body)
    assert (answer.status, answer.json["status"]) == (status, status), answer.text
    fields = {*body, "phone", "quiet_hours_end"}
    assert any(field in answer.text for field in fields), "which field"
    assert shop.get("notify/preferences/u2") == before


def test_whose_preferences(shop: Stranger) -> None:
    assert shop.ask("GET", "notify/preferences/u9").status == 404
    assert shop.plain("GET", "/api/v1/notify/preferences/u1").status == 403


def test_an_alert_is_told_acknowledged_once_and_listed(shop: Stranger) -> None:
    body = {"title": "Freezer at -4", "message": "Call", "severity": "critical", "users": ["u1", "u2"]}
    told = shop.post("notify/alert", body)
    assert {"alert_id", "status", "channels_notified", "channels_pending", "channels_failed"} <= set(told)
    assert (told["channels_notified"], told["channels_pending"], told["users_unreached"]) == (
        ["page"],
        ["email"],
        ["u2"],
    )
    id = told["alert_id"]
    (open_,) = (one for one in shop.get("notify/alerts?active=true")["alerts"] if one["id"] == id)
    assert (open_["severity"], open_["state"], open_["count"]) == ("critical", "raised", 1)
    first = shop.post(f"/notify/alert/{id}/acknowledge", {"note": "on it"})
    again = shop.post(f"/api/v1/notify/alert/{id}/acknowledge", {})
    assert first["alert"]["state"] == again["alert"]["state"] == "acknowledged"
    assert first["alert"]["note"] == again["alert"]["note"] == "on it", "the same answer"
    assert first["alert"]["acked_until_us"] - first["alert"]["acked_us"] == 3600 * 1_000_000, "critical: an hour"
    assert [one["channel"] for one in shop.get(f"notify/{id}/deliveries")["deliveries"]] in ([], ["email"])


@pytest.mark.parametrize(
    ("severity", "hours"), [("critical", 1), ("high", 8), ("medium", 24), ("low", 24), ("info", 24)]
)
def test_how_long_an_acknowledgement_holds(shop: Stranger, severity: str, hours: int) -> None:
    id = shop.post("notify/alert", {"title": f"Held {severity}", "severity": severity})["alert_id"]
    alert = shop.post(f"notify/alert/{id}/acknowledge", {})["alert"]
    assert alert["acked_until_us"] - alert["acked_us"] == hours * 3600 * 1_000_000


def test_the_same_dedupe_is_one_alert_and_counts(shop: Stranger) -> None:
    ids = {shop.post("notify/alert", {"title": "Bread", "dedupe": "bread"})["alert_id"] for _ in range(3)}
    (id,) = ids
    (alert,) = (one for one in shop.get("notify/alerts")["alerts"] if one["id"] == id)
    assert alert["count"] == 3


def test_what_is_over_is_told_as_done(shop: Stranger) -> None:
    id = shop.post("notify/alert", {"title": "Over soon"})["alert_id"]
    assert shop.ask("POST", "commands/CloseAlert", {"id": id}).status == 200
    late = shop.ask("POST", f"notify/alert/{id}/acknowledge", {})
    assert (late.status, late.code, late.json["status"]) == (409, "alert_over", 409)


ALERTS = (
    ({"title": ""}, 400),
    ({"title": "  "}, 400),
    ({"title": "x\n"}, 400),
    ({"message": "no title"}, 400),
    ({"title": "a\r\nBcc: x"}, 400),
    ({"title": "x" * 81}, 422),
    ({"title": "x", "message": "m" * 1_001}, 422),
    ({"title": "x", "severity": "fatal"}, 400),
    ({"title": "x", "notification_type": "shout"}, 400),
    ({"title": "x", "channels": ["pigeon"]}, 400),
    ({"title": "x", "users": ["u9"]}, 404),
    ({"title": "x", "roles": ["nobody"]}, 404),
)


@pytest.mark.parametrize(("body", "status"), ALERTS, ids=[str(body)[:40] for body, _ in ALERTS])
def test_alerts_that_cannot_be(shop: Stranger, body: dict[str, Any], status: int) -> None:
    answer = shop.ask("POST", "notify/alert", body)
    assert (answer.status, answer.json["status"]) == (status, status), answer.text


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("POST", "notify/alert/999999/acknowledge", {}, 404),
        ("GET", "notify/999999/deliveries", None, 404),
        ("POST", "notify/channels/pigeon/test", {}, 404),
        ("POST", "notify/email", {"to": "u9", "subject": "a", "body": "b"}, 404),
        ("POST", "notify/email", {"to": "u2", "subject": "a", "body": "b"}, 409),
        ("POST", "notify/push", {"to": "u1", "title": "a", "text": "b", "kind": "rota"}, 409),
        ("POST", "notify/whatsapp", {"to": "u1", "title": "a", "text": "b"}, 409),
        ("POST", "notify/email", {"to": "u1", "subject": "a\r\nBcc: x", "body": "b"}, 400),
        ("POST", "notify/email", {"to": "u1", "body": "b"}, 400),
        ("POST", "notify/email", {"to": "u1", "title": "x" * 81, "text": "b"}, 422),
        ("POST", "notify/email", {"to": "u1", "title": "x", "text": "b" * 1_001}, 422),
    ],
)
def test_refusals_and_their_status(shop: Stranger, method: str, path: str, body: Any, status: int) -> None:
    answer = shop.ask(method, path, body)
    assert (answer.status, answer.json["status"]) == (status, status), answer.text
    assert answer.headers["Content-Type"].startswith("application/problem+json")


def test_channels_say_how_they_are(shop: Stranger) -> None:
    found = {one["name"]: one for one in shop.get("notify/channels")["channels"]}
    assert {"email", "slack", "sms", "whatsapp", "push", "webhook"} <= set(found)
    assert {"name", "configured", "active", "sent_us", "error", "waiting", "breaker"} <= set(found["email"])
    assert shop.plain("GET", "/notify/channels").status == 403


def test_sixty_texts_an_hour_a_caller_and_then_when_to_come_again(shop: Stranger) -> None:
    text = {"to": "u1", "subject": "Rota", "body": "You open."}
    answers = [shop.ask("POST", "notify/email", text) for _ in range(61)]
    assert [one.status for one in answers] == [202] * 60 + [429]
    assert answers[0].json["messages"] and int(answers[-1].headers["Retry-After"]) > 0
    assert answers[-1].json["status"] == 429
    shop.clock.advance(3601)
    assert shop.ask("POST", "notify/email", text).status == 202


def test_what_was_told_before_is_not_said_to_be_told_again(shop: Stranger) -> None:
    """This shop's mail server doesn't exist, so the message waits."""
    body = {"title": "Till jammed", "severity": "high", "dedupe": "jam", "users": ["u1"]}
    first = shop.post("notify/alert", body)
    assert (first["channels_notified"], first["channels_pending"]) == (["page"], ["email"])
    id = first["alert_id"]
    assert shop.post(f"notify/alert/{id}/acknowledge", {})["taken"]
    again = shop.post("notify/alert", body)
    assert (again["alert_id"], again["status"], again["channels_pending"]) == (id, "acknowledged", [])


def test_a_request_whose_answer_was_lost_gets_the_same_answer(shop: Stranger) -> None:
    body = {"title": "Door open", "dedupe": "door"}
    shop.post("notify/alert", body)
    sent = {"Idempotency-Key": key()}
    twice = [shop.ask("POST", "notify/alert", body, **sent) for _ in range(2)]
    assert [one.status for one in twice] == [200, 200] and twice[0].json == twice[1].json
    (alert,) = (one for one in shop.get("notify/alerts")["alerts"] if one["id"] == twice[0].json["alert_id"])
    assert alert["count"] == 2
