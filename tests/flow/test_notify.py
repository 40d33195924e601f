"""Telling people: who is told what, together or alone, when not, what becomes of it, and what is never told twice."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import msgspec

from edge.core.command_bus import CommandBus
from edge.core.messages import Actor, Command, Done, Refused
from edge.core.people.forgetting import ForgetPerson
from edge.services.notifications.channels.parcel import Parcel
from edge.services.notifications.part import NotificationsPart
from edge.services.outgoing.breaker import Breakers
from edge.services.outgoing.calls import OutgoingHttp
from edge.services.outgoing.faults import MaybeSent, Undelivered
from edge.shop.access.commands import SetUser
from edge.shop.access.pin import hash_pin
from edge.shop.access.rights import system
from edge.shop.alerts.commands import AcknowledgeAlert, LapseAcknowledgement, RaiseAlert, ResolveAlert, SendAlert
from edge.shop.notify.commands import RetryMessage, SendTest, SendText, SetPreferences, SwitchChannel
from edge.shop.notify.handlers import set_back
from edge.shop.notify.outbox import Message, newest
from edge.shop.notify.people import read_channels
from edge.shop.notify.preferences import Preferences
from tests.shop_fixture import SYSTEM, FakeClock, config, open_shop, run

DANA, OMER = "u1", "u2"
MIN_S = 60
HOUR_S = 3600
PIN = hash_pin("864209")
OTHER_PIN = hash_pin("753108")
MAIL = Preferences(email="dana@example.com", enabled_channels=("email",))


class Heard:
    """A channel that keeps what it is given, and fails as a test says."""

    repeats = False

    def __init__(self, name: str) -> None:
        self.name = name
        self.sent: list[tuple[str, Parcel]] = []
        self.faults: list[Undelivered | MaybeSent] = []

    async def send(self, parcel: Parcel, to: str) -> str:
        if self.faults:
            raise self.faults.pop(0)
        self.sent.append((to, parcel))
        return f"id {len(self.sent)}"

    @property
    def titles(self) -> list[str]:
        return [parcel.title.removesuffix(" · Corner Shop") for _, parcel in self.sent]


class Telling:
    """A shop with its channels, by a clock that a test moves."""

    def __init__(self, shop: CommandBus, clock: FakeClock, folder: Path) -> None:
        self.shop, self.clock = shop, clock
        self.email, self.sms, self.slack = Heard("email"), Heard("sms"), Heard("slack")
        self._folder = folder
        self.part = self._made()

    def _made(self) -> NotificationsPart:
        made = {one.name: one for one in (self.email, self.sms, self.slack)}
        return NotificationsPart(config(self._folder), self.shop, made, lambda: 0.5)

    async def begin(self) -> None:
        async with OutgoingHttp(Breakers()) as http:
            await self.part.begin(http, Breakers())

    async def restart(self) -> None:
        self.part.close()
        self.part = self._made()
        await self.begin()

    async def do(self, command: Command, actor: Actor = SYSTEM) -> Any:
        done = await self.shop.do(command, actor)
        assert isinstance(done, Done), done
        return done.result

    async def after(self, seconds: float = 3) -> None:
        """So much later, and all that follows done."""
        self.clock.advance(seconds)
        await self.part.plan()
        for name in ("email", "sms", "slack"):
            await self.part.dispatch(name)

    async def raised(self, subject: str, severity: Any = "high", **more: Any) -> int:
        return int(await self.do(RaiseAlert("message", subject, severity, {"title": subject}, **more)))

    def rows(self) -> list[Message]:
        return sorted(newest(self.shop.reader, 200), key=lambda row: row.id)

    def states(self) -> list[str]:
        return [row.state for row in self.rows()]


@asynccontextmanager
async def telling(folder: Path, **people: Preferences) -> AsyncIterator[Telling]:
    clock = FakeClock(1_800_000_000_000_000)  # Friday, 15 January 2027, 09:00 in Paris
    async with open_shop(folder, clock, stocked=False) as shop:
        one = Telling(shop, clock, folder)
        await one.do(SetUser(DANA, "Dana", "manager", PIN))
        await one.do(SetUser(OMER, "Omer", "manager", OTHER_PIN))
        for user, prefs in (people or {DANA: MAIL}).items():
            await one.do(SetPreferences(user, prefs))
        await one.begin()
        try:
            yield one
        finally:
            one.part.close()


def test_from_an_alert_to_its_end_and_nothing_twice(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with telling(tmp_path) as shop:
            alert = await shop.raised("Freezer")
            await shop.after(1)
            assert shop.email.sent == [], "what comes within two seconds joins it"
            await shop.after(2)
            assert shop.email.titles == ["High: Freezer"]
            assert shop.email.sent[0][0] == "dana@example.com"
            for _ in range(3):
                await shop.after(HOUR_S)
            await shop.restart()
            await shop.after()
            assert len(shop.email.sent) == 1, "not again by time, nor by a restart"
            await shop.do(RaiseAlert("message", "Freezer", "critical", {"title": "Freezer"}))
            await shop.after(0)
            assert shop.email.titles[1:] == ["Worse, Critical: Freezer"]
            assert not shop.email.sent[1][1].first and shop.email.sent[1][1].thread == f"alert {alert}"
            await shop.do(ResolveAlert(alert))
            await shop.after()
            assert shop.email.titles[2:] == ["Over: Freezer"]
            assert set(shop.states()) == {"sent"}

    run(scenario())


def test_what_comes_together_goes_as_one(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with telling(tmp_path) as shop:
            for number in range(500):
                await shop.raised(f"Thing {number}")
            await shop.after()
            assert shop.email.titles == ["500 alerts"] and "and 480 more" in shop.email.sent[0][1].text
            await shop.raised("Later 1")
            await shop.raised("Later 2", "critical")
            await shop.after(10)
            assert shop.email.titles[1:] == ["Critical: Later 2"], "critical ones neither wait nor join"
            await shop.raised("Later 3")
            await shop.after(61)
            assert shop.email.titles[2:] == ["2 alerts"]

    run(scenario())


def test_ten_an_hour_and_then_one(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with telling(tmp_path) as shop:
            for number in range(14):
                await shop.raised(f"Thing {number}")
                await shop.after(120)
            assert len(shop.email.sent) == 10
            await shop.after(31 * MIN_S)
            assert len(shop.email.sent) == 10
            await shop.after(5 * MIN_S)
            assert shop.email.titles[10:] == ["4 alerts"]

    run(scenario())


def test_quiet_hours_hold_back_all_but_what_is_critical(tmp_path: Path) -> None:
    async def scenario() -> None:
        quiet = {"quiet_hours_enabled": True, "quiet_hours_start": "08:00", "quiet_hours_end": "10:00"}
        async with telling(tmp_path, **{DANA: msgspec.structs.replace(MAIL, **quiet)}) as shop:
            gone = await shop.raised("Gone by then")
            await shop.raised("Freezer")
            await shop.after()
            fire = await shop.raised("Fire", "critical")
            await shop.after()
            assert shop.email.titles == ["Critical: Fire"]
            await shop.do(AcknowledgeAlert(fire))
            await shop.do(ResolveAlert(gone))
            await shop.after(58 * MIN_S)
            assert len(shop.email.sent) == 1
            await shop.after(3 * MIN_S)
            assert shop.email.titles[1:] == ["High: Freezer"] and "1 more came and went" in shop.email.sent[1][1].text

    run(scenario())


def test_what_nobody_sees_to_goes_up_the_ladder(tmp_path: Path) -> None:
    async def scenario() -> None:
        both = msgspec.structs.replace(MAIL, phone="+972541234567", urgent_channels=("sms",), order=1)
        second = Preferences(
            slack_webhook="https://hooks.slack.example/x",
            enabled_channels=("slack",),
            min_severity="high",
            notify_on_critical=False,
        )
        async with telling(tmp_path, **{DANA: both, OMER: second}) as shop:
            alert = await shop.raised("Fire", "critical")
            await shop.after(1)
            heard = lambda: (len(shop.email.sent), len(shop.sms.sent), len(shop.slack.sent))  # noqa: E731
            assert heard() == (1, 0, 0)
            await shop.after(9 * MIN_S)
            assert heard() == (1, 0, 0)
            await shop.after(MIN_S)
            assert heard() == (1, 1, 0), "the next channel of the same person"
            await shop.after(10 * MIN_S)
            assert heard() == (1, 1, 1), "then the next person"
            await shop.after(29 * MIN_S)
            assert heard() == (1, 1, 1)
            await shop.after(2 * MIN_S)
            assert heard() == (1, 2, 1), "half an hour behind the last step it begins anew"
            await shop.do(AcknowledgeAlert(alert), Actor(DANA, "panel", "1", system().rights))
            await shop.after()
            assert shop.slack.titles[1:] == ["Dana sees to it: Fire"]
            await shop.after(HOUR_S)
            assert heard() == (1, 2, 2)
            await shop.do(LapseAcknowledgement(alert))
            await shop.after()
            assert shop.email.titles[1:] == ["Still so, Critical: Fire (since 2027-01-15 09:00)"]

    run(scenario())


def test_a_cause_holds_back_its_consequence_until_it_is_over(tmp_path: Path) -> None:
    async def scenario() -> None:
        wants = msgspec.structs.replace(MAIL, min_severity="info")
        async with telling(tmp_path, **{DANA: wants}) as shop:
            late = RaiseAlert("sync_late", "", "medium", {"rows": 5}, causes=("offline",))
            await shop.do(late)
            await shop.after(10)
            assert shop.email.sent == [], "its cause may only be noticed after it"
            down = await shop.do(RaiseAlert("offline", "", "medium"))
            await shop.after(40)
            assert shop.email.titles == ["Medium: The line to head office is down"]
            await shop.after(HOUR_S)
            await shop.do(ResolveAlert(down))
            await shop.after(4 * MIN_S)
            assert len(shop.email.sent) == 2, "only that it is over"
            await shop.after(2 * MIN_S)
            await shop.after()
            assert shop.email.titles[2:] == ["Medium: Head office lacks 5 entries, for more than an hour"]

    run(scenario())


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

            shop.email.faults = [Undelivered("refused", "550 5.1.1", permanent=True)]
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
            assert shop.email.titles == ["Over: Freezer"], "who was perhaps told is told of the end"

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


def test_a_wrong_password_is_said_once_and_mended(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with telling(tmp_path) as shop:
            wrong = Undelivered("wrong_password", permanent=True, credentials=True)
            shop.email.faults = [wrong]
            await shop.raised("Freezer")
            await shop.after()
            (channel,) = [one for one in read_channels(shop.shop.reader) if one.name == "email"]
            (watch,) = [one for one in shop.shop.registry.watches.values() if one.kind == "channel_failed"]
            (condition,) = watch.read(shop.shop.reader, shop.clock.at_us, "")
            assert channel.fault == condition.values["why"] == "wrong_password"
            await shop.after(16 * MIN_S)
            assert shop.states() == ["sent"] and list(watch.read(shop.shop.reader, shop.clock.at_us, "")) == []

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
            await shop.shop.maintain(set_back)
            await shop.after()
            await shop.after(HOUR_S)
            assert shop.email.titles[1:] == ["2 alerts are open, perhaps told before"]

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
