"""What connectors fetch by themselves: files that appear in a folder, and a file behind an address."""

from __future__ import annotations

import asyncio
import gzip
import hashlib
import os
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from edge.backoffice.feeds.commands import EndConnector, SetConnector
from edge.backoffice.feeds.connector import Connector, secret_name
from edge.backoffice.feeds.health import fresh
from edge.backoffice.feeds.queries import FeedJob, read_connector_states, read_feed_digest, read_feed_jobs
from edge.backoffice.feeds.routes import _keep
from edge.backoffice.feeds.service.fetching import Fetcher
from edge.backoffice.feeds.service.part import FeedsPart
from edge.backoffice.feeds.service.raw_files import RawFiles
from edge.backoffice.feeds.watches import WATCHES
from edge.core.command_bus import CommandBus
from edge.core.secrets.store import SecretStore
from edge.foundation.settings.commands import SetSetting
from edge.goods.ingest.from_config import import_settings
from edge.goods.purchasing.queries import read_suppliers
from edge.runtime.outgoing.breaker import Breaker, Breakers
from edge.runtime.outgoing.http_client import OutgoingHttp
from edge.runtime.secrets import secrets_of
from tests.feeding import finished
from tests.importing import csv_file
from tests.outgoing import HERE, Answers, http_server
from tests.shop_fixture import CONFIG, SYSTEM, FakeClock, config, done, open_shop, run

MINUTE_S = 60.0


class Fetching:
    """A shop whose connectors are asked when a test says so."""

    def __init__(
        self, shop: CommandBus, part: FeedsPart, clock: FakeClock, secrets: SecretStore, breakers: Breakers
    ) -> None:
        self.shop, self.part, self.clock, self.secrets, self.breakers = shop, part, clock, secrets, breakers
        self.waits: list[float] = []
        self.pause: Callable[[float], Awaitable[None]] | None = None
        """What a wait is, where it is more than noted."""
        self.fetcher: Callable[[], Fetcher]

    async def look(self, minutes: float = 0) -> list[FeedJob]:
        """Time goes by, and what is due is asked; the runs that were begun, at their end."""
        self.clock.advance(minutes * MINUTE_S)
        before = {one.id for one in read_feed_jobs(self.shop.reader)}
        await self.part.look()
        begun = [one.id for one in read_feed_jobs(self.shop.reader) if one.id not in before]
        return [await finished(self.shop, id) for id in begun]

    @property
    def suppliers(self) -> list[str]:
        return [one.id for one in read_suppliers(self.shop.reader)]

    def why(self) -> str:
        (state,) = read_connector_states(self.shop.reader)
        return state.why

    def alerts(self) -> list[str]:
        return [one.subject for watch in WATCHES for one in watch.read(self.shop.reader, self.shop.now_us(), "")]


@asynccontextmanager
async def fetching(folder: Path) -> AsyncIterator[Fetching]:
    inbox = folder / "inbox"
    inbox.mkdir()
    text = CONFIG + f'[ingest]\nfolders = ["{inbox}"]\n'
    clock = FakeClock()
    breakers = Breakers()
    async with open_shop(folder, clock, text=text) as shop, OutgoingHttp(breakers, (HERE,), timeout_s=5) as http:
        made, secrets = config(folder, text), secrets_of(config(folder, text).folder)

        async def pause(wait_s: float) -> None:
            found.waits.append(wait_s)
            if found.pause:
                await found.pause(wait_s)

        def fetcher(http: OutgoingHttp) -> Fetcher:
            return Fetcher(shop, import_settings(made), secrets, http, pause, luck=lambda: 1.0)

        found = Fetching(shop, FeedsPart(shop, made.store.zone, http, fetcher), clock, secrets, breakers)
        found.fetcher = lambda: fetcher(http)
        yield found


def put(folder: Path, name: str, text: str, at_s: int) -> None:
    """A file that was written so many seconds after a moment long ago."""
    path = csv_file(folder, text, name=name)
    os.utime(path, (1_700_000_000 + at_s, 1_700_000_000 + at_s))


def test_what_came_is_kept_as_it_came_for_thirty_days(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with fetching(tmp_path) as one:
            await done(
                one.shop,
                SetConnector(Connector("f", kind="folder", address=str(tmp_path / "inbox"), every_min=5)),
                SYSTEM,
            )
            body = "supplier_id,name\ndairy,Dairy é\n"
            file = csv_file(tmp_path / "inbox", body, name="prix d'été.csv")
            os.utime(file, (1, 1))
            (job,) = await one.look(6)
            file.unlink()
            files = RawFiles(one.shop.path.parent, one.shop.now_us)
            found = files.find(job.id)
            assert found is not None and found[1].endswith(".csv")
            assert gzip.decompress(found[0].read_bytes()) == body.encode()
            digest = RawFiles.digest_of(found[0])
            assert digest == read_feed_digest(one.shop.reader, job.id) == hashlib.sha256(body.encode()).hexdigest()
            broken = tmp_path / "broken.gz"
            broken.write_bytes(found[0].read_bytes()[:-9])
            assert RawFiles.digest_of(broken) == "", "what the disk lost of it is noticed before it is handed out"
            assert files.find(job.id + 1) is None
            secret = tmp_path / "private.txt"
            secret.write_text("nobody's business")
            _keep(files, job.id + 1, str(secret), import_settings(config(tmp_path)))
            assert files.find(job.id + 1) is None, "a job may not read it, so it is not kept"
            await one.look(29 * 24 * 60)
            assert files.find(job.id) is not None
            await one.look(24 * 60)
            assert (files.find(job.id), found[0].exists()) == (None, False)

    run(scenario())


def test_files_of_a_folder_come_in_one_after_the_other_and_once(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with fetching(tmp_path) as one:
            inbox = tmp_path / "inbox"
            connector = Connector("files", kind="folder", address=str(inbox), every_min=5)
            await done(one.shop, SetConnector(connector), SYSTEM)
            assert await one.look() == [], "there is nothing yet"
            put(inbox, "b.csv", "supplier_id,name\nb,Second\n", 2)
            put(inbox, "a.csv", "supplier_id,name\na,First\n", 1)
            put(inbox, ".hidden.csv", "supplier_id,name\nh,Hidden\n", 1)
            put(inbox, "now.csv", "supplier_id,name\nw,Being written\n", 1_000_000_000)
            assert await one.look() == [], "it is not due"
            assert [job.file for job in await one.look(5)] == ["a.csv"]
            assert [job.file for job in await one.look()] == ["b.csv"], "there was more"
            assert await one.look(5) == []
            assert one.suppliers == ["a", "b"]
            put(inbox, "a.csv", "supplier_id,name\na,First\nc,Third\n", 3)
            (job,) = await one.look(5)
            assert (job.same, job.applied) == (1, 1), "another file of that name"

    run(scenario())


def test_a_folder_that_no_one_opened_is_not_read(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with fetching(tmp_path) as one:
            other = tmp_path / "other"
            other.mkdir()
            put(other, "a.csv", "supplier_id,name\na,A\n", 1)
            await done(one.shop, SetConnector(Connector("x", kind="folder", address=str(other), every_min=5)), SYSTEM)
            assert await one.look() == []
            assert (one.why(), one.alerts()) == ("sheet.private", ["x"])
            await done(one.shop, SetConnector(Connector("x", kind="folder", address="/nowhere", every_min=5)), SYSTEM)
            await one.look(5)
            assert one.why() == "feeds.not_found"

    run(scenario())


async def over_http(one: Fetching, server: Answers, **more: object) -> Connector:
    fields = {"kind": "http", "address": f"{server.url}/suppliers.csv", "every_min": 5, **more}
    connector = Connector("erp", **fields)  # type: ignore[arg-type]
    await done(one.shop, SetConnector(connector), SYSTEM)
    return connector


BODY = "supplier_id,name\na,A\n"


def test_an_address_is_asked_with_what_it_said_before(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with fetching(tmp_path) as one, http_server() as server:
            connector = await over_http(one, server, sign_in="bearer")
            assert await one.look() == [] and one.why() == "undelivered.no_secret"
            one.secrets.set(secret_name(connector), "t0ken")
            server.next = [(200, {"ETag": '"v1"', "Last-Modified": "Mon, 01 Jan 2026 00:00:00 GMT"}, BODY)]
            (job,) = await one.look(5)
            assert (job.applied, job.file, one.why()) == (1, "suppliers.csv", "")
            server.next = [(304, {}, "")]
            assert await one.look(5) == []
            asked = server.asked[-1].headers
            assert (asked["If-None-Match"], asked["Authorization"]) == ('"v1"', "Bearer t0ken")
            assert asked["If-Modified-Since"] == "Mon, 01 Jan 2026 00:00:00 GMT"
            assert one.suppliers == ["a"]

    run(scenario())


def test_an_address_is_asked_for_what_changed_since(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with fetching(tmp_path) as one, http_server() as server:
            await over_http(one, server, address=f"{server.url}/since/{{cursor}}/suppliers.csv")
            server.next = [(200, {"ETag": '"v1"'}, BODY), (503, {}, ""), (200, {}, BODY), (200, {}, "x,y\n1,2\n")]
            for _ in range(4):
                await one.look(5)
            asked = [said.path.split("/")[2] for said in server.asked]
            first, second = "2027-01-15T08:03:00Z", "2027-01-15T08:08:00Z"
            assert asked == ["1970-01-01T00:00:00Z", first, first, second, second], "no further than what was taken"
            assert "If-None-Match" not in server.asked[1].headers, "what it said was of another address"
            await done(one.shop, SetSetting("feeds.overlap_min", 10), SYSTEM)
            server.next = [(200, {}, BODY)]
            await one.look(5)
            assert server.asked[-1].path.split("/")[2] == "2027-01-15T08:00:00Z", "ten minutes once more"

    run(scenario())


def test_what_an_address_said_counts_only_once_its_file_was_taken(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with fetching(tmp_path) as one, http_server() as server:
            await over_http(one, server)
            server.next = [(200, {"ETag": '"bad"'}, "nothing,of,ours\n1,2,3\n"), (200, {"ETag": '"good"'}, BODY)]
            (job,) = await one.look()
            assert (job.status, one.alerts()) == ("failed", ["erp"])
            (job,) = await one.look(5)
            assert (job.status, one.alerts()) == ("completed", [])
            assert "If-None-Match" not in server.asked[1].headers
            await one.look(5)
            assert server.asked[2].headers["If-None-Match"] == '"good"'

    run(scenario())


def test_a_page_that_fails_is_tried_again_and_then_left_for_the_next_turn(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with fetching(tmp_path) as one, http_server() as server:
            await over_http(one, server)
            server.next = [(503, {"Retry-After": "7"}, ""), (502, {}, ""), (429, {}, ""), (200, {}, BODY)]
            (job,) = await one.look()
            assert (job.applied, one.waits) == (1, [7.0, 1.0, 2.0])
            asked = len(server.asked)
            server.next = [(429, {"Retry-After": "300"}, "")]
            assert await one.look(5) == []
            told = (one.why(), len(server.asked) - asked, one.waits[3:])
            assert told == ("undelivered.told_to_wait", 1, []), (
                "who wants longer than a minute is asked no more this turn"
            )
            server.next = [(500, {}, "")] * 5
            assert await one.look(5) == []
            assert (one.why(), one.alerts()) == ("undelivered.server_failed", ["erp"])
            one.clock.advance(24 * 60 * MINUTE_S)
            assert one.alerts() == ["erp", "erp"], "it fails, and what it had is old"
            (check,) = fresh(one.shop.reader)
            assert (check.part, check.ok) == ("feeds", True)
            one.breakers[server.url.removeprefix("http://")] = Breaker()  # which goes by the machine's own clock
            server.next = [(200, {}, BODY)]
            await one.look()
            assert (one.alerts(), one.suppliers) == ([], ["a"])

    run(scenario())


@pytest.mark.parametrize(("status", "why"), [(401, "wrong_password"), (404, "refused"), (302, "refused")])
def test_a_refusal_is_not_tried_again(tmp_path: Path, status: int, why: str) -> None:
    async def scenario() -> None:
        async with fetching(tmp_path) as one, http_server() as server:
            await over_http(one, server)
            server.usual = (status, {"Location": f"{server.url}/elsewhere"}, "")
            await one.look()
            assert (one.why(), len(server.asked)) == (f"undelivered.{why}", 1)

    run(scenario())


def test_missed_turns_are_made_up_for_by_one_and_who_is_off_is_not_asked(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with fetching(tmp_path) as one, http_server() as server:
            server.usual = (200, {}, BODY)
            await over_http(one, server, every_min=0, at="06:30")
            assert len(await one.look()) == 1
            assert await one.look(60) == [], "it was asked today"
            assert len(await one.look(3 * 24 * 60)) == 1
            assert await one.look() == []
            await over_http(one, server, is_active=False)
            assert await one.look(60) == []

    run(scenario())


def test_so_many_are_asked_at_once_as_the_shop_says(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop, OutgoingHttp(Breakers(), (HERE,)) as http:
            now, most = 0, 0

            class Slow(Fetcher):
                async def fetch(self, connector: Connector, anew: bool = False) -> None:
                    nonlocal now, most
                    now += 1
                    most = max(most, now)
                    await asyncio.sleep(0)
                    now -= 1

            made, secrets = config(tmp_path), secrets_of(config(tmp_path).folder)
            part = FeedsPart(shop, made.store.zone, http, lambda http: Slow(shop, import_settings(made), secrets, http))
            for number in range(8):
                await done(
                    shop, SetConnector(Connector(f"c{number}", kind="folder", address="/x", every_min=5)), SYSTEM
                )
            await part.look()
            assert most == 4
            await done(shop, SetSetting("feeds.at_once", 2), SYSTEM)
            most = 0
            for number in range(8):
                await done(shop, EndConnector(f"c{number}"), SYSTEM)
                await done(
                    shop, SetConnector(Connector(f"d{number}", kind="folder", address="/x", every_min=5)), SYSTEM
                )
            await part.look()
            assert most == 2

    run(scenario())


def test_a_file_that_cannot_be_opened_is_told_and_holds_up_no_other(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with fetching(tmp_path) as one:
            inbox = tmp_path / "inbox"
            connector = Connector("f", kind="folder", address=str(inbox), every_min=5)
            await done(one.shop, SetConnector(connector), SYSTEM)
            (inbox / "a.csv").symlink_to(tmp_path / "elsewhere.csv")
            (tmp_path / "elsewhere.csv").write_text("supplier_id,name\nother,Other\n")
            os.utime(tmp_path / "elsewhere.csv", (1, 1))
            put(inbox, "b.csv", "supplier_id,name\ndairy,Dairy\n", 1)
            (job,) = await one.look()
            assert (job.applied, one.suppliers) == (1, ["dairy"])
            assert await one.look(5) == []
            assert one.why() == "sheet.private"

    run(scenario())


def test_a_folder_of_more_files_than_are_looked_at_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("edge.backoffice.feeds.service.fetching.FILES_MOST", 1)

    async def scenario() -> None:
        async with fetching(tmp_path) as one:
            connector = Connector("f", kind="folder", address=str(tmp_path / "inbox"), every_min=5)
            await done(one.shop, SetConnector(connector), SYSTEM)
            for name in ("a.csv", "b.csv"):
                put(tmp_path / "inbox", name, "supplier_id,name\ndairy,Dairy\n", 1)
            assert await one.look() == []
            assert one.why() == "feeds.too_many_files"

    run(scenario())
