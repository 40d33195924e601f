"""Customers hear how far their orders are: by mail or a short message, once, not after two hours, not after a stop."""

from __future__ import annotations

from pathlib import Path

from edge.analytics.notify.links import read_reported
from edge.analytics.notify.service.part import NotificationsPart
from edge.core.command_bus import CommandBus
from edge.core.storage.database import Connection
from edge.foundation.outbox.letters import about_of, letters_of, queue_letter
from edge.foundation.outbox.service.channels.sender import Parcel
from edge.ordering.orders.commands import (
    CancelOrder,
    ChangeOrder,
    HandOverOrder,
    LineWanted,
    MoveOrder,
    PlaceOrder,
    StopOrderNews,
)
from edge.ordering.orders.customers.order_news import NewsLetter, is_quiet
from edge.people.customers.commands import SetCustomer
from edge.runtime.config import load
from edge.runtime.outgoing.breaker import Breakers
from edge.runtime.outgoing.faults import MaybeSent, Undelivered
from edge.runtime.outgoing.http_client import OutgoingHttp
from tests.ordering import CARD, STAFF, do, milk_cart, milk_order
from tests.shop_fixture import CASHIER, CONFIG, FakeClock, open_shop, run

GUEST = {"name": "Dana", "phone": "01 23 45 67 89"}


class Channel:
    """Keeps what it was given; `faults` come first."""

    repeats, marks_end = False, False

    def __init__(self, name: str, *faults: Exception) -> None:
        self.name = name
        self.faults = list(faults)
        self.sent: list[tuple[str, str]] = []
        self.tokens: list[str] = []

    async def send(self, parcel: Parcel, to: str) -> str:
        if self.faults:
            raise self.faults.pop(0)
        self.sent.append((to, parcel.title))
        self.tokens.append(parcel.token)
        return ""


class Telling:
    """The part that sends, on these channels."""

    def __init__(self, folder: Path, shop: CommandBus, *channels: Channel) -> None:
        file = folder / "news.toml"
        file.write_text(CONFIG, encoding="utf-8")
        self._names = [one.name for one in channels]
        self._part = NotificationsPart(load(file), shop, {one.name: one for one in channels}, lambda: 0.5)

    async def __aenter__(self) -> Telling:
        breakers = Breakers()
        await self._part.begin(OutgoingHttp(breakers), breakers)
        return self

    async def __aexit__(self, *error: object) -> None:
        self._part.close()

    async def send_due(self) -> int:
        """Send what is due; how many were tried."""
        await self._part.plan()
        return sum([await self._part.dispatch(name) for name in self._names])


def states(shop: CommandBus) -> list[tuple[str, str, str]]:
    """What became of news, but of what was not to be told any more."""
    return [
        (about_of(one, NewsLetter).step, one.state, one.why)
        for one in letters_of(shop.reader, "order:")
        if one.state != "suppressed"
    ]


def test_a_guest_with_a_phone_hears_what_matters_and_nobody_else_does(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path, FakeClock()) as shop:
            sms = Channel("sms")
            async with Telling(tmp_path, shop, sms) as telling:
                order = await milk_order(shop, language="fr", **GUEST)
                await milk_order(shop)
                await do(shop, MoveOrder(order.id, "accepted"), STAFF)
                assert await telling.send_due() == 1
                for to in ("preparing", "ready"):
                    await do(shop, MoveOrder(order.id, to), STAFF)
                assert await telling.send_due() == 1
                assert [to for to, _ in sms.sent] == ["+33123456789"] * 2
                reported = [read_reported(shop.reader, token, shop.now_us()) for token in sms.tokens]
                assert reported == [one.id for one in letters_of(shop.reader, "order:") if one.state == "sent"]
                assert "K01" in sms.sent[1][1] and "attend" in sms.sent[1][1]
                assert await telling.send_due() == 0, "once each"
                await do(shop, StopOrderNews(order.secret))
                await do(shop, CancelOrder(order.id, "late"), STAFF)
                assert await telling.send_due() == 0

    run(scenario())


def test_news_that_have_no_way_stand_before_none_that_have(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path, FakeClock()) as shop:
            sms = Channel("sms")
            async with Telling(tmp_path, shop, sms) as telling:

                def without_a_way(db: Connection) -> None:
                    for number in range(300):
                        id = f"gone{number}"
                        news = NewsLetter(id, "ready")
                        queue_letter(db, "order", f"order:{id}:ready:1", f"order:{id}", "", news, shop.now_us())

                await shop.maintain(without_a_way)
                order = await milk_order(shop, **GUEST)
                await do(shop, MoveOrder(order.id, "accepted"), STAFF)
                await telling.send_due()
                assert [to for to, _ in sms.sent] == ["+33123456789"]

    run(scenario())


def test_no_one_hears_of_steps_that_are_over(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path, FakeClock()) as shop:
            order = await milk_order(shop, **GUEST)
            await do(shop, HandOverOrder(order.id, CARD), STAFF)
            assert states(shop) == [], "they have it"
            order = await milk_order(shop, **GUEST)
            for to in ("accepted", "preparing", "ready"):
                await do(shop, MoveOrder(order.id, to), STAFF)
            assert states(shop) == [("ready", "queued", "")]
            await do(shop, HandOverOrder(order.id, CARD), STAFF)
            assert states(shop) == []

    run(scenario())


def test_a_customer_hears_by_mail_of_what_is_missing(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path, FakeClock()) as shop:
            mail, sms = Channel("email"), Channel("sms")
            async with Telling(tmp_path, shop, mail, sms) as telling:
                who = await do(
                    shop, SetCustomer(name="Dana", email="dana@example.org"), CASHIER.with_rights("customers.write")
                )
                cart = await milk_cart(shop, channel="api")
                order = await do(shop, PlaceOrder(cart.id, cart.total_minor, customer=who), STAFF)
                await do(shop, ChangeOrder(order.id, (LineWanted(1, 1000),)), STAFF)
                await telling.send_due()
                assert [to for to, _ in mail.sent] == ["dana@example.org"] and not sms.sent

    run(scenario())


def test_what_fails_is_tried_again_while_it_is_worth_it(tmp_path: Path) -> None:
    async def scenario() -> None:
        clock = FakeClock()
        async with open_shop(tmp_path, clock) as shop:
            off = Channel("sms", Undelivered("unreachable"), Undelivered("no_such_number", permanent=True), MaybeSent())
            async with Telling(tmp_path, shop, off) as telling:
                order = await milk_order(shop, **GUEST)
                await do(shop, MoveOrder(order.id, "accepted"), STAFF)
                await telling.send_due()
                assert states(shop) == [("accepted", "queued", "unreachable")]
                clock.advance(3600)
                await telling.send_due()
                assert states(shop) == [("accepted", "failed", "no_such_number")]
                await do(shop, MoveOrder(order.id, "preparing"), STAFF)
                await do(shop, MoveOrder(order.id, "ready"), STAFF)
                await telling.send_due()
                assert states(shop)[1:] == [("ready", "unknown", "no_answer")], "never twice"
                await do(shop, CancelOrder(order.id), STAFF)
                clock.advance(2 * 3600 + 1)
                await telling.send_due()
                assert states(shop)[2:] == [("cancelled", "failed", "life_over")]

    run(scenario())


class Stopping(Channel):
    """While it tries, the customer says that they want no more."""

    def __init__(self, shop: CommandBus, secret: str) -> None:
        super().__init__("sms")
        self.shop, self.secret = shop, secret

    async def send(self, parcel: Parcel, to: str) -> str:
        await do(self.shop, StopOrderNews(self.secret))
        raise Undelivered("unreachable")


def test_a_stop_while_one_is_on_its_way_is_kept_as_long_as_the_order_is_open(tmp_path: Path) -> None:
    async def scenario() -> None:
        clock = FakeClock()
        async with open_shop(tmp_path, clock) as shop:
            order = await milk_order(shop, **GUEST)
            async with Telling(tmp_path, shop, Stopping(shop, order.secret)) as telling:
                await do(shop, MoveOrder(order.id, "accepted"), STAFF)
                await telling.send_due()
                clock.advance(3600)
                assert await telling.send_due() == 0, "not once more"
                await do(shop, MoveOrder(order.id, "preparing"), STAFF)
                await do(shop, MoveOrder(order.id, "ready"), STAFF)
                assert await telling.send_due() == 0, "nor of what comes then"
                assert is_quiet(shop.reader, order.id)
                await do(shop, CancelOrder(order.id), STAFF)
                other = await milk_order(shop, **GUEST)
                await do(shop, StopOrderNews(other.secret))
                assert not is_quiet(shop.reader, order.id), "kept no longer than the order is open"

    run(scenario())


def test_without_a_channel_news_waits_until_its_time_is_over(tmp_path: Path) -> None:
    async def scenario() -> None:
        clock = FakeClock()
        async with open_shop(tmp_path, clock) as shop:
            order = await milk_order(shop, **GUEST)
            async with Telling(tmp_path, shop) as bare:
                await do(shop, MoveOrder(order.id, "accepted"), STAFF)
                await bare.send_due()
                assert states(shop) == [("accepted", "queued", "")]
            clock.advance(3600)
            sms = Channel("sms")
            async with Telling(tmp_path, shop, sms) as telling:
                await telling.send_due()
            assert len(sms.sent) == 1
            async with Telling(tmp_path, shop) as bare:
                await do(shop, MoveOrder(order.id, "preparing"), STAFF)
                await do(shop, MoveOrder(order.id, "ready"), STAFF)
                await bare.send_due()
                clock.advance(2 * 3600 + 1)
                await bare.send_due()
            assert states(shop)[1:] == [("ready", "failed", "no_address")]

    run(scenario())
