"""What becomes of messages that could not be delivered, and of those of whom they were for."""

from __future__ import annotations

from pathlib import Path

import msgspec

from edge.analytics.notify.commands import RetryMessage, SendTest, SendText, SetPreferences, SwitchChannel
from edge.analytics.notify.recipients import read_channels
from edge.core.messages import Actor, Done, Refused
from edge.core.people.forgetting import ForgetPerson
from edge.foundation.access.commands import SetUser
from edge.foundation.alerts.commands import AcknowledgeAlert, ResolveAlert, SendAlert
from edge.foundation.outbox.service.channels.printer import PrinterChannel
from edge.foundation.outbox.service.channels.sender import Parcel
from edge.foundation.printing.layout import plain_text
from edge.foundation.printing.queries import read_print_job
from edge.runtime.outgoing.faults import MaybeSent, Undelivered
from tests.notify_fixture import DANA, HOUR_S, MAIL, MIN_S, OMER, PIN, telling
from tests.shop_fixture import CONFIG, SYSTEM, answered, question_of, run


def test_what_fails_is_tried_again_and_what_is_refused_goes_another_way(tmp_path: Path) -> None:
    async def scenario() -> None:
        both = msgspec.structs.replace(MAIL, phone="+972541234567", urgent_channels=("sms",))
        async with telling(tmp_path, **{DANA: both}) as shop:
            shop.email.faults = [Undelivered("no_connection"), Undelivered("told_to_wait", after_s=60.0)]
            await shop.raised("Freezer")
            await shop.after()
            (row,) = shop.rows()
            assert (row.state, row.tries, row.why) == ("queued", 1, "no_connection")
            await shop.after(4)
            assert shop.rows()[0].tries == 1
            await shop.after(2)
            assert shop.rows()[0].tries == 2
            await shop.after(59)
            assert shop.email.sent == []
            await shop.after(2)
            assert (shop.states(), len(shop.email.sent)) == (["sent"], 1)

            shop.email.faults = [Undelivered("refused", "550 5.7.1", permanent=True)]
            await shop.raised("Window")
            await shop.after(61)
            await shop.after()
            assert (shop.states()[1:], shop.sms.titles) == (["failed", "sent"], ["High: Window"])
            await shop.do(RetryMessage(shop.rows()[1].id))
            await shop.after()
            assert shop.states()[1:] == ["sent", "sent"]

    run(scenario())


def test_a_message_is_worth_telling_for_a_day(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with telling(tmp_path) as shop:
            await shop.raised("Freezer")
            for _ in range(200):
                shop.email.faults = [Undelivered("no_connection")]
                await shop.after(15 * MIN_S)
            (row,) = shop.rows()
            assert (row.state, row.why) == ("failed", "life_over") and 80 < row.tries < 110

    run(scenario())


def test_a_shop_that_wants_nothing_tried_again_finds_it_among_what_failed(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with telling(tmp_path, CONFIG + "\n[notify]\nretry = false\n") as shop:
            shop.email.faults = [Undelivered("no_connection")]
            await shop.raised("Freezer")
            await shop.after()
            await shop.after(HOUR_S)
            (row,) = shop.rows()
            assert (row.state, row.why, row.tries, shop.email.sent) == ("failed", "no_connection", 1, [])
            await shop.do(RetryMessage(row.id))
            await shop.after()
            assert (shop.states(), shop.email.titles) == (["sent"], ["High: Freezer"])

    run(scenario())


def test_an_answer_that_got_lost_is_not_known_and_not_repeated(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with telling(tmp_path) as shop:
            shop.email.faults = [MaybeSent("cut")]
            alert = await shop.raised("Freezer")
            await shop.after()
            await shop.after(HOUR_S)
            assert shop.states() == ["unknown"] and shop.email.sent == []
            await shop.do(ResolveAlert(alert))
            await shop.after()
            assert shop.email.titles == ["Resolved: Freezer"], "who was perhaps told is told of the end"

    run(scenario())


def test_a_fault_of_one_message_holds_up_no_other(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with telling(tmp_path) as shop:
            shop.email.faults = [UnicodeEncodeError("ascii", "é", 0, 1, "ordinal not in range(128)")]
            await shop.raised("Freezer")
            await shop.after()
            assert [(row.state, row.detail) for row in shop.rows()] == [("unknown", "UnicodeEncodeError")]
            await shop.raised("Window")
            await shop.after(61)
            assert shop.email.titles == ["High: Window"]

    run(scenario())


def test_an_alert_on_paper(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with telling(tmp_path) as shop:
            parcel = Parcel(
                key="1", title="Fire", paragraphs=("Leave.",), severity="critical", what="raised", language="en"
            )
            await PrinterChannel(shop.shop, "receipt printer", {}).send(parcel, "printer")
            row = shop.shop.reader.execute("SELECT id FROM print_job WHERE kind = 'alert'").fetchone()
            job = read_print_job(shop.shop.reader, row[0])
            assert job and {"Fire", "Leave."} <= set(plain_text(job.document).split())

    run(scenario())


def test_what_was_cut_off_in_the_middle_is_not_known(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with telling(tmp_path) as shop:
            await shop.raised("Freezer")
            await shop.part.plan()
            await shop.shop.maintain(lambda db: db.execute("UPDATE notify_message SET state = 'sending'"))
            await shop.restart()
            await shop.after()
            assert [(row.state, row.why) for row in shop.rows()] == [("unknown", "cut_off")] and shop.email.sent == []

    run(scenario())


def test_a_wrong_password_is_said_once_and_tried_again_once_it_is_mended(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with telling(tmp_path) as shop:
            wrong = Undelivered("wrong_password", permanent=True, credentials=True)
            shop.email.faults = [wrong, wrong]
            await shop.raised("Freezer")
            await shop.after()
            (channel,) = [one for one in read_channels(shop.shop.reader) if one.name == "email"]
            (watch,) = [one for one in shop.shop.registry.watches.values() if one.kind == "channel_failed"]
            (condition,) = watch.read(shop.shop.reader, shop.clock.at_us, "")
            assert channel.fault == condition.values["why"] == "wrong_password"
            for n in range(11):
                await shop.raised(f"Fridge {n}")
                await shop.after(HOUR_S)
            assert len(shop.email.faults) == 1, "nobody tries a password that was refused again and again"
            await shop.restart()  # as another password does
            await shop.after()
            assert shop.email.faults == [] and set(shop.states()) == {"queued"}
            await shop.restart()
            await shop.after()
            assert set(shop.states()) == {"sent"} and list(watch.read(shop.shop.reader, shop.clock.at_us, "")) == []

    run(scenario())


def test_what_waits_for_a_right_password_does_so_until_it_is_worth_nothing(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with telling(tmp_path) as shop:
            wrong = Undelivered("wrong_password", permanent=True, credentials=True)
            shop.email.faults = [wrong, wrong]
            await shop.raised("Freezer")
            await shop.after()
            await shop.raised("Fridge")
            await shop.after(23 * HOUR_S)
            assert shop.states() == ["queued", "queued"]
            await shop.after(2 * HOUR_S)
            await shop.after(HOUR_S)
            assert len(shop.email.faults) < 2 and "sent" not in shop.states()

    run(scenario())


def test_what_is_over_or_seen_to_before_it_went_is_not_told(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with telling(tmp_path) as shop:
            one, two = await shop.raised("One"), await shop.raised("Two")
            await shop.part.plan()
            await shop.do(ResolveAlert(one))
            await shop.do(AcknowledgeAlert(two))
            await shop.after()
            await shop.after(HOUR_S / 2)
            assert shop.email.sent == [] and shop.states() == ["suppressed", "suppressed"]

    run(scenario())


def test_who_is_forgotten_is_told_nothing_and_leaves_nothing(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with telling(
            tmp_path, **{DANA: MAIL, OMER: msgspec.structs.replace(MAIL, email="omer@example.com")}
        ) as shop:
            await shop.raised("Freezer")
            await shop.part.plan()
            assert isinstance(await shop.shop.do(ForgetPerson(OMER), SYSTEM), Done)
            await shop.after()
            assert [to for to, _ in shop.email.sent] == ["dana@example.com"]
            left = shop.shop.reader.execute("SELECT person FROM notify_person").fetchall()
            assert left == [(DANA,)]
            assert b"dana@example" not in (tmp_path / "data" / "ledger.db").read_bytes()

    run(scenario())


def test_after_a_restore_one_message_says_what_is_open(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with telling(tmp_path) as shop:
            await shop.raised("One")
            await shop.after()
            await shop.raised("Two")
            await shop.part.plan()
            await shop.set_back()
            await shop.after()
            await shop.after(MIN_S)
            await shop.raised("Three, which the backup does not know")
            await shop.after(MIN_S)
            await shop.raised("Four", "critical")
            await shop.after(HOUR_S)
            await shop.after()
            assert shop.email.titles[1:] == ["4 open alerts; you may have seen some already"]

    run(scenario())


def test_after_a_restore_of_a_copy_without_any_alert_nothing_is_told_as_new(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with telling(tmp_path) as shop:
            await shop.set_back()
            await shop.after()
            for subject in ("One, which the copy does not know", "Two"):
                await shop.raised(subject)
            await shop.after(MIN_S)
            await shop.after(HOUR_S)
            await shop.after()
            assert shop.email.titles == ["2 open alerts; you may have seen some already"]

    run(scenario())


def test_a_digest_a_day_of_what_is_still_open(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with telling(tmp_path, **{DANA: msgspec.structs.replace(MAIL, digest_at="10:00")}) as shop:
            await shop.raised("Freezer")
            await shop.after(2 * HOUR_S)
            await shop.after(23 * HOUR_S + 5 * MIN_S)
            assert len(shop.email.sent) == 1, "told less than a day ago"
            await shop.after(24 * HOUR_S)
            await shop.after(MIN_S)
            assert shop.email.titles[1:] == ["Still open: 1"]

    run(scenario())


def test_a_digest_tells_who_does_not_manage_only_of_what_they_were_told(tmp_path: Path) -> None:
    async def scenario() -> None:
        daily = msgspec.structs.replace(MAIL, digest_at="10:00")
        cashier = msgspec.structs.replace(daily, email="omer@example.com")
        async with telling(tmp_path, **{DANA: daily, OMER: cashier}) as shop:
            await shop.do(SetUser(OMER, "Omer", "cashier", PIN))
            await shop.raised("Takings")

            async def days(count: int) -> None:
                for _ in range(count):
                    await shop.after(24 * HOUR_S)
                    await shop.after(MIN_S)

            def to_omer() -> list[str]:
                return [parcel.text for to, parcel in shop.email.sent if to == cashier.email]

            await shop.after(65 * MIN_S)
            await days(2)
            assert len(shop.email.sent) > 1 and to_omer() == [], "he may not read of the shop's alerts"
            await shop.do(SendAlert("Bring the keys", "", "high", people=(OMER,)))
            await shop.after()
            await days(2)
            _, *digests = to_omer()
            assert digests and all("Bring the keys" in text and "Takings" not in text for text in digests)

    run(scenario())


def test_tests_texts_and_who_may_send_them(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with telling(tmp_path) as shop:
            await shop.do(SendTest(DANA, "email"))
            await shop.do(SendText(DANA, "email", "Rota", "You open tomorrow."))
            await shop.after(0)
            assert shop.email.titles == ["Test", "Rota"]
            cashier = Actor("cashier", "cashier", "1", frozenset({"sell"}))
            refused = await shop.shop.do(SetPreferences(DANA, MAIL), cashier)
            assert isinstance(refused, Refused) and refused.code == "right_denied"
            own = Actor(DANA, "cashier", "1", frozenset({"sell"}))
            await shop.do(SetPreferences(DANA, msgspec.structs.replace(MAIL, language="he")), own)
            assert await shop.shop.do(SendTest(OMER, "email"), SYSTEM) == Refused("no_address", {"channel": "email"})
            assert await shop.shop.do(SendTest(DANA, "printer"), SYSTEM) == Refused(
                "channel_not_there", {"channel": "printer"}
            )
            await shop.do(SwitchChannel("email", False))
            assert await shop.shop.do(SendTest(DANA, "email"), SYSTEM) == Refused(
                "channel_not_there", {"channel": "email"}
            )
            await shop.do(SwitchChannel("email", True))
            await shop.do(SendAlert("For Dana", "", "low", people=(DANA,)))
            await shop.after()
            assert shop.email.titles[2] == "נמוכה: \u2068For Dana\u2069", "named, and in her language"

    run(scenario())


def test_sixty_texts_an_hour_a_caller(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with telling(tmp_path) as shop:
            program, other = (Actor(f"key:{name}", "panel", "1", SYSTEM.rights) for name in ("rota", "till"))
            for number in range(60):
                assert isinstance(await shop.shop.do(SendText(DANA, "email", str(number)), program), Done)
            assert await shop.shop.do(SendText(DANA, "email", "61"), program) == Refused(
                "too_many_messages", {"limit": 60}
            )
            assert isinstance(await shop.shop.do(SendText(DANA, "email", "1"), other), Done), "each has its own sixty"

    run(scenario())


def test_a_dead_letter_of_what_is_over_asks_first(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with telling(tmp_path) as shop:
            shop.email.faults = [Undelivered("refused", permanent=True)]
            alert = await shop.raised("Freezer")
            await shop.after()
            (row,) = (one for one in shop.rows() if one.state == "failed")
            await shop.do(ResolveAlert(alert))
            asked = await shop.shop.do(RetryMessage(row.id), SYSTEM)
            assert question_of(asked) == Refused("confirm_tell_over", {"id": alert}) and shop.email.sent == []
            await answered(shop.shop, RetryMessage(row.id), SYSTEM)
            await shop.after()
            assert shop.email.titles == ["Resolved: Freezer"]

    run(scenario())
