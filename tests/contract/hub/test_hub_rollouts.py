"""Rollouts to a chain of simulated boxes: a bad one stops in its first ring, and taking one back restores the old
state.
"""

from __future__ import annotations

import asyncio
import tarfile
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from edge import __version__
from edge.__main__ import main
from edge.app import hub
from edge.app.cli import release as release_cli
from edge.app.head_office.hub_publications import PublicationRelay
from edge.backoffice.software import hub as software_hub
from edge.backoffice.software.events import SoftwareMoved
from edge.backoffice.software.head_office_messages import ReleaseAnswer, ReleasePart, answer_of, encode
from sync.directive_signing import Signer, new_key
from sync.hub import publications, releases, tenants
from sync.hub.model import Key
from sync.hub.preview import preview_back
from sync.hub.publications import Planned, Publication
from sync.hub.rings import Gate
from sync.hub.store import act_for
from sync.hub.tenants import NotTaken, StoreRecord
from sync.releases import Release, SignedRelease, digest_of, sign_release
from tests.contract.hub.test_hub_api import NOWHERE
from tests.played_boxes import PlayedBox, PlayedChain
from tests.release_clone import make_clone

TENANT = "acme"
SETTING = Planned("settings", {"settings": [{"name": "store.footer", "value": "Thank you"}]})
STORES = 12
Chain = Callable[["House"], Awaitable[None]]


class House:
    """A hub, its relay, and a chain of boxes."""

    def __init__(self, chain: PlayedChain, owner: Any) -> None:
        self.chain, self.owner = chain, owner
        self.relay = PublicationRelay(chain.store, NOWHERE)

    async def publish(self, id: str, wanted: Publication) -> None:
        async with self.owner.transaction():
            await publications.put(self.owner, TENANT, id, wanted, "person-1")
            await self.step(id, "submit")
            await self.step(id, "approve", digest=wanted.digest)

    async def step(self, id: str, step: publications.Step, **more: Any) -> None:
        await publications.take_step(self.owner, TENANT, id, step, "person-2", **more)

    async def go(self, turns: int = 8) -> None:
        for _ in range(turns):
            await self.relay.turn()
            await self.chain.turn()

    async def state(self, id: str) -> tuple[str, dict[str, int]]:
        query = "SELECT state, count(*) FROM publication_store WHERE id = $1 GROUP BY state"
        found = dict(await self.owner.fetch(query, id))
        return await self.owner.fetchval("SELECT state FROM publication WHERE id = $1", id), found

    async def undoing(self, id: str, shop: str) -> list[tuple[Any, ...]]:
        """Return a store's changes when a publication is taken back, as shown to the person who does it."""
        seen = await preview_back(self.owner, TENANT, id, shop)
        assert seen is not None
        return [(one.field, one.was, one.now, one.finding) for one in seen.changes]

    async def footers(self) -> set[str | None]:
        return {row[0] for row in await self.owner.fetch("SELECT value::text FROM setting_override")}


def with_house(database: str, scenario: Chain, stores: int = STORES) -> None:
    async def whole() -> None:
        async with hub.open_hub(database) as store:
            owner = await asyncpg.connect(database)
            boxes = [PlayedBox(Key(TENANT, f"store-{number:03}", "box")) for number in range(stores)]
            chain = PlayedChain(store, boxes)
            await chain.hello()
            await scenario(House(chain, owner))
            await owner.close()

    asyncio.run(asyncio.wait_for(whole(), 240))


def test_a_bad_one_stops_in_its_first_ring_and_is_taken_back(database: str) -> None:
    async def scenario(house: House) -> None:
        for box in house.chain.boxes.values():
            box.ill_of = lambda directive: b"Thank you" in directive.body
        house.chain.boxes["store-007"].say_setting("store.footer", "Until soon")
        await house.go(1)
        await house.publish("bad", Publication((SETTING,), pause_s=0, first=("store-007",)))
        await house.go()
        assert await house.state("bad") == ("stopped", {"worse": 1, "waiting": 11})
        reason = await house.owner.fetchval("SELECT reason FROM publication")
        assert reason == "store-007: critical alerts since: 1 (0 before)"
        assert [store for store, box in house.chain.boxes.items() if box.taken] == ["store-007"], "nobody beyond"
        assert await house.footers() == {'"Thank you"'}
        assert await house.undoing("bad", "store-007") == [("store.footer", "Thank you", "Until soon", "")]
        assert await house.undoing("bad", "store-008") == [], "it was never sent it"
        await house.step("bad", "take-back")
        await house.go(3)
        assert await house.state("bad") == ("taken_back", {"back": 1, "waiting": 11})
        assert await house.footers() == {'"Until soon"'}, "what was there before"

    with_house(database, scenario)


def test_a_good_one_reaches_all_and_who_was_away_or_is_new_gets_it_later(database: str) -> None:
    async def scenario(house: House) -> None:
        away, paused = (house.chain.boxes[store] for store in ("store-003", "store-004"))
        away.away = True
        await house.owner.execute("UPDATE device SET heard_at = now() - interval '40 days' WHERE store = 'store-003'")
        await tenants.put_store(house.owner, TENANT, "store-004", StoreRecord(state="paused"), "operator")
        await house.publish("good", Publication((SETTING,), pause_s=0))
        await house.go()
        assert await house.state("good") == ("done", {"applied": 10, "skipped": 2})
        assert not paused.taken
        away.away = False
        await tenants.put_store(house.owner, TENANT, "store-004", StoreRecord(state="open"), "operator")
        await tenants.put_store(house.owner, TENANT, "store-new", StoreRecord(), "operator")
        new = PlayedBox(Key(TENANT, "store-new", "box"))
        await new.hello(house.chain.store)
        house.chain.boxes["store-new"] = new
        await house.go(4)
        assert await house.state("good") == ("done", {"applied": 13})
        assert [len(box.taken) for box in (away, paused, new)] == [1, 1, 1], "each once"
        new.say_setting("store.footer", "Ours", by="manager")
        await house.go(1)
        assert await house.undoing("good", "store-new") == [("store.footer", "Ours", "Ours", "kept")]
        assert await house.undoing("good", "store-001") == [("store.footer", "Thank you", None, "")]
        await house.step("good", "take-back")
        await house.go(3)
        assert (await house.state("good"))[0] == "taken_back"
        assert await house.footers() == {"null", '"Ours"'}, "what a manager has changed since stays"
        kept = await house.owner.fetchval("SELECT reason FROM publication_store WHERE store = 'store-new'")
        assert kept == "store.footer"

    with_house(database, scenario)


def rolled_out(version: str = "1.1.0") -> Planned:
    return Planned("software", {"releases": [{"version": version, "digest": "d" * 64}]})


def test_software_goes_on_as_the_boxes_of_a_wave_are_well_with_it(database: str) -> None:
    async def scenario(house: House) -> None:
        pilot = house.chain.boxes["store-007"]
        pilot.gets_as_far = 2
        strict = Publication((rolled_out(),), pause_s=0, first=("store-007",), gate=Gate(1, 0))
        await house.publish("new", strict)
        await house.go(4)
        assert await house.state("new") == ("going", {"sent": 1, "waiting": 11}), "taken, and waiting for the night"
        known = await house.owner.fetchrow("SELECT store, release, step FROM software_update")
        assert tuple(known) == ("store-007", "1.1.0", "rehearsed")
        for step in ("swapping", "healthy"):
            pilot.say(SoftwareMoved(pilot.taken[0].version, "1.1.0", step))  # type: ignore[arg-type]
        ill = house.chain.boxes["store-009"]
        ill.ill_of = lambda directive: True
        await house.go(8)
        state, found = await house.state("new")
        assert (state, found["failed"]) == ("stopped", 1)
        reason = await house.owner.fetchval("SELECT reason FROM publication_store WHERE state = 'failed'")
        assert reason == "box: software 1.1.0: went_back unwell"

    with_house(database, scenario)


@pytest.mark.parametrize("ill", [("store-009",), ("store-009", "store-010"), ("store-001",)])
def test_a_ring_stops_below_95_percent(database: str, ill: tuple[str, ...]) -> None:
    async def scenario(house: House) -> None:
        for shop in ill:
            house.chain.boxes[shop].ill_of = lambda directive: True
        await house.publish("new", Publication((rolled_out(),), pause_s=0))
        await house.go(12)
        found = await house.state("new")
        assert (found[0], found[1]["failed"]) == ("stopped", len(ill))
        assert ("waiting" in found[1]) is (ill == ("store-001",)), "nobody of the next ring"
        with pytest.raises(NotTaken, match="needs a reason"):
            await house.step("new", "go-on")
        await house.step("new", "go-on", reason="the box was to be replaced anyway")
        await house.go(12)
        assert await house.state("new") == ("done", {"applied": STORES - len(ill), "skipped": len(ill)})

    with_house(database, scenario)


def test_one_in_twenty_holds_no_one_up(database: str) -> None:
    async def scenario(house: House) -> None:
        house.chain.boxes["store-020"].ill_of = lambda directive: True
        await house.publish("new", Publication((rolled_out(),), pause_s=0))
        await house.go(12)
        assert await house.state("new") == ("done", {"failed": 1, "applied": 23})

    with_house(database, scenario, 24)


def test_a_ring_of_which_no_one_was_reached_waits_for_one_or_for_an_owner(database: str) -> None:
    async def scenario(house: House) -> None:
        early = [house.chain.boxes[store] for store in ("store-001", "store-002")]
        for box in early:
            box.away = True
        away = "UPDATE device SET heard_at = now() - interval '40 days' WHERE store IN ('store-001', 'store-002')"
        await house.owner.execute(away)
        for id in ("first", "second"):
            await house.publish(id, Publication((rolled_out(),), pause_s=0, title=id))
        await house.go(10)
        for id in ("first", "second"):
            query = "SELECT state, reason FROM publication WHERE id = $1"
            assert tuple(await house.owner.fetchrow(query, id)) == (
                "going",
                "no store in this wave has been reached yet",
            )
        await house.step("second", "stop", reason="I know")
        await house.step("second", "go-on", reason="both shops are closed for the winter")
        for box in early[:1]:
            box.away = False
            await box.hello(house.chain.store)
        await house.go(10)
        query = "SELECT id, state FROM publication ORDER BY id"
        assert [tuple(row) for row in await house.owner.fetch(query)] == [("first", "done"), ("second", "done")]

    with_house(database, scenario)


def test_a_ring_without_stores_is_passed_at_once(database: str) -> None:
    async def scenario(house: House) -> None:
        for store in house.chain.boxes:
            ring = "canary" if store == "store-000" else "rest"
            await tenants.put_store(house.owner, TENANT, store, StoreRecord(ring=ring), "operator")
        await house.publish("new", Publication((rolled_out(),), pause_s=24 * 3600))
        await house.go()
        await house.owner.execute("UPDATE publication SET wave_done_at = now() - interval '25 hours'")
        await house.go()
        assert (await house.state("new"))[1] == {"applied": STORES}

    with_house(database, scenario)


def test_a_store_that_is_pinned_holds_nobody_up(database: str) -> None:
    async def scenario(house: House) -> None:
        pinned = house.chain.boxes["store-000"]
        pinned.gets_as_far = 2
        pinned.say_setting("software.pinned_until", "2999-01-01")
        await house.go(1)
        await house.publish("new", Publication((rolled_out(),), pause_s=0))
        await house.go(10)
        assert await house.state("new") == ("done", {"skipped": 1, "applied": 11})

    with_house(database, scenario)


def test_a_box_that_does_not_come_back_from_exchanging_stops_it(database: str) -> None:
    async def scenario(house: House) -> None:
        house.chain.boxes["store-000"].gets_as_far = 3
        await house.publish("new", Publication((rolled_out(),), pause_s=0, first=("store-000",)))
        await house.go(4)
        assert (await house.state("new"))[0] == "going"
        await house.owner.execute("UPDATE device SET heard_at = now() - interval '3 hours' WHERE store = 'store-000'")
        await house.relay.turn()
        assert await house.state("new") == ("stopped", {"failed": 1, "waiting": 11}), "nobody beyond"

    with_house(database, scenario)


def test_a_release_is_held_in_pieces_the_newest_five_and_none_newer_than_head_office(
    database: str, tmp_path: Path
) -> None:
    key = tmp_path / "releases.pem"
    key.write_bytes(new_key())
    file = tmp_path / "edge-store-1.0.0.tar.gz"
    file.write_bytes(bytes(200_000))

    def said(version: str, size: int = 200_000) -> SignedRelease:
        return sign_release(Signer.load(key), Release(version, digest_of(file), size, 1))

    async def scenario(house: House) -> None:
        for number in range(7):
            async with house.owner.transaction():
                await releases.add(house.owner, TENANT, said(f"1.{number}.0"), releases.pieces_of(file))
        box = Key(TENANT, "store-000", "box")
        async with house.chain.store.pool.acquire() as connection, connection.transaction():
            await act_for(connection, TENANT)
            gone = answer_of(await software_hub.answer(connection, box, encode(ReleasePart("1.1.0", 0))))
            held = answer_of(await software_hub.answer(connection, box, encode(ReleasePart("1.2.0", 0))))
            parts = [
                answer_of(await software_hub.answer(connection, box, encode(ReleasePart("1.2.0", n)))).data
                for n in range(1, 6)
            ]
        assert gone.release is None and held.release == said("1.2.0")
        assert (b"".join(parts), parts[4]) == (file.read_bytes(), b"")
        theirs = Key("neighbour", "store-000", "box")
        async with house.chain.store.pool.acquire() as connection, connection.transaction():
            await act_for(connection, "neighbour")
            assert await software_hub.answer(connection, theirs, encode(ReleasePart("1.2.0", 1))) == encode(
                ReleaseAnswer()
            )
        with pytest.raises(NotTaken, match="upgrade it first"):
            releases.require_fit(said("1.2.0"), file, "1.1.9")
        with pytest.raises(NotTaken, match="match its signature"):
            releases.require_fit(said("1.2.0", 5), file, "1.2.0")

    with_house(database, scenario, 1)


def test_two_boxes_of_a_store_exchange_their_software_on_two_nights(database: str) -> None:
    async def turn(house: House, store: str, device: str) -> bool:
        async with house.chain.store.pool.acquire() as connection, connection.transaction():
            await act_for(connection, TENANT)
            asked = encode(ReleasePart("1.1.0", 0, turn=True))
            return answer_of(await software_hub.answer(connection, Key(TENANT, store, device), asked)).turn

    async def scenario(house: House) -> None:
        assert await turn(house, "store-000", "box")
        assert await turn(house, "store-000", "box"), "the same box asks again"
        assert not await turn(house, "store-000", "second"), "never two at once, nor two in a night"
        assert await turn(house, "store-001", "second"), "another store is another matter"
        await house.owner.execute("UPDATE software_turn SET at = now() - interval '21 hours'")
        await house.owner.execute(
            "INSERT INTO software_update (tenant, store, device, directive, release, step, reason, changed_at) "
            "VALUES ($1, 'store-000', 'box', 1, '1.1.0', 'swapping', '', now())",
            TENANT,
        )
        assert not await turn(house, "store-000", "second"), "the other one has not come back"
        await house.owner.execute("UPDATE software_update SET step = 'healthy'")
        assert await turn(house, "store-000", "second")

    with_house(database, scenario, 2)


def test_software_is_watched_behind_its_last_wave_too(database: str) -> None:
    async def scenario(house: House) -> None:
        await house.publish("new", Publication((rolled_out(),), pause_s=24 * 3600, first=("store-000",)))
        await house.go()
        assert (await house.state("new"))[0] == "going", "the only box has it, and is watched"
        await house.owner.execute("UPDATE publication SET wave_done_at = now() - interval '25 hours'")
        await house.go()
        assert (await house.state("new"))[0] == "done"

    with_house(database, scenario, 1)


def test_a_release_is_made_and_brought_by_hand(
    database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    program, out, key = tmp_path / "program", tmp_path / "out", tmp_path / "releases.pem"
    key.write_bytes(new_key())
    make_clone(program)
    monkeypatch.setattr(release_cli, "ROOT", program)
    assert main(["release", "make", str(out), "--key", str(key)]) == 0
    assert f"has the line {Signer.load(key).public}" in capsys.readouterr().out
    own = __version__
    file = out / f"edge-store-{own}.tar.gz"
    with tarfile.open(file) as packed:
        assert {one.name for one in packed if one.isfile()} == {"./run", "./edge/__main__.py", "./config.toml"}
    words = ["hub", "--no-tls", "--database", database, "release", "acme", str(file)]
    assert main(words) == 0
    assert f"acme has release {own}, in 1 pieces" in capsys.readouterr().out
    file.write_bytes(file.read_bytes() + b"x")
    assert main(words) == 1
    assert "doesn't match its signature" in capsys.readouterr().err
