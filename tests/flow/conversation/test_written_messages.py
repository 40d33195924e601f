"""What staff write to the shop's number: believed by Meta's signature alone, whose it is by a code from that phone,
each message once, answered as on /chat, ended by STOP."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import msgspec
import pytest
from aiohttp import web

from edge.analytics.notify.chat_numbers import number_of
from edge.analytics.notify.commands import DropChatNumber, OfferChatCode
from edge.analytics.notify.recipients import TEXT_PLACE
from edge.conversation.voice.pages.written_part import WrittenPart
from edge.core.messages import Actor, Done
from edge.core.people.sealing import Keyring
from edge.foundation.access.commands import RetireUser, SetRole, SetUser
from edge.foundation.access.credentials.pin import hash_pin
from edge.foundation.access.queries import actor_for
from edge.foundation.access.rights import PINS
from edge.goods.stock.queries import read_stock
from edge.runtime import inference
from edge.runtime.secrets import SECRETS
from tests.browser.calling import Answer, Caller, calling
from tests.browser.serving import Served, serve
from tests.flow.conversation.test_chat_http import filled
from tests.flow.conversation.test_voice import models_run
from tests.recorded import opus_of
from tests.shop_fixture import CONFIG, SYSTEM, FakeClock, run
from tests.speech import said_by_espeak

TOKEN = "meta-token"
SECRET, PHONE, STRANGER = "meta-app", "972541234567", "972541234568"
WHATSAPP = """
[notify.whatsapp]
url = "https://graph.facebook.com/v23.0/1/messages"
token = "secret:whatsapp"
template = "alert"
app_secret = "secret:whatsapp-app"
chat = "+972541111111"
"""
KEEPER = "noa"


def webhook(*messages: dict[str, Any]) -> bytes:
    """As Meta posts it."""
    value = {
        "messaging_product": "whatsapp",
        "metadata": {"display_phone_number": "972541111111", "phone_number_id": "1"},
        "contacts": [{"profile": {"name": "Noa"}, "wa_id": PHONE}],
        "messages": list(messages),
    }
    entry = {"id": "2", "changes": [{"field": "messages", "value": value}]}
    return json.dumps({"object": "whatsapp_business_account", "entry": [entry]}).encode()


class Phone:
    """Someone's phone, as the shop's number hears it."""

    def __init__(self, caller: Caller, served: Served, clock: FakeClock, number: str = PHONE) -> None:
        self._caller, self._served, self._clock, self.number = caller, served, clock, number
        self._sent = 0
        self.part = WrittenPart(served.site)

    async def write(self, text: str, id: str = "", ago_s: int = 0, secret: str = SECRET, **more: Any) -> Answer:
        self._sent += 1
        said = self._clock.at_us // 1_000_000 - ago_s
        message = {"from": self.number, "id": id or f"wamid.{self.number}.{self._sent}", "timestamp": str(said)}
        message |= more or {"type": "text", "text": {"body": text}}
        body = webhook(message)
        signed = "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
        head = {"X-Hub-Signature-256": signed, "Content-Type": "application/json"}
        answer = await self._caller.call("POST", "/api/v1/notify/reports/whatsapp", body, **head)
        await self.part.answer_all()
        return answer

    def said(self) -> int:
        counted = "SELECT count(*) FROM notify_message WHERE what = 'answer'"
        return int(self._served.shop.reader.execute(counted).fetchone()[0])

    def answers(self) -> list[str]:
        """What waits to be sent, the newest last; a sentence of ours by its name."""
        db = self._served.shop.reader
        rows = db.execute("SELECT person, body FROM notify_message WHERE what = 'answer' ORDER BY id").fetchall()
        found = [msgspec.json.decode(Keyring(db).open(person, *TEXT_PLACE, body) or "") for person, body in rows]
        return [told or text for told, text in found]


@asynccontextmanager
async def written_to(folder: Path, number: str = WHATSAPP) -> AsyncIterator[tuple[Served, Caller, FakeClock]]:
    clock = FakeClock()
    async with serve(folder, CONFIG + number, clock=clock) as served, calling(served) as caller:
        secrets = served.site.services.of(SECRETS)
        secrets.set("whatsapp-app", SECRET)
        secrets.set("whatsapp", TOKEN)
        await filled(served)
        keeper = SetRole("keeper", "Keeper", ("stock", "sell"))
        assert isinstance(await served.shop.do(keeper, SYSTEM), Done)
        user = SetUser(KEEPER, "Noa", "keeper", hash_pin("739412"))
        assert isinstance(await served.shop.do(user, SYSTEM.with_rights(PINS)), Done)
        yield served, caller, clock


def noa(served: Served) -> Actor:
    return actor_for(served.shop.reader, KEEPER, "panel", "")


async def code_of(served: Served) -> str:
    outcome = await served.shop.do(OfferChatCode(KEEPER), noa(served))
    assert isinstance(outcome, Done), outcome
    return str(outcome.result)


def test_a_number_is_whose_code_it_says_and_talks_as_they_do(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with written_to(tmp_path) as (served, caller, clock):
            phone = Phone(caller, served, clock)
            before = read_stock(served.shop.reader, "milk")
            assert (await phone.write("took 3 milks")).status == 200
            assert phone.answers() == [], "who is nobody is answered nothing, and nothing of it is kept"
            assert served.shop.reader.execute("SELECT count(*) FROM notify_written").fetchone() == (0,)
            code = await code_of(served)
            await phone.write(f"Hi, {code} please")
            assert phone.answers() == ["bound"]
            await phone.write("took 3 milks", id="wamid.once")
            assert "-3" in phone.answers()[-1]
            assert read_stock(served.shop.reader, "milk") == before - 3_000
            await phone.write("took 3 milks", id="wamid.once")
            assert read_stock(served.shop.reader, "milk") == before - 3_000, "what comes again is taken once"
            await phone.write("took 2 small colas")
            asked = phone.answers()[-1]
            assert "1. " in asked and "2. " in asked
            await phone.write("1")
            assert phone.answers()[-1].endswith("1. -2 boxes Cola Small\n2. -2 cans Cola Small"), phone.answers()[-1]
            await phone.write("singles")
            assert phone.answers()[-1].startswith("Updated: -2 cans"), phone.answers()[-1]
            await phone.write("cancel")
            assert len(phone.answers()) == 6
            assert not served.shop.reader.execute("SELECT 1 FROM notify_written WHERE body <> ''").fetchone()

    run(scenario())


def test_who_has_not_the_secret_or_not_the_code_says_nothing(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with written_to(tmp_path) as (served, caller, clock):
            phone, other = Phone(caller, served, clock), Phone(caller, served, clock, STRANGER)
            code = await code_of(served)
            assert (await phone.write(code, secret="another")).status == 403
            assert number_of(served.shop.reader, KEEPER) is None
            for guess in range(5):
                await other.write(f"{guess:08}")
            await other.write(code)
            assert number_of(served.shop.reader, KEEPER) is None, "who guessed so often is not heard for a while"
            await phone.write(code)
            known = number_of(served.shop.reader, KEEPER)
            assert known is not None and known.number == f"+{PHONE}", "and spoils nobody else's code"
            assert isinstance(await served.shop.do(DropChatNumber(KEEPER), noa(served)), Done)
            late = await code_of(served)
            clock.advance(601)
            await phone.write(late)
            assert number_of(served.shop.reader, KEEPER) is None, "ten minutes"
            await phone.write(await code_of(served))
            known = number_of(served.shop.reader, KEEPER)
            assert known is not None and known.number == f"+{PHONE}"
            another = await served.shop.do(OfferChatCode(KEEPER), msgspec.structs.replace(noa(served), name="boss"))
            assert getattr(another, "code", "") == "right_denied", "a code is shown to its own person alone"

    run(scenario())


def test_stop_ends_it_start_begins_it_and_who_left_is_no_one(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with written_to(tmp_path) as (served, caller, clock):
            phone = Phone(caller, served, clock)
            await phone.write(await code_of(served))
            before = read_stock(served.shop.reader, "milk")
            await phone.write("STOP")
            await phone.write("took 3 milks")
            assert phone.answers() == ["bound", "stopped"]
            await phone.write("Start")
            await phone.write("took 1 milk")
            assert phone.answers()[2] == "started" and read_stock(served.shop.reader, "milk") == before - 1_000
            await phone.write("", type="audio", audio={"id": "m1", "mime_type": "audio/ogg; codecs=opus"})
            assert "aren't supported here yet" in phone.answers()[-1], "nobody hears in this shop"
            await phone.write("took 4 milks", ago_s=24 * 3600)
            assert "a day late" in phone.answers()[-1]
            assert read_stock(served.shop.reader, "milk") == before - 1_000
            said = phone.said()
            assert isinstance(await served.shop.do(RetireUser(KEEPER), SYSTEM.with_rights(PINS)), Done)
            await phone.write("took 3 milks")
            assert phone.said() == said and read_stock(served.shop.reader, "milk") == before - 1_000

    run(scenario())


def test_a_number_that_is_dropped_says_nothing_more(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with written_to(tmp_path) as (served, caller, clock):
            phone = Phone(caller, served, clock)
            await phone.write(await code_of(served))
            assert isinstance(await served.shop.do(DropChatNumber(KEEPER), noa(served)), Done)
            before = read_stock(served.shop.reader, "milk")
            await phone.write("took 3 milks")
            assert read_stock(served.shop.reader, "milk") == before
            assert number_of(served.shop.reader, KEEPER) is None

    run(scenario())


class Meta:
    """Where Meta keeps what was said, as its public page "Media" (Cloud API) describes it."""

    def __init__(self) -> None:
        self.sounds: dict[str, bytes] = {}
        self.down = False
        self.changes = b""
        self.port = 0

    async def serve(self, request: web.BaseRequest) -> web.Response:
        name = request.path.rsplit("/", 1)[-1]
        if request.headers.get("Authorization") != f"Bearer {TOKEN}" or name not in self.sounds:
            return web.Response(status=404)
        if self.down:
            return web.Response(status=503)
        found = self.sounds[name]
        if request.path.startswith("/kept/"):
            return web.Response(body=found + self.changes, content_type="audio/ogg")
        about = {"messaging_product": "whatsapp", "url": f"http://127.0.0.1:{self.port}/kept/{name}", "id": name}
        return web.json_response(about | {"mime_type": "audio/ogg", "sha256": hashlib.sha256(found).hexdigest()})


@asynccontextmanager
async def media() -> AsyncIterator[Meta]:
    meta = Meta()
    runner = web.ServerRunner(web.Server(meta.serve))
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    meta.port = site._server.sockets[0].getsockname()[1]  # type: ignore[union-attr]
    try:
        yield meta
    finally:
        await runner.cleanup()


@pytest.mark.needs("espeak-ng")
def test_what_is_said_is_heard_here_and_answered_as_if_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("pocketsphinx")
    monkeypatch.setattr(inference, "START_S", 0.0)

    async def scenario() -> None:
        async with media() as meta:
            number = WHATSAPP.replace("https://graph.facebook.com", f"http://127.0.0.1:{meta.port}")
            number = '[notify]\nallow = ["127.0.0.1"]\n' + number
            async with written_to(tmp_path, number) as (served, caller, clock):
                await models_run(served)
                phone = Phone(caller, served, clock)
                await phone.write(await code_of(served))

                async def say(id: str) -> str:
                    await phone.write("", type="audio", audio={"id": id, "voice": True})
                    return phone.answers()[-1]

                asked = opus_of(said_by_espeak("what is running low"), 22_050)
                meta.sounds = {"asked": asked, "text": b"no sound", "hush": opus_of(bytes(2 * 22_050), 22_050)}
                assert await say("asked") == "« what is running low »\nNo products are low."
                assert "can't be played" in await say("text")
                assert "no recognisable speech" in await say("hush")
                assert "couldn't be downloaded" in await say("unknown")
                assert "couldn't be downloaded" in await say("../../etc")
                before = phone.said()
                meta.down = True
                await say("asked")
                assert phone.said() == before, "what cannot be fetched now is no answer yet"
                meta.down, meta.changes = False, b"x"
                await phone.part.answer_all()
                assert phone.said() == before, "it is not what Meta says that it is"
                meta.changes = b""
                await phone.part.answer_all()
                assert phone.answers()[-1].startswith("« what is running low »")

    run(scenario(), 120)
