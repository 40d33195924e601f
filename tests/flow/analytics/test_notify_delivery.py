"""What becomes of messages behind a line that was down, what services say later, and links that acknowledge."""

from __future__ import annotations

import base64
import hashlib
import hmac
from pathlib import Path

import msgspec

from edge.analytics.notify.commands import AddBrowser, ReportDelivery, SendTest, SendText, SetPreferences
from edge.analytics.notify.links import LIFE_US, read_link, read_reported, read_stopped, token_of
from edge.analytics.notify.pages.delivery_reports import is_signed, is_signed_by_twilio, of_sms, of_whatsapp
from edge.analytics.notify.preferences import Browser
from edge.analytics.notify.push_subscriptions import read_browsers, read_push_key
from edge.analytics.notify.queries import push_key
from edge.analytics.notify.recipients import read_recipients
from edge.analytics.notify.service import breaker_store
from edge.analytics.notify.service.push import PushChannel
from edge.core.messages import Refused
from edge.core.people.forgetting import ForgetPerson
from edge.foundation.access.commands import RetireUser, SetUser
from edge.foundation.alerts.commands import AcknowledgeAlert, ResolveAlert
from edge.foundation.alerts.queries import read_alert
from edge.lib.webpush import key_of, new_key, padless, public_bytes
from edge.runtime.outgoing.breaker import FAILURES, Breakers
from edge.runtime.outgoing.faults import MaybeSent, Undelivered
from edge.runtime.outgoing.http_client import OutgoingHttp
from tests.notify_fixture import DANA, HOUR_S, MAIL, MIN_S, Telling, telling
from tests.outgoing import HERE, http_server
from tests.shop_fixture import SYSTEM, run


def test_what_an_hour_without_a_line_held_up_goes_as_one(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with telling(tmp_path) as shop:
            down = Undelivered("no_connection")
            shop.email.faults = [down] * 1000
            first = await shop.raised("Freezer")
            for number in range(6):
                await shop.after(10 * MIN_S)
                await shop.raised(f"Thing {number}", "critical" if number == 2 else "high")
                await shop.after(1)
            await shop.after(61)
            assert shop.email.sent == []
            await shop.do(ResolveAlert(first))
            shop.email.faults = []
            await shop.after(15 * MIN_S)
            assert shop.email.titles == ["After an outage: 6 open"]
            text = shop.email.sent[0][1].text
            assert "Raised and resolved since: 1" in text and "(since 2027-01-15 09:10)" in text
            await shop.after(2 * HOUR_S)
            assert [title for title in shop.email.titles[1:] if "Freezer" in title] == []

    run(scenario())


def test_a_short_interruption_is_one_message_as_well(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with telling(tmp_path) as shop:
            shop.email.faults = [Undelivered("server_failed")] * 4
            await shop.raised("Freezer", "critical")
            await shop.after(3)
            await shop.raised("Window", "critical")
            await shop.after(3)
            for _ in range(8):
                await shop.after(MIN_S)
            assert shop.email.titles == ["2 alerts"]

    run(scenario())


def test_what_a_service_says_later(tmp_path: Path) -> None:
    async def scenario() -> None:
        both = msgspec.structs.replace(
            MAIL, phone="+972541234567", enabled_channels=("sms",), urgent_channels=("email",)
        )
        async with telling(tmp_path, **{DANA: both}) as shop:
            await shop.raised("Freezer")
            await shop.after()
            (row,) = shop.rows()
            await shop.do(ReportDelivery(row.id, "delivered"))
            await shop.do(ReportDelivery(row.id, "failed", "30005"))
            assert shop.states() == ["delivered"], "nothing undoes that"
            await shop.raised("Window")
            await shop.after(61)
            second = shop.rows()[1]
            await shop.do(ReportDelivery(second.id, "failed", "30005"))
            row = shop.rows()[1]
            assert (row.state, row.why, row.detail) == ("failed", "no_such_number", "30005")
            await shop.after()
            assert shop.email.titles == ["High: Window"], (
                "the person's next channel takes over, and nothing is repeated"
            )
            assert len(shop.sms.sent) == 2

            await shop.do(SetPreferences(DANA, msgspec.structs.replace(both, phone="+972541234568")))
            shop.sms.faults = [MaybeSent("cut")]
            await shop.raised("Door")
            await shop.after(61)
            lost = next(row for row in shop.rows() if row.state == "unknown")
            await shop.do(ReportDelivery(lost.id, "delivered"))
            assert "unknown" not in shop.states(), "an answer that comes late is still one"

    run(scenario())


def test_a_link_acknowledges_what_its_message_lists_and_nothing_else(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with telling(tmp_path) as shop:
            one, two = await shop.raised("Freezer"), await shop.raised("Window")
            await shop.after()
            later = await shop.raised("Later")
            db, message = shop.shop.reader, shop.rows()[0].id
            token = token_of(db, message)
            linked = read_link(db, token, shop.shop.now_us())
            assert linked and linked.person == DANA and [alert.id for alert in linked.waiting] == [one, two]
            assert later not in [alert.id for alert in linked.alerts]
            for wrong in ("", "x", f"{message + 1}-{token.partition('-')[2]}", f"{message}-{'0' * 24}", "9" * 12 + "-"):
                assert read_link(db, wrong, shop.shop.now_us()) is None
            assert read_link(db, token, shop.shop.now_us() + LIFE_US["see"]) is None, "after a week it is over"
            await shop.do(AcknowledgeAlert(one))
            again = read_link(db, token, shop.shop.now_us())
            assert again and [alert.id for alert in again.waiting] == [two]
            await shop.set_back()
            await shop.restart()
            assert read_link(db, token, shop.shop.now_us()) is None, "numbers of messages begin anew after a restore"

    run(scenario())


def test_what_a_message_carries_is_good_for_one_thing_each(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with telling(tmp_path) as shop:
            await shop.raised("Freezer")
            await shop.after()
            db, message, now_us = shop.shop.reader, shop.rows()[0].id, shop.shop.now_us()
            see, report, stop = (token_of(db, message, purpose) for purpose in ("see", "report", "stop"))
            (parcel,) = (parcel for _, parcel in shop.email.sent)
            assert parcel.token == report, "a service learns no more than it needs to report"
            assert [read_reported(db, one, now_us) for one in (see, report, stop)] == [None, message, None]
            assert [bool(read_link(db, one, now_us)) for one in (see, report, stop)] == [True, False, False]
            assert [read_stopped(db, one, now_us) for one in (see, report, stop)] == [None] * 3, "it is no digest"
            daily = msgspec.structs.replace(MAIL, digest_at="10:00")
            await shop.do(SetPreferences(DANA, daily))
            for seconds in (2 * HOUR_S, 23 * HOUR_S + 5 * MIN_S, 24 * HOUR_S, MIN_S):
                await shop.after(seconds)
            digest = next(row.id for row in shop.rows() if row.what == "digest")
            later = shop.shop.now_us()
            assert read_stopped(db, token_of(db, digest, "stop"), later) == DANA
            assert read_stopped(db, token_of(db, digest), later) is None
            await shop.do(SetUser(DANA, "Dana", "cashier"))
            assert read_link(db, see, later) is None, "rights are asked when it is used"
            assert read_stopped(db, token_of(db, digest, "stop"), later) == DANA, "what is theirs they may end"
            await shop.do(RetireUser(DANA))
            assert read_stopped(db, token_of(db, digest, "stop"), later) is None

    run(scenario())


def test_what_the_shops_app_at_meta_has_not_signed_is_refused() -> None:
    body, secret = b'{"entry":[]}', "app-secret"
    right = "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    assert is_signed(body, secret, right)
    for wrong in ("", "sha256=", right[:-1], right.upper(), "sha256=é"):
        assert not is_signed(body, secret, wrong)
    assert not is_signed(body + b" ", secret, right)
    assert not is_signed(body, "", "sha256=" + hmac.new(b"", body, hashlib.sha256).hexdigest()), "a secret that is gone"


def test_twilios_signature_is_that_of_its_own_example_and_of_no_other() -> None:
    # twilio.com/docs/usage/security, "Validating Signatures from Twilio": address, fields, token and signature
    address, token, right = "https://example.com/myapp.php?foo=1&bar=2", "12345", "L/OH5YylLD5NRKLltdqwSvS0BnU="
    body = b"Digits=1234&To=%2B18005551212&From=%2B14158675310&Caller=%2B14158675310&CallSid=CA1234567890ABCDE"
    assert is_signed_by_twilio(address, body, token, right)
    for wrong in ("", right[:-2], "é", right.lower()):
        assert not is_signed_by_twilio(address, body, token, wrong)
    assert not is_signed_by_twilio(address, body + b"&Digits=5", token, right)
    assert not is_signed_by_twilio("https://example.org/myapp.php?foo=1&bar=2", body, token, right)
    assert not is_signed_by_twilio(address, body, "12346", right)
    assert not is_signed_by_twilio(address, b"\xff", token, right)
    gone = base64.b64encode(hmac.new(b"", address.encode(), hashlib.sha1).digest()).decode()
    assert not is_signed_by_twilio(address, b"", "", gone), "a token that is gone"


def test_reports_as_services_write_them() -> None:
    (sent,) = of_sms("7-ab", b"MessageSid=SM1&MessageStatus=undelivered&ErrorCode=30005")
    assert (sent.state, sent.code) == ("failed", "30005")
    assert list(of_sms("7-ab", b"MessageStatus=queued")) == []
    status = '{"status":"%s","biz_opaque_callback_data":"7-ab"%s}'
    whole = '{"entry":[{"changes":[{"value":{"statuses":[%s]}}]}]}'
    (read,) = of_whatsapp((whole % status % ("read", "")).encode())
    assert (read.token, read.state) == ("7-ab", "delivered")
    (failed,) = of_whatsapp((whole % status % ("failed", ',"errors":[{"code":131026}]')).encode())
    assert (failed.state, failed.code) == ("failed", "131026")
    deep = b"[" * 50_000
    for odd in (b"", b"[]", b'{"entry":[1]}', b'{"entry":[{"changes":[{"value":[]}]}]}', b'{"entry":"\xff"}', deep):
        assert list(of_whatsapp(odd)) == []
    cut = status % ("read", ',"name":"Zoe \\ud83d"')
    (read,) = of_whatsapp((whole % cut).encode())
    assert read.state == "delivered"


def test_a_full_disk_is_told_of_from_memory(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with telling(tmp_path) as shop:
            shop.shop.why_read_only = "disk full"
            await shop.part.tell_unwritten()
            assert shop.email.sent == [], "a disk that is freed at once is no news"
            shop.clock.advance(11)
            shop.email.faults = [Undelivered("no_connection")]
            await shop.part.tell_unwritten()
            for _ in range(3):
                shop.clock.advance(61)
                await shop.part.tell_unwritten()
            assert shop.email.titles == ["Critical: Data can't be saved: disk full"], "once"
            assert shop.rows() == []
            shop.shop.why_read_only = None
            await shop.part.tell_unwritten()
            shop.shop.why_read_only = "disk full"
            await shop.part.tell_unwritten()
            shop.clock.advance(11)
            await shop.part.tell_unwritten()
            assert len(shop.email.sent) == 2, "the next time is another"
            shop.shop.why_read_only = None

    run(scenario())


def test_who_does_not_answer_is_left_alone_over_a_restart(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with telling(tmp_path) as shop:
            failing = Breakers()
            for _ in range(FAILURES):
                failing["smtp:mail.example"] = failing["smtp:mail.example"].record_failure(100.0)
            assert failing.changed
            now_us = shop.shop.now_us()
            saved = failing.breakers_to_save(110.0)
            await shop.shop.maintain(lambda db: breaker_store.keep(db, saved, now_us))
            assert not failing.changed

            def after(seconds: int) -> Breakers:
                return Breakers(breaker_store.load(shop.shop.reader, now_us + seconds * 1_000_000), 7.0)

            assert after(20)["smtp:mail.example"].left_s(7.0) == 30
            (one,) = (after(600)[name] for name in ("smtp:mail.example",))
            assert (one.left_s(7.0), one.state) == (0, "open"), "one trial then, as without a restart"
            assert one.record_call().record_failure(7.0).left_s(7.0) == 120
            assert after(-10_000)["smtp:mail.example"].left_s(7.0) == 60, (
                "a clock that was set back holds nobody longer"
            )
            assert after(20)["other"].left_s(7.0) == 0

    run(scenario())


def test_a_text_of_a_kind_that_someone_left_out(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with telling(tmp_path) as shop:
            await shop.do(SetPreferences(DANA, msgspec.structs.replace(MAIL, kinds_off=("rota",))))
            refused = await shop.shop.do(SendText(DANA, "email", "Rota", "", "rota"), SYSTEM)
            assert refused == Refused("kind_not_wanted", {"kind": "rota"})
            await shop.do(SendText(DANA, "email", "Rota", "", "other"))
            await shop.after()
            assert shop.email.titles == ["Rota"]
            assert read_alert(shop.shop.reader, 1) is None

    run(scenario())


def flags_of(shop: Telling) -> dict[str, str]:
    return dict(next(one.flagged for one in read_recipients(shop.shop.reader, "") if one.id == DANA))


def test_browsers_are_pushed_to_and_forgotten_when_they_are_gone(tmp_path: Path) -> None:
    async def scenario() -> None:
        both = msgspec.structs.replace(MAIL, enabled_channels=("push",), urgent_channels=("email",))
        async with (
            telling(tmp_path, **{DANA: both}) as shop,
            http_server() as service,
            OutgoingHttp(Breakers(), (HERE,), 2) as http,
        ):
            shop.add(PushChannel(http, shop.shop, "mailto:shop@corner.example", lambda: 1_800_000_000.0))
            await shop.restart()
            assert padless(public_bytes(key_of(read_push_key(shop.shop.reader)))) == push_key(shop.shop.reader)
            with_none = await shop.shop.do(SendTest(DANA, "push"), SYSTEM)
            assert with_none == Refused("no_address", {"channel": "push"})
            service.usual = (201, {}, "")
            for name in ("phone", "desk", "desk"):
                keys = (padless(public_bytes(new_key())), padless(b"a" * 16))
                await shop.do(AddBrowser(DANA, Browser(f"{service.url}/{name}", *keys)))
            await shop.raised("Freezer")
            await shop.after()
            assert sorted(asked.path for asked in service.asked) == ["/desk", "/phone"]
            asked = service.asked[0]
            assert (asked.headers["TTL"], asked.headers["Urgency"]) == ("14400", "high")
            assert asked.headers["Content-Encoding"] == "aes128gcm" and b"Freezer" not in asked.body
            service.next = [(410, {}, ""), (201, {}, "")]
            await shop.raised("Window")
            await shop.after(61)
            assert shop.states() == ["sent", "sent"]
            assert len(read_browsers(shop.shop.reader, DANA).browsers) == 1
            service.next = [(404, {}, "")]
            await shop.raised("Door")
            await shop.after(61)
            await shop.after()
            assert (shop.states()[2:], shop.email.titles) == (["failed", "sent"], ["High: Door"])
            assert read_browsers(shop.shop.reader, DANA).browsers == {}
            assert flags_of(shop) == {"push": "no_browser"}, "their page says so"
            again = Browser(f"{service.url}/new", padless(public_bytes(new_key())), padless(b"a" * 16))
            await shop.do(AddBrowser(DANA, again))
            assert flags_of(shop) == {}
            await shop.raised("Gate")
            await shop.after(61)
            assert service.asked[-1].path == "/new"
            await shop.do(ForgetPerson(DANA))
            assert shop.shop.reader.execute("SELECT count(*) FROM notify_browser").fetchone() == (0,)

    run(scenario())
