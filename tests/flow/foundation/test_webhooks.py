"""Webhooks against a real server that accepts, fails, hangs up and wants no more: each fact in order, signed."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import msgspec
import pytest

from edge.core.command_bus import CommandBus
from edge.foundation.access.rights import system
from edge.foundation.webhooks import webhook_state
from edge.foundation.webhooks.commands import SetWebhook
from edge.foundation.webhooks.service.part import WebhooksPart
from edge.foundation.webhooks.service.signing import formatted_secret, secret_name
from edge.foundation.webhooks.webhook_state import Webhook, read_webhooks
from edge.goods.catalog.commands import SetProducts
from edge.goods.catalog.product import Product
from edge.runtime.outgoing.breaker import FAILURES, Breakers
from edge.runtime.outgoing.faults import Undelivered
from edge.runtime.outgoing.http_client import OutgoingHttp
from edge.runtime.secrets import secrets_of
from tests.outgoing import HERE, Answers, Asked, http_server
from tests.shop_fixture import CONFIG, FakeClock, config, done, open_shop, run
from tests.sync_doubles import until

ID = "00112233445566ff"
KEY = b"k" * 32
TEXT = CONFIG + f'\n[notify]\nallow = ["{HERE}"]\n'


@dataclass
class Told:
    """A shop with one hook, the server behind it, and the part, which the test turns by hand."""

    shop: CommandBus
    clock: FakeClock
    server: Answers
    part: WebhooksPart

    @property
    def hook(self) -> Webhook:
        return read_webhooks(self.shop.reader)[0]

    async def sells(self, *names: str) -> None:
        for name in names:
            await done(self.shop, SetProducts((Product(name, {"en": name}),)), system())

    async def turn(self) -> None:
        while await self.part.send_due():
            pass

    def later(self) -> None:
        self.clock.advance(1_000)


@asynccontextmanager
async def told(folder: Path, text: str = TEXT) -> AsyncIterator[Told]:
    clock = FakeClock()
    async with http_server() as server, open_shop(folder, clock, text=text) as shop:
        made = config(folder, text)
        secrets_of(made.folder).set(secret_name(ID), formatted_secret(KEY))
        await done(shop, SetWebhook(ID, server.url + "/hook", ("ProductSet", "PriceChanged")), system())
        part = WebhooksPart(made, shop, luck=lambda: 0.5)
        async with part:
            yield Told(shop, clock, server, part)


def names(server: Answers) -> list[str]:
    return [msgspec.json.decode(one.body)["body"]["product"]["sku"] for one in server.asked]


def is_ours(asked: Asked) -> bool:
    """As a receiver finds out by Standard Webhooks."""
    id, at = asked.headers["webhook-id"], asked.headers["webhook-timestamp"]
    mac = hmac.new(KEY, f"{id}.{at}.".encode() + asked.body, hashlib.sha256).digest()
    return asked.headers["webhook-signature"] == "v1," + base64.b64encode(mac).decode()


def test_each_fact_behind_its_hook_is_told_once_in_order_and_signed(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with told(tmp_path) as at:
            await at.sells("one", "two", "three")
            await at.turn()
            await at.turn()
            assert names(at.server) == ["one", "two", "three"]
            assert all(is_ours(one) for one in at.server.asked)
            assert len({one.headers["Idempotency-Key"] for one in at.server.asked}) == 3
            assert at.hook.told_us

    run(scenario())


def test_a_part_that_ended_is_begun_again(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with told(tmp_path) as at:
            part = WebhooksPart(config(tmp_path, TEXT), at.shop)
            for name in ("one", "two"):
                async with part:
                    await at.sells(name)
                    await part.send_due()
            assert names(at.server) == ["one", "two"]

    run(scenario())


def test_what_fails_or_is_not_answered_comes_again_under_the_same_id(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with told(tmp_path) as at:
            at.server.next = [(500, {}, "broken"), None, (400, {}, "no"), (200, {}, "")]
            await at.sells("one", "two")
            for _ in range(3):
                await at.turn()
                before = len(at.server.asked)
                await at.turn()
                assert len(at.server.asked) == before, "it waits before it asks again"
                assert at.hook.failing_us
                at.later()
            await at.turn()
            assert names(at.server) == ["one", "one", "one", "one", "two"]
            assert len({one.headers["webhook-id"] for one in at.server.asked[:4]}) == 1
            assert (at.hook.failing_us, at.hook.why) == (0, "")

    run(scenario())


def test_one_that_wants_no_more_or_fails_for_days_rests_and_goes_on_from_where_it_was(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with told(tmp_path) as at:
            at.server.next = [(410, {}, "gone")]
            await at.sells("one")
            await at.turn()
            assert at.hook.resting
            at.later()
            await at.sells("two")
            await at.turn()
            assert names(at.server) == ["one"]
            await at.shop.maintain(lambda db: webhook_state.keep(db, webhook_state.again(at.hook)))
            await at.turn()
            assert names(at.server) == ["one", "one", "two"]

    run(scenario())
    hook = Webhook(ID, "https://a.example", (), 7, failing_us=1)
    assert not webhook_state.after_failure(hook, "no_connection", webhook_state.FAILING_US, 0, gone=False).resting
    assert webhook_state.after_failure(hook, "no_connection", webhook_state.FAILING_US + 1, 0, gone=False).resting
    assert FAILURES > 1


def test_a_server_that_is_too_slow_gets_the_same_again(tmp_path: Path) -> None:
    async def scenario() -> None:
        asked: list[str] = []
        never = asyncio.Event()

        async def slow(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            head = await reader.readuntil(b"\r\n\r\n")
            asked.extend(line for line in head.decode().split("\r\n") if line.startswith("webhook-id"))
            await never.wait()
            writer.close()

        server = await asyncio.start_server(slow, HERE, 0)
        port = server.sockets[0].getsockname()[1]
        made, clock = config(tmp_path, TEXT), FakeClock()
        async with open_shop(tmp_path, clock, text=TEXT) as shop:
            secrets_of(made.folder).set(secret_name(ID), formatted_secret(KEY))
            await done(shop, SetWebhook(ID, f"http://{HERE}:{port}/", ("ProductSet",)), system())
            await done(shop, SetProducts((Product("one", {"en": "one"}),)), system())
            part = WebhooksPart(made, shop, luck=lambda: 0.5, timeout_s=4)
            async with part:
                for _ in range(2):
                    await part.send_due()
                    clock.advance(1_000)
            (hook,) = read_webhooks(shop.reader)
        assert (len(asked), len(set(asked)), hook.why) == (2, 1, "no_answer")
        never.set()
        server.close()

    run(scenario())


def test_a_slow_receiver_holds_up_no_one_else(tmp_path: Path) -> None:
    async def scenario() -> None:
        never, came = asyncio.Event(), asyncio.Event()

        async def slow(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            came.set()
            await never.wait()
            writer.close()

        server = await asyncio.start_server(slow, HERE, 0)
        url = f"http://{HERE}:{server.sockets[0].getsockname()[1]}/"
        async with told(tmp_path) as at:
            secrets_of(config(tmp_path, TEXT).folder).set(secret_name("f" * 16), formatted_secret(KEY))
            await done(at.shop, SetWebhook("f" * 16, url, ("ProductSet",)), system())
            part = WebhooksPart(config(tmp_path, TEXT), at.shop, luck=lambda: 0.5, timeout_s=600)
            running = asyncio.create_task(part.run(lambda _state=None: None))
            await at.sells("one")
            async with asyncio.timeout(30):
                await came.wait()
            await at.sells("two", "three")
            await until(lambda: names(at.server) == ["one", "two", "three"], "the other one is told meanwhile", 30)
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)
        never.set()
        server.close()

    run(scenario())


def test_in_clear_it_tells_only_whom_the_shop_named() -> None:
    async def scenario() -> None:
        async with OutgoingHttp(Breakers(), ()) as http:
            with pytest.raises(Undelivered) as no:
                await http.post("http://93.184.215.14/hook", b"{}", {})
            assert (no.value.why, no.value.permanent) == ("plain_address", True)

    run(scenario())


def test_the_box_itself_is_told_nothing_unless_it_is_named(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with told(tmp_path, CONFIG) as at:
            await at.sells("one")
            await at.turn()
            assert at.server.asked == []
            assert at.hook.failing_us

    run(scenario())
