"""Webhooks of other companies' tills at head office: signed, stored before the answer, and sent to their store."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from edge.__main__ import main
from edge.app.cli.hub_places import webhooks_of
from edge.app.head_office.hub_expiry import delete_expired
from edge.app.head_office.hub_pos_news import PosNewsRelay
from edge.backoffice.directives.kinds.feed_news import FEED_NEWS
from edge.backoffice.directives.kinds.pos_news import POS_NEWS
from edge.lib.errors import ConfigError
from sim.vendors.accounts import SimQuickBooks, SimXero
from sync.hook_bodies import open_hook
from sync.hub.api import limits
from sync.hub.api.buckets import Buckets
from sync.hub.api.till_webhooks import Hooks, TillPlace
from sync.hub.export import LEFT_OUT
from sync.hub.store import Store
from tests.hub_hooks import NOWHERE, hooked_office

BAR = TillPlace("demo", "corner", "bar", "generic", ("old", "new"), header="X-Signed", prefix="v1=", signature="body")
UNSAID = TillPlace("demo", "corner", "square", "square", ("key",))
BOOKS = tuple(TillPlace("demo", "corner", name, name, ("verifier",)) for name in ("quickbooks", "xero"))  # type: ignore[arg-type]
BODY = b'{"event_id": "e1", "guest": "Dana"}'
_BOX = "INSERT INTO device (tenant, store, device, through_hash) VALUES ('demo', 'corner', 'box1', '')"


class Office:
    """Head office as tills reach it."""

    def __init__(self, session: aiohttp.ClientSession, port: int, owner: Any, store: Store) -> None:
        self.owner, self.store, self.relay = owner, store, PosNewsRelay(store, NOWHERE)
        self._session, self._base = session, f"http://127.0.0.1:{port}/v1/webhooks/"

    async def tell(self, body: bytes = BODY, where: str = "bar/corner", secret: str = "old") -> int:
        head = {"X-Signed": "v1=" + hmac.new(secret.encode(), body, "sha256").hexdigest()}
        async with self._session.post(self._base + where, data=body, headers=head) as answer:
            if answer.status == 200:
                assert await answer.read() == b""
            return answer.status

    async def post(self, where: str, headers: dict[str, str], body: bytes) -> tuple[int, bytes]:
        async with self._session.post(self._base + where, data=body, headers=headers) as answer:
            return answer.status, await answer.read()

    async def ask(self, where: str = "bar/corner") -> int:
        async with self._session.get(self._base + where) as answer:
            return answer.status

    async def told(self) -> list[str]:
        rows = await self.owner.fetch("SELECT body FROM directive WHERE kind = 'pos_news' ORDER BY version")
        return [one.pos for (body,) in rows for one in POS_NEWS.items(body)]


@asynccontextmanager
async def an_office(dsn: str) -> AsyncIterator[Office]:
    hooks = Hooks(tills={(one.pos, one.store): one for one in (BAR, UNSAID, *BOOKS)})
    async with hooked_office(dsn, hooks) as (session, port, owner, store):
        yield Office(session, port, owner, store)


def test_what_is_unknown_too_long_not_set_up_or_not_signed_is_refused_in_that_order(database: str) -> None:
    async def scenario() -> None:
        async with an_office(database) as office:
            long = b"x" * (limits.TILL_HOOK_BYTES + 1)
            assert await office.tell(long, "nobody/corner") == 404
            assert await office.tell(where="bar/other") == 404
            assert [await office.ask(), await office.ask("nobody/corner")] == [405, 404]
            assert await office.tell(long, secret="wrong") == 413
            assert await office.tell(where="square/corner", secret="wrong") == 503, "nobody said its address"
            assert await office.tell(secret="wrong") == 401
            assert await office.tell(b"") == 401
            assert await office.owner.fetch("SELECT * FROM pos_news") == []

    asyncio.run(scenario())


def test_a_store_is_told_once_however_often_its_till_tells_something(database: str) -> None:
    async def scenario() -> None:
        async with an_office(database) as office:
            assert [await office.tell(secret=one) for one in ("old", "new", "old")] == [200, 200, 200]
            assert (await office.relay.turn(), await office.told()) == (0, []), "no box has said hello yet"
            await office.owner.execute(_BOX)
            assert (await office.relay.turn(), await office.told()) == (1, ["bar"])
            assert await office.relay.turn() == 0
            assert await office.tell() == 200
            assert await office.relay.turn() == 0, "not twice within a minute"
            await office.owner.execute("UPDATE pos_news SET told_at = now() - interval '2 minutes'")
            assert (await office.relay.turn(), await office.told()) == (1, ["bar", "bar"])
            (row,) = await office.owner.fetch("SELECT tenant, store, pos, times FROM pos_news")
            assert tuple(row) == ("demo", "corner", "bar", 4)

    asyncio.run(scenario())


def test_what_came_is_kept_encrypted_for_thirty_days(database: str) -> None:
    async def scenario() -> None:
        async with an_office(database) as office:
            assert [await office.tell() for _ in range(2)] == [200, 200]
            (row,) = await office.owner.fetch("SELECT tenant, store, pos, digest, sealed FROM pos_hook")
            assert tuple(row)[:4] == ("demo", "corner", "bar", hashlib.sha256(BODY).hexdigest())
            assert b"Dana" not in row["sealed"], "it names a guest"
            kept = open_hook(BAR.secrets, BAR.owner_name, row["sealed"])
            assert kept is not None and kept.body == BODY and "x-signed" in kept.headers
            assert open_hook(("other",), BAR.owner_name, row["sealed"]) is None
            assert open_hook(BAR.secrets, "demo/north/bar", row["sealed"]) is None, "nor as another's"
            assert "pos_hook" in LEFT_OUT, "of an export"
            await office.owner.execute("UPDATE pos_hook SET came_at = now() - interval '29 days'")
            await delete_expired(office.owner)
            assert await office.owner.fetchval("SELECT count(*) FROM pos_hook") == 1
            await office.owner.execute("UPDATE pos_hook SET came_at = now() - interval '31 days'")
            await delete_expired(office.owner)
            assert await office.owner.fetchval("SELECT count(*) FROM pos_hook") == 0

    asyncio.run(scenario())


@pytest.mark.parametrize("system", ["quickbooks", "xero"])
def test_an_accounts_system_tells_head_office_and_its_connectors_are_asked(database: str, system: str) -> None:
    async def scenario() -> None:
        async with an_office(database) as office:
            await office.owner.execute(_BOX)
            books = SimQuickBooks() if system == "quickbooks" else SimXero()
            headers, body = books.hook("Contacts", "30", "2026-11-24T10:00:00Z")
            where = f"{system}/corner"
            wrong = {name: value.swapcase() for name, value in headers.items()}
            assert await office.post(where, wrong, body) == (401, b"")
            assert await office.post(where, headers, body + b" ") == (401, b"")
            assert await office.post(where, {}, body) == (401, b"")
            if isinstance(books, SimXero):
                answers = [await office.post(where, *books.intent(good)) for good in (False, True, False)]
                assert answers == [(401, b""), (200, b""), (401, b"")], "it looks whether signatures are looked at"
            assert [await office.post(where, headers, body) for _ in range(2)] == [(200, b"")] * 2
            (kept,) = await office.owner.fetch(
                "SELECT sealed FROM pos_hook WHERE digest = $1", hashlib.sha256(body).hexdigest()
            )
            opened = open_hook(("verifier",), f"demo/corner/{system}", kept["sealed"])
            assert opened is not None and opened.body == body, "raw, before it was answered"
            assert (await office.relay.turn(), await office.relay.turn()) == (1, 0)
            rows = await office.owner.fetch("SELECT kind, body FROM directive")
            assert [(row["kind"], FEED_NEWS.items(row["body"])[0].system) for row in rows] == [("feed_news", system)]

    asyncio.run(scenario())


def test_who_runs_head_office_opens_what_came_by_the_tills_secret(
    database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    async def told() -> None:
        async with an_office(database) as office:
            assert await office.tell(secret="new") == 200

    def asked(*args: str) -> str:
        assert main(["hub", "--database", database, "hooks", *args]) == 0
        return capsys.readouterr().out

    asyncio.run(told())
    digest = hashlib.sha256(BODY).hexdigest()
    file = tmp_path / "hooks.toml"
    till = '[[till]]\ntenant = "demo"\nstore = "corner"\npos = "bar"\nkind = "toast"\nsecrets = ["{}"]\n'
    file.write_text(till.format("new"))
    monkeypatch.setenv("EDGE_HUB_WEBHOOKS_FILE", str(file))
    assert digest[:16] in asked("demo/corner/bar") and "Dana" not in asked("demo/corner/bar")
    assert "No messages" in asked("demo/corner/other")
    found = asked("demo/corner/bar", digest[:12])
    assert BODY.decode() in found and "x-signed: v1=" in found
    file.write_text(till.format("another"))
    assert main(["hub", "--database", database, "hooks", "demo/corner/bar", digest[:12]]) != 0
    assert "Dana" not in capsys.readouterr().out, "its secret was changed, so nobody reads it any more"
    file.write_text(till.format("new").replace("demo", "north"))
    assert main(["hub", "--database", database, "hooks", "demo/corner/bar", digest[:12]]) != 0


def test_a_flood_is_answered_429(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "TILL_HOOKS_A_SECOND", 0.1)  # so that even a busy machine exceeds it

    async def scenario() -> None:
        async with an_office(database) as office:
            answers = [await office.tell(secret="wrong") for _ in range(limits.TILL_HOOKS_BURST + 40)]
            assert answers[0] == 401 and 429 in answers
            assert await office.owner.fetch("SELECT * FROM pos_news") == []

    asyncio.run(scenario())


def test_in_a_flood_as_many_as_may_come_are_taken_all_the_same() -> None:
    now_s = [0.0]
    rates = Buckets[str](limits.TILL_HOOKS_A_SECOND, 10, lambda: now_s[0])

    def is_taken() -> bool:
        return not rates.take("bar at the corner", limits.TILL_HOOKS_BURST)

    def taken_in(seconds: int, a_second: int) -> int:
        count = 0
        for _ in range(seconds * a_second):
            now_s[0] += 1 / a_second
            count += is_taken()
        return count

    assert sum(is_taken() for _ in range(300)) == limits.TILL_HOOKS_BURST == 200
    assert taken_in(10, 40) in range(195, 202), "20 a second of 40"
    assert taken_in(10, 20) in range(195, 202)


def test_the_file_says_which_tills_may_tell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "hooks.toml"
    one = '[[till]]\ntenant = "demo"\nstore = "corner"\npos = "bar"\nkind = "toast"\nsecrets = ["s"]\n'
    file.write_text(one)
    monkeypatch.setenv("EDGE_HUB_WEBHOOKS_FILE", str(file))
    till = webhooks_of().tills["bar", "corner"]
    assert (till.rule.vendor, till.rule.moment_off_s, till.burst) == ("toast", 300, 200)
    file.write_text(one + "moment_off_min = 10\nburst = 400\n")
    till = webhooks_of().tills["bar", "corner"]
    assert (till.rule.moment_off_s, till.burst) == (600, 400)
    pays = '[[webhook]]\ntenant = "demo"\nprovider = "stripe"\nscheme = "stripe"\nsecrets = ["s"]\n'
    file.write_text(one + pays + pays.replace('"demo"', '"other"'))
    assert set(webhooks_of().payments) == {("demo", "stripe"), ("other", "stripe")}
    wrongs = (one * 2, one.replace('["s"]', "[]"), one.replace("toast", "tabit"), one + "burst = 5\n", pays * 2)
    for wrong in wrongs:
        file.write_text(wrong)
        with pytest.raises(ConfigError):
            webhooks_of()
