"""A box and a newer version: a real release, signed, fetched in pieces, tried, exchanged at night, and taken back.

What stands in the release is a program of a few lines of shell, which does what `./run` of a real one is asked to.
"""

from __future__ import annotations

import asyncio
import io
import shutil
import subprocess
import tarfile
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from msgspec import structs

from edge.backoffice.software.commands import AskSoftware, TakeBackUpdate
from edge.backoffice.software.head_office_messages import ReleaseAnswer, encode, part_of
from edge.backoffice.software.queries import open_update, software_updates
from edge.backoffice.software.rules import Wellness, worse
from edge.backoffice.software.service import installer as installing
from edge.backoffice.software.service.desk import SoftwareDesk
from edge.backoffice.software.service.installer import Installer
from edge.backoffice.software.service.update_files import (
    FOLDER,
    Previous,
    Quiet,
    UpdateOutcome,
    UpdatePlaces,
    UpdateRequest,
    read,
    write,
)
from edge.backoffice.software.settings import SoftwareSettings
from edge.backoffice.software.watches import WATCHES
from edge.core.command_bus import CommandBus
from edge.core.messages import Command, Refused
from edge.core.process.parts import PartState
from edge.core.storage.migrate import newest
from edge.counter.till.commands import AbandonBasket, AddLine
from edge.foundation.settings.commands import SetSetting
from sync.directive_signing import Signer, new_key
from sync.releases import PIECE_BYTES, Release, digest_of, sign_release
from tests.shop_fixture import MILK, SYSTEM, FakeClock, done, open_shop, run

OLD, NEW = "1.0.0", "1.1.0"
NIGHT_US = 1_800_068_400_000_000  # 2027-01-16 04:00 in Paris
DAY_US = NIGHT_US + 8 * 3600 * 1_000_000
RUN = """#!/bin/sh
here=$(dirname "$0")
case $1 in
    setup) mkdir -p "$here/.venv/bin"; printf '#!/bin/sh\\nexit {rehearsal}\\n' > "$here/.venv/bin/python"
           chmod +x "$here/.venv/bin/python" ;;
    install) echo "$here" >> "{log}"; exit {install} ;;
esac
"""


class Office:
    """Head office, as far as a box fetches releases. `cut_after`: so many pieces, and the link is gone."""

    def __init__(self) -> None:
        self.is_reachable = True
        self.said: Any = None
        self.file = b""
        self.asked: list[int] = []
        self.cut_after = 10**9

    async def ask(self, room: str, body: bytes, timeout_s: float) -> bytes | None:
        part = part_of(body)
        self.asked.append(part.n)
        if len(self.asked) > self.cut_after:
            return None
        if part.n == 0:
            return encode(ReleaseAnswer(self.said))
        return encode(ReleaseAnswer(data=self.file[(part.n - 1) * PIECE_BYTES : part.n * PIECE_BYTES]))


class Box:
    """A shop with its desk, the installer beside it, and the folders of programs."""

    def __init__(self, shop: CommandBus, folder: Path, clock: FakeClock) -> None:
        self.shop, self.folder, self.clock, self.office = shop, folder, clock, Office()
        self.places = UpdatePlaces(folder / FOLDER, folder / "own", folder / "keys")
        self.places.own.mkdir(exist_ok=True)
        self.programs, self.log = folder / "opt", folder / "installed"
        self.log.touch()
        self.current = self._program(f"edge-store-{OLD}")
        self.parts = [PartState("printer", "ok")]
        self.key = folder / "releases.pem"
        self.key.write_bytes(new_key())
        self.places.keys.write_text(Signer.load(self.key).public + "\n")

    def _program(self, name: str, rehearsal: int = 0, install: int = 0) -> Path:
        folder = self.programs / name
        folder.mkdir(parents=True)
        file = folder / "run"
        file.write_text(RUN.format(log=self.log, rehearsal=rehearsal, install=install))
        file.chmod(0o755)
        return folder

    def release(self, version: str = NEW, key: Path | None = None, schema: int | None = None, **exits: int) -> str:
        """Make a release, bring it to head office, and say its digest."""
        folder = self._program(f"made-{version}", **exits)
        (folder / "pictures").write_bytes(bytes(range(256)) * 4096)
        file = self.folder / "made.tar.gz"
        with tarfile.open(file, "w:gz", compresslevel=0) as packed:
            packed.add(folder, ".")
        shutil.rmtree(folder)
        self.office.file = file.read_bytes()
        wanted = Release(version, digest_of(file), len(self.office.file), newest() if schema is None else schema)
        self.office.said = sign_release(Signer.load(key or self.key), wanted)
        return wanted.digest

    def desk(self, own: str = OLD) -> SoftwareDesk:
        """Of the process that runs this version."""
        settings = SoftwareSettings(zone="Europe/Paris")
        return SoftwareDesk(
            self.shop, self.places, settings, lambda: self.parts, self.office, own, lambda: self.clock.at_us
        )

    async def ask(self, digest: str, directive: int = 1, version: str = NEW) -> None:
        await done(self.shop, AskSoftware(directive, version, digest), SYSTEM)

    async def turns(self, own: str = OLD, count: int = 3) -> str:
        """Some of the desk's, each with what the installer is asked for short of exchanging; the step."""
        for _ in range(count):
            await self.desk(own).turn()
            request = read(self.places.request, UpdateRequest)
            if request and request.work == "prepare":
                await asyncio.to_thread(self.installer().work)
        return software_updates(self.shop.reader)[0].step

    async def basket(self, command: Command) -> None:
        """Done, and on the disk: a till is answered before that, who sets something is not."""
        await done(self.shop, command)
        await done(self.shop, SetSetting("software.pinned_until", ""), SYSTEM)

    def installer(self, wait: Callable[[float], None] = lambda _: None) -> Installer:
        return Installer(self.places, self.current, self.folder / "config.toml", OLD, wait=wait)

    async def swapped(self, wait: Callable[[float], None] = lambda _: None) -> UpdateOutcome | None:
        return await asyncio.to_thread(self.installer(wait).work)

    @property
    def reason(self) -> str:
        return software_updates(self.shop.reader)[0].reason

    @property
    def installed(self) -> list[str]:
        return [Path(line).name for line in self.log.read_text().splitlines()]


@asynccontextmanager
async def a_box(folder: Path) -> AsyncIterator[Box]:
    clock = FakeClock(NIGHT_US)
    clock.synced = True
    async with open_shop(folder, clock) as shop:
        yield Box(shop, folder, clock)


def test_a_version_is_fetched_tried_and_exchanged_at_night(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with a_box(tmp_path) as box:
            box.clock.at_us = DAY_US
            digest = box.release()
            await box.ask(digest)
            box.office.cut_after = 3
            assert await box.turns(count=1) == "asked", "the link was cut"
            box.office.cut_after = 10**9
            assert await box.turns() == "rehearsed"
            assert box.office.asked[3:6] == [3, 0, 3], "it goes on where it was cut off"
            assert (box.programs / f"edge-store-{NEW}" / "pictures").stat().st_size == 256 * 4096
            assert await box.turns() == "rehearsed", "it is day"
            assert box.installed == []
            box.clock.at_us = NIGHT_US + 86_400 * 1_000_000
            await done(box.shop, AddLine(MILK))
            assert await box.turns() == "rehearsed", "a sale is in progress"
            assert box.installed == []

    run(scenario())


def exchanged(box: Box, well: bool) -> Callable[[float], None]:
    """What passes while the installer waits: the new version's process looks whether it is well."""
    loop = asyncio.get_running_loop()

    def wait(_seconds: float) -> None:
        box.parts = [PartState("printer", "ok" if well else "lost")]
        asyncio.run_coroutine_threadsafe(box.desk(NEW).turn(), loop).result(30)

    return wait


def test_a_version_with_which_the_shop_is_well_stays(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with a_box(tmp_path) as box:
            await box.ask(box.release())
            assert await box.turns(count=5) == "swapping", "told before it begins"
            assert box.installed == []
            assert await box.swapped(exchanged(box, well=True)) == UpdateOutcome("1-swap", "swapped")
            assert await box.turns(NEW, 1) == "healthy"
            assert box.installed == [f"edge-store-{NEW}"]
            assert await box.swapped() is None, "once"
            await box.ask(box.office.said.release.digest, directive=2)
            assert await box.turns(NEW, 1) == "healthy", "what runs already"
            assert open_update(box.shop.reader) is None

    run(scenario())


def test_someone_who_begins_to_sell_just_before_it_puts_it_off(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with a_box(tmp_path) as box:
            await box.ask(box.release())
            assert await box.turns(count=5) == "swapping"
            await box.basket(AddLine(MILK))
            await box.turns(count=1)
            assert await box.swapped() == UpdateOutcome("1-swap", "waits", "selling")
            assert (await box.turns(), box.installed) == ("swapping", []), (
                "it is not asked for while a sale is in progress"
            )
            assert await box.swapped() is None
            await box.basket(AbandonBasket())
            assert await box.turns() == "swapping"
            assert await box.swapped(exchanged(box, well=True)) == UpdateOutcome("1-swap-1", "swapped")
            assert await box.turns(NEW, 1) == "healthy"

    run(scenario())


def test_a_shop_that_says_nothing_is_not_quiet(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with a_box(tmp_path) as box:
            await box.ask(box.release())
            await box.turns(count=5)
            write(box.places.quiet, Quiet(time.monotonic() - installing.QUIET_S - 1))
            assert await box.swapped() == UpdateOutcome("1-swap", "waits", "selling")
            assert box.installed == []

    run(scenario())


@pytest.mark.parametrize(
    ("name", "held", "free"),
    [
        ("software.blocked_days", "12-24, 01-16", "12-24, 2026-01-16"),
        ("software.pinned_until", "2027-01-16", "2027-01-15"),
    ],
)
def test_a_day_that_is_set_aside_and_a_box_that_is_pinned(tmp_path: Path, name: str, held: str, free: str) -> None:
    async def scenario() -> None:
        async with a_box(tmp_path) as box:
            await done(box.shop, SetSetting(name, held), SYSTEM)
            await box.ask(box.release())
            assert await box.turns(count=5) == "rehearsed"
            await done(box.shop, SetSetting(name, free), SYSTEM)
            assert await box.turns(count=2) == "swapping"

    run(scenario())


def test_a_shop_is_as_well_as_its_journal_and_its_till() -> None:
    before = Wellness(("printer",), (), True, (), 2_000)
    assert worse(before, before) == ""
    assert worse(before, structs.replace(before, journal=("row 7 is another one",))) == "journal"
    assert worse(before, structs.replace(before, answer_us=40_000)) == "", "nobody notices"
    assert worse(before, structs.replace(before, answer_us=60_000)) == "slow"
    slow = structs.replace(before, answer_us=60_000)
    assert worse(slow, structs.replace(before, answer_us=120_000)) == "", "twice as long is not more than that"
    assert worse(before, structs.replace(before, answer_us=None)) == ""


def test_a_version_with_which_a_device_is_lost_is_taken_back_by_itself(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(installing, "WELL_S", 6.0)

    async def scenario() -> None:
        async with a_box(tmp_path) as box:
            await box.ask(box.release())
            await box.turns(count=5)
            assert await box.swapped(exchanged(box, well=False)) == UpdateOutcome("1-swap", "went_back", "unwell")
            assert await box.turns(OLD, 1) == "went_back"
            assert box.installed == [f"edge-store-{NEW}", f"edge-store-{OLD}"]
            assert [one.values for one in WATCHES[0].read(box.shop.reader, box.clock.at_us, "")] == [{"release": NEW}]

    run(scenario())


def test_under_a_new_schema_it_stays_and_is_stuck(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(installing, "WELL_S", 4.0)

    async def scenario() -> None:
        async with a_box(tmp_path) as box:
            await box.ask(box.release(schema=10**6))
            await box.turns(count=5)
            assert await box.swapped(exchanged(box, well=False)) == UpdateOutcome("1-swap", "stuck", "unwell")
            assert await box.turns(NEW, 1) == "stuck"
            assert box.installed == [f"edge-store-{NEW}"], "no sale is lost to going back"

    run(scenario())


def test_the_power_goes_while_it_is_exchanged(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with a_box(tmp_path) as box:
            await box.ask(box.release())
            await box.turns(count=5)

            def off(_seconds: float) -> None:
                raise KeyboardInterrupt

            for _ in range(installing.TRIES):
                with pytest.raises(KeyboardInterrupt):
                    box.installer(off).work()
            assert await box.swapped() == UpdateOutcome("1-swap", "went_back", "cut_off")
            assert box.installed == [f"edge-store-{NEW}"] * 2 + [f"edge-store-{OLD}"]
            assert await box.turns(OLD, 1) == "went_back"

    run(scenario())


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ("stranger", "unsigned"),
        ("digest", "unsigned"),
        ("older", "older"),
        ("damaged", "damaged"),
        ("gone", "unknown"),
        ("no_key", "no_key"),
        ("rehearsal", "rehearsal"),
    ],
)
def test_what_a_box_does_not_take(tmp_path: Path, change: str, reason: str) -> None:
    async def scenario() -> None:
        async with a_box(tmp_path) as box:
            stranger = tmp_path / "stranger.pem"
            stranger.write_bytes(new_key())
            version = "0.9.0" if change == "older" else NEW
            key = stranger if change == "stranger" else None
            digest = box.release(version, key, rehearsal=1 if change == "rehearsal" else 0)
            if change == "damaged":
                box.office.file = box.office.file[:-1] + bytes([box.office.file[-1] ^ 1])
            if change == "gone":
                box.office.said = None
            if change == "no_key":
                box.places.keys.unlink()
            await box.ask("0" * 64 if change == "digest" else digest, version=version)
            assert (await box.turns(), box.reason) == ("refused", reason)
            assert box.installed == []

    run(scenario())


async def updated(box: Box) -> Installer:
    """The update is done; the installer of the new version, beside which the previous one still lies."""
    await box.ask(box.release())
    await box.turns(count=5)
    assert await box.swapped(exchanged(box, well=True)) == UpdateOutcome("1-swap", "swapped")
    assert await box.turns(NEW, 1) == "healthy"
    await asyncio.to_thread(subprocess.run, (box.current / "run", "setup"), check=True)
    folder = box.programs / f"edge-store-{NEW}"
    return Installer(box.places, folder, box.folder / "config.toml", NEW, wait=lambda _: None)


def test_a_manager_takes_an_update_back_within_the_day(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with a_box(tmp_path) as box:
            newer = await updated(box)
            box.clock.at_us = DAY_US  # some hours later
            await box.basket(AddLine(MILK))
            await done(box.shop, TakeBackUpdate(NEW), SYSTEM)
            assert await box.turns(NEW, 1) == "swapping"
            assert await asyncio.to_thread(newer.work) == UpdateOutcome("1-return", "waits", "selling")
            await box.basket(AbandonBasket())
            assert await box.turns(NEW, 1) == "swapping"
            assert await asyncio.to_thread(newer.work) == UpdateOutcome("1-return-1", "went_back", "asked_back")
            assert box.installed == [f"edge-store-{NEW}", f"edge-store-{OLD}"], "it needn't be night"
            assert await box.turns(OLD, 1) == "went_back"
            assert box.reason == "asked_back"
            assert not list(WATCHES[0].read(box.shop.reader, box.clock.at_us, "")), "nobody is alarmed"
            again = await box.shop.do(TakeBackUpdate(NEW), SYSTEM)
            assert again == Refused("no_way_back", {"release": NEW})

    run(scenario())


def test_after_a_day_there_is_no_way_back(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with a_box(tmp_path) as box:
            newer = await updated(box)
            box.clock.at_us += 86_400 * 1_000_000 + 1
            assert await box.shop.do(TakeBackUpdate(NEW), SYSTEM) == Refused("no_way_back", {"release": NEW})
            held = read(box.places.previous, Previous)
            assert held is not None and held.version == OLD
            for n, previous in enumerate(
                (
                    structs.replace(held, at_s=held.at_s - installing.WAY_BACK_S - 1),
                    structs.replace(held, schema=held.schema - 1),
                    structs.replace(held, replaced_by="9.9.9"),
                )
            ):  # whoever holds the shop's account asks the installer itself
                write(box.places.previous, previous)
                write(box.places.request, UpdateRequest(f"{n}-return", "return", NEW, newest()))
                refused = UpdateOutcome(f"{n}-return", "refused", "no_way_back")
                assert await asyncio.to_thread(newer.work) == refused
            assert box.installed == [f"edge-store-{NEW}"]

    run(scenario())


def test_a_previous_version_that_does_not_work_with_the_ledger_is_not_gone_back_to(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with a_box(tmp_path) as box:
            newer = await updated(box)
            (box.current / ".venv/bin/python").write_text("#!/bin/sh\nexit 1\n")
            await done(box.shop, TakeBackUpdate(NEW), SYSTEM)
            await box.turns(NEW, 1)
            assert await asyncio.to_thread(newer.work) == UpdateOutcome("1-return", "refused", "rehearsal")
            assert (await box.turns(NEW, 1), box.reason) == ("healthy", "rehearsal")
            assert box.installed == [f"edge-store-{NEW}"]

    run(scenario())


def test_the_installer_believes_a_signature_and_not_the_shop(tmp_path: Path) -> None:
    """Whoever has the shop's account writes the inbox, and gets nothing run."""

    async def scenario() -> None:
        async with a_box(tmp_path) as box:
            stranger = tmp_path / "stranger.pem"
            stranger.write_bytes(new_key())
            box.release(key=stranger)
            box.places.inbox.mkdir()
            write(box.places.said_of(NEW), box.office.said)
            box.places.file_of(NEW).write_bytes(box.office.file)
            for work in ("prepare", "swap"):
                write(box.places.request, UpdateRequest(f"9-{work}", work, NEW, 0))  # type: ignore[arg-type]
                assert await box.swapped() == UpdateOutcome(f"9-{work}", "refused", "unsigned")
            box.release()
            write(box.places.said_of(NEW), box.office.said)
            evil = io.BytesIO()
            with tarfile.open(fileobj=evil, mode="w:gz"):
                pass
            box.places.file_of(NEW).write_bytes(evil.getvalue())
            write(box.places.request, UpdateRequest("10-prepare", "prepare", NEW, 0))
            assert await box.swapped() == UpdateOutcome("10-prepare", "refused", "damaged"), "another file"
            secret = tmp_path / "secret"
            secret.write_bytes(box.office.file)
            box.places.file_of(NEW).unlink()
            box.places.file_of(NEW).symlink_to(secret)
            write(box.places.request, UpdateRequest("11-prepare", "prepare", NEW, 0))
            assert await box.swapped() == UpdateOutcome("11-prepare", "refused", "damaged"), "a link to somebody else's"
            assert box.installed == [] and not (box.programs / f"edge-store-{NEW}").exists()

    run(scenario())


def test_the_installer_itself_takes_no_version_of_before(tmp_path: Path) -> None:
    """Whoever holds the shop's account may ask it for anything that was signed once."""

    async def scenario() -> None:
        clock = FakeClock()
        async with open_shop(tmp_path, clock) as shop:
            box = Box(shop, tmp_path, clock)
            box.release("0.0.9")
            box.places.inbox.mkdir(exist_ok=True)
            box.places.file_of("0.0.9").write_bytes(box.office.file)
            write(box.places.said_of("0.0.9"), box.office.said)
            for work in ("prepare", "swap"):
                write(box.places.request, UpdateRequest(f"7-{work}", work, "0.0.9", 1))  # type: ignore[arg-type]
                assert await box.swapped() == UpdateOutcome(f"7-{work}", "refused", "older")
            assert box.installed == []

    run(scenario())
