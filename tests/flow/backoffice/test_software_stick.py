"""A release from a stick: signed, tried, exchanged and judged as what head office brings."""

from __future__ import annotations

import asyncio
import io
import tarfile
from collections.abc import Sequence
from pathlib import Path

import msgspec
import pytest

from edge.backoffice.software.commands import TakeRelease
from edge.backoffice.software.queries import open_update, software_updates
from edge.backoffice.software.service import installer as installing
from edge.backoffice.software.service import stick
from edge.backoffice.software.service.desk import SoftwareDesk
from edge.backoffice.software.service.stick import releases_on_sticks
from edge.backoffice.software.service.update_files import UpdateOutcome
from edge.backoffice.software.settings import SoftwareSettings
from edge.core.messages import Refused
from edge.foundation.settings.commands import SetSetting
from setup.offline import pack
from sync.directive_signing import new_key
from sync.releases import PIECE_BYTES
from tests.flow.backoffice.test_software_update import NEW, OLD, Box, a_box, exchanged
from tests.shop_fixture import SYSTEM, done, run


class ShopWithoutLink(Box):
    """A box that head office does not hear; `alone`: the store has no other."""

    alone = True

    def desk(self, own: str = OLD) -> SoftwareDesk:
        settings = SoftwareSettings(zone="Europe/Paris")
        clock = lambda: self.clock.at_us  # noqa: E731
        return SoftwareDesk(
            *(self.shop, self.places, settings, lambda: self.parts, self.office, own, clock), is_alone=self.alone
        )


def plug_in(box: Box, roots: Path, name: str = "stick") -> Path:
    """Both files of what was made last, on a stick; head office is away."""
    folder = roots / "dana" / name
    folder.mkdir(parents=True)
    said = box.office.said
    file = folder / f"edge-store-{said.release.version}.tar.gz"
    file.write_bytes(box.office.file)
    file.with_name(f"edge-store-{said.release.version}.json").write_bytes(msgspec.json.encode(said))
    return file


async def pressed(box: Box, digest: str) -> None:
    """The manager's button, a moment later."""
    box.clock.at_us += 1
    await done(box.shop, TakeRelease(NEW, digest), SYSTEM)


@pytest.fixture
def roots(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where sticks are plugged in."""
    folder = tmp_path / "media"
    folder.mkdir()
    monkeypatch.setattr(stick, "ROOTS", (folder,))
    return folder


def packages(folder: Path, file: Path) -> None:
    """What lies on a stick beside a release, for a shop without internet."""
    for name in ("wheels/aiohttp-3-cp311-abi3-any.whl", "npm/htmx.org-2.tgz"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text("packed")
    pack(folder, file.with_name(f"edge-store-{NEW}-offline.tar"))


def test_what_a_release_needs_comes_with_it_from_the_stick(
    tmp_path: Path, roots: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[list[str]] = []

    def run_command(argv: Sequence[str]) -> bool:
        if argv[1] == "setup":
            folder = Path(argv[0]).parent
            seen.append([*argv[2:], *sorted(str(one.relative_to(folder)) for one in folder.rglob("offline/*/*"))])
        return original(argv)

    original = installing.run_command
    monkeypatch.setattr(installing, "run_command", run_command)

    async def scenario() -> None:
        async with a_box(tmp_path) as made:
            (tmp_path / "without-link").mkdir()
            box = ShopWithoutLink(made.shop, tmp_path / "without-link", made.clock)
            digest = box.release()
            packages(tmp_path / "brought", plug_in(box, roots))
            box.office.is_reachable, box.office.cut_after = False, 0
            await done(box.shop, TakeRelease(NEW, digest), SYSTEM)
            assert await box.turns() == "rehearsed"
            (said,) = seen
            assert said[:2] == ["--like", str(box.current)], "what the one before had is brought again"
            assert said[2:] == ["offline/npm/htmx.org-2.tgz", "offline/wheels/aiohttp-3-cp311-abi3-any.whl"]
            assert not (box.programs / f"edge-store-{NEW}" / "offline").exists(), "installed, and gone"

    run(scenario())


@pytest.mark.parametrize("name", ["offline/wheels/../../run", "run", "offline/wheels/../x.whl"])
def test_packages_that_would_leave_their_folder_are_refused(tmp_path: Path, roots: Path, name: str) -> None:
    async def scenario() -> None:
        async with a_box(tmp_path) as made:
            (tmp_path / "without-link").mkdir()
            box = ShopWithoutLink(made.shop, tmp_path / "without-link", made.clock)
            digest = box.release()
            file = plug_in(box, roots)
            with tarfile.open(file.with_name(f"edge-store-{NEW}-offline.tar"), "w") as packed:
                packed.addfile(tarfile.TarInfo(name), io.BytesIO())
            box.office.is_reachable, box.office.cut_after = False, 0
            await done(box.shop, TakeRelease(NEW, digest), SYSTEM)
            assert await box.turns(count=4) == "refused"
            assert software_updates(box.shop.reader)[0].reason == "damaged"

    run(scenario())


def test_it_goes_the_way_of_head_offices_without_a_link(tmp_path: Path, roots: Path) -> None:
    async def scenario() -> None:
        async with a_box(tmp_path) as made:
            (tmp_path / "without-link").mkdir()
            box = ShopWithoutLink(made.shop, tmp_path / "without-link", made.clock)
            digest = box.release()
            file = plug_in(box, roots)
            box.office.is_reachable, box.office.cut_after = False, 0
            (seen,) = releases_on_sticks(box.places, OLD)
            assert (seen.version, seen.digest, seen.fault) == (NEW, digest, "")
            await done(box.shop, TakeRelease(NEW, digest), SYSTEM)
            again = await box.shop.do(TakeRelease(NEW, digest), SYSTEM)
            assert again == Refused("software_under_way", {"release": NEW})
            await done(box.shop, SetSetting("software.pinned_until", "2027-01-16"), SYSTEM)
            assert await box.turns(count=5) == "rehearsed", "tried on a copy; the pin holds for a stick, too"
            file.unlink()
            await done(box.shop, SetSetting("software.pinned_until", ""), SYSTEM)
            box.alone = False
            assert await box.turns(count=2) == "rehearsed", "of two boxes nobody can say whose turn it is"
            box.alone = True
            assert await box.turns(count=2) == "swapping"
            assert await box.swapped(exchanged(box, well=True)) == UpdateOutcome("-1-swap", "swapped")
            assert await box.turns(NEW, 1) == "healthy"
            assert box.installed == [f"edge-store-{NEW}"]
            await pressed(box, digest)
            assert await box.turns(NEW, 1) == "healthy", "what runs already"
            assert [one.directive for one in software_updates(box.shop.reader)] == [-2, -1]

    run(scenario())


def test_it_goes_on_where_the_stick_was_pulled(tmp_path: Path, roots: Path) -> None:
    async def scenario() -> None:
        async with a_box(tmp_path) as box:
            digest = box.release()
            file = plug_in(box, roots)
            box.office.is_reachable = False
            box.places.inbox.mkdir(exist_ok=True)
            (box.places.inbox / f"{NEW}.part").write_bytes(box.office.file[: 3 * PIECE_BYTES + 7])
            file.rename(roots / file.name)
            await done(box.shop, TakeRelease(NEW, digest), SYSTEM)
            assert (await box.turns(count=1), open_update(box.shop.reader)) == ("refused", None)
            assert box.reason == "no_stick", "its word alone is there"
            (roots / file.name).rename(file)
            await pressed(box, digest)
            assert await box.turns(count=1) == "fetched"
            assert box.places.file_of(NEW).read_bytes() == box.office.file

    run(scenario())


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ("stranger", "unsigned"),
        ("older", "older"),
        ("damaged", "damaged"),
        ("short", "damaged"),
        ("no_key", "no_key"),
        ("rehearsal", "rehearsal"),
        ("office", "unknown"),
    ],
)
def test_what_a_box_does_not_take_from_a_stick(tmp_path: Path, roots: Path, change: str, reason: str) -> None:
    async def scenario() -> None:
        async with a_box(tmp_path) as box:
            stranger = tmp_path / "stranger.pem"
            stranger.write_bytes(new_key())
            version = "0.9.0" if change == "older" else NEW
            rehearsal = 1 if change == "rehearsal" else 0
            digest = box.release(version, stranger if change == "stranger" else None, rehearsal=rehearsal)
            file = plug_in(box, roots)
            if change == "damaged":
                file.write_bytes(box.office.file[:-1] + bytes([box.office.file[-1] ^ 1]))
            if change == "short":
                file.write_bytes(box.office.file[:-1])
            if change == "no_key":
                box.places.keys.unlink()
            box.office.is_reachable = change == "office"
            box.office.said = None
            await done(box.shop, TakeRelease(version, digest), SYSTEM)
            assert (await box.turns(), box.reason) == ("refused", reason)
            assert box.installed == [], change
            if change in ("stranger", "older", "short", "no_key"):
                assert [one.fault for one in releases_on_sticks(box.places, OLD)] == [reason], "the page says so before"

    run(scenario())


def test_what_head_office_asks_for_takes_the_place_of_a_sticks(tmp_path: Path, roots: Path) -> None:
    async def scenario() -> None:
        async with a_box(tmp_path) as box:
            digest = box.release()
            plug_in(box, roots)
            await pressed(box, digest)
            box.clock.at_us += 1
            await box.ask(digest)
            (office, mine) = sorted(software_updates(box.shop.reader), key=lambda one: -one.directive)
            assert (office.step, mine.step, mine.reason) == ("asked", "refused", "replaced")
            assert await asyncio.wait_for(box.turns(), 60) == "rehearsed"

    run(scenario())
