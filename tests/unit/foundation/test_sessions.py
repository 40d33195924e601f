"""Sessions: one table that outlives a restart, and how long each of them lasts."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import msgspec
import pytest

from edge.core.command_bus import CommandBus
from edge.core.messages import Done
from edge.foundation.access.browsers.session import DEVICES, LASTING, SessionKind
from edge.foundation.access.browsers.sessions import Sessions
from edge.foundation.access.commands import RetireUser, SetPin, SetUser
from edge.foundation.access.credentials.pin import hash_pin
from edge.foundation.access.queries import SET_UP
from edge.operations.ledger import Ledger
from tests.shop_fixture import SYSTEM, FakeClock, config, open_shop, run

HASH = hash_pin("1234")
HOUR_S = 3600.0


@asynccontextmanager
async def started(
    folder: Path, clock: FakeClock, people: tuple[str, ...] = (), **how: object
) -> AsyncIterator[tuple[CommandBus, Sessions]]:
    """The shop of a folder, as after a (re)start; what is written is written before it stops."""
    ledger = Ledger(config(folder), clock)
    shop = ledger.shop()
    shop.start()
    try:
        for id in people:
            assert isinstance(await shop.do(SetUser(id, "Dana", "manager", HASH), SYSTEM), Done)
        idle_us: Callable[[], int] = how.pop("idle_us", lambda: 1_800_000_000)  # type: ignore[assignment]
        sessions = Sessions(shop, idle_us, lambda: clock.mono_us, **how)  # type: ignore[arg-type]
        yield shop, sessions
        await sessions.stop()
    finally:
        shop.close()
        ledger.close()


def written(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.rglob("ledger.db*"))


def test_a_restart_asks_nobody_and_keeps_no_secret(tmp_path: Path) -> None:
    async def scenario() -> None:
        clock = FakeClock()
        async with started(tmp_path, clock, ("u1", "u2")) as (_, sessions):
            sessions.sign_in("1", "u1", "browser")
            kinds: tuple[SessionKind, ...] = ("manager", "own", "app")
            secrets = {kind: sessions.begin(kind, "u2", "phone").secret for kind in kinds}
            grant = sessions.begin("grant", "u2").secret
        text = written(tmp_path)
        assert not any(secret.encode() in text for secret in secrets.values()), "hashes only"
        clock.advance(60)
        clock.mono_us = 5_000_000  # another boot
        async with started(tmp_path, clock) as (_, sessions):
            assert sessions.user("1", "browser") == "u1" and sessions.user("1", "another") is None
            for kind, secret in secrets.items():
                found = sessions.find_by_secret(secret, kind)
                assert found is not None and (found.user, found.label) == ("u2", "phone")
            assert sessions.find_by_secret(grant, "grant") is None, "what a PIN gave for two minutes is kept nowhere"
            assert not sessions.find_by_secret(secrets["own"], "own").entered_lately(clock.mono_us + 241_000_000)  # type: ignore[union-attr]
            sessions.end_all("u2")
        async with started(tmp_path, clock) as (_, sessions):
            assert [one.user for one in sessions.all()] == ["u1"], "what was ended stays so"

    run(scenario())


@pytest.mark.parametrize("kind", ["manager", "own", "app"])
def test_untouched_or_old_it_ends_also_when_the_box_was_off(tmp_path: Path, kind: SessionKind) -> None:
    async def scenario() -> None:
        clock, lasting = FakeClock(), LASTING[kind]
        async with started(tmp_path, clock, ("u1",)) as (_, sessions):
            used, left = (sessions.begin(kind, "u1").secret for _ in range(2))
            for _ in range(lasting.most_us // lasting.idle_us):
                clock.advance((lasting.idle_us - 1) / 1e6)
                assert sessions.find_by_secret(used, kind)
            assert not sessions.find_by_secret(left, kind), "nobody touched it"
            clock.advance((lasting.idle_us - 1) / 1e6)
            assert not sessions.find_by_secret(used, kind), "however it is used"
            off = sessions.begin(kind, "u1").secret
        clock.advance(lasting.idle_us / 1e6)
        clock.mono_us = 0
        async with started(tmp_path, clock) as (_, sessions):
            assert not sessions.find_by_secret(off, kind)

    run(scenario())


def test_a_clock_that_is_set_back_makes_none_last_longer(tmp_path: Path) -> None:
    async def scenario() -> None:
        clock, two_years_us = FakeClock(), 2 * 365 * 86_400_000_000
        async with started(tmp_path, clock, ("u1",)) as (_, sessions):
            secret = sessions.begin("own", "u1").secret
            clock.advance(HOUR_S / 3)
            assert sessions.find_by_secret(secret, "own")
        clock.at_us -= two_years_us
        clock.mono_us = 0
        async with started(tmp_path, clock) as (_, sessions):
            clock.advance(HOUR_S / 2 - 1)
            found = sessions.find_by_secret(secret, "own")
            assert found and found.began_us <= -HOUR_S / 3 * 1e6, "it goes on, as old as it was"
            clock.advance(HOUR_S / 2)
            assert not sessions.find_by_secret(secret, "own")

    run(scenario())


def test_a_till_goes_to_sleep_with_its_day_but_not_with_a_basket_open(tmp_path: Path) -> None:
    async def scenario() -> None:
        clock, day, selling = FakeClock(), ["2027-01-15"], [True]
        how = {"day": lambda: day[0], "selling": lambda register: selling[0], "idle_us": lambda: 0}
        async with started(tmp_path, clock, ("u1",), **how) as (_, sessions):
            sessions.sign_in("1", "u1")
            day[0] = "2027-01-16"
            assert sessions.user("1") == "u1", "somebody waits to pay"
            selling[0] = False
            assert sessions.user("1") is None

    run(scenario())


def test_five_devices_a_person_and_the_one_unused_longest_makes_room(tmp_path: Path) -> None:
    async def scenario() -> None:
        clock = FakeClock()
        async with started(tmp_path, clock, ("u1", "u2")) as (_, sessions):
            sessions.begin("own", "u2", "another's")
            made = []
            for number in range(DEVICES):
                clock.advance(1)
                made.append(sessions.begin("own" if number % 2 else "app", "u1", f"device {number}"))
            clock.advance(1)
            assert sessions.find_by_secret(made[0].secret, "app"), "the oldest is in use"
            more = sessions.begin("own", "u1", "one more")
            assert [one.label for one in more.ended] == ["device 1"]
            assert len(sessions.all("u1")) == DEVICES and len(sessions.all("u2")) == 1

    run(scenario())


def test_who_somebody_is_now_is_looked_up_at_each_request(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            assert isinstance(await shop.do(SetPin(HASH), SYSTEM), Done)
            sessions = Sessions(shop, lambda: 0, lambda: 0)
            dana = SetUser("u1", "Dana", "manager", HASH)
            changes = (
                msgspec.structs.replace(dana, role="cashier", pin_hash=""),
                msgspec.structs.replace(dana, pin_hash=hash_pin("4321")),
                RetireUser("u1"),
            )
            for one in (dana, SetUser("u9", "Avi", "manager", HASH)):
                assert isinstance(await shop.do(one, SYSTEM), Done)
            for change in changes:
                kinds: tuple[SessionKind, ...] = ("own", "app")
                secrets = {kind: sessions.begin(kind, "u1").secret for kind in kinds}
                sessions.sign_in("1", "u1")
                renamed = msgspec.structs.replace(dana, name="Dana L.", pin_hash="", role=_role(shop))
                assert isinstance(await shop.do(renamed, SYSTEM), Done)
                assert all(sessions.find_by_secret(secret, kind) for kind, secret in secrets.items()), (
                    "a name ends nothing"
                )
                assert isinstance(await shop.do(change, SYSTEM), Done)
                assert not any(sessions.find_by_secret(secret, kind) for kind, secret in secrets.items()), change
                assert sessions.user("1") is None
                if not isinstance(change, RetireUser):
                    assert isinstance(await shop.do(dana, SYSTEM), Done)
            assert sessions.begin("own", SET_UP).session.mark and sessions.all(SET_UP)
            await sessions.stop()

    run(scenario())


def _role(shop: CommandBus) -> str:
    found: str = shop.reader.execute("SELECT role FROM access_user WHERE id = 'u1'").fetchone()[0]
    return found


def test_a_ledger_that_was_set_back_knows_no_ones_sessions(tmp_path: Path) -> None:
    async def scenario() -> None:
        clock = FakeClock()
        async with started(tmp_path, clock, ("u1",)) as (_, sessions):
            sessions.begin("app", "u1")
            sessions.sign_in("1", "u1")
        async with started(tmp_path, clock) as (shop, sessions):
            assert len(sessions.all("u1")) == 2
            for forget in shop.registry.on_restore:
                await shop.maintain(forget)
            assert Sessions(shop, lambda: 0, lambda: clock.mono_us).all() == []

    run(scenario())
