"""Backups of a shop that sells: made by themselves, opened on another box with the code from paper, tried by drills."""

from __future__ import annotations

import asyncio
import errno
import html
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import aiohttp
import pytest

from edge.core.clock import SystemClock
from edge.core.secrets import keys
from edge.lib.errors import NeedsHuman
from edge.operations.ledger import Ledger
from edge.operations.maintenance.backups import backup, snapshot
from edge.runtime.backup_state import destinations, status
from edge.runtime.backup_state.limits import SPARE_BYTES, SPARE_LEAST_BYTES
from tests import disks
from tests.http_client import when
from tests.shop_fixture import CONFIG as SMALL
from tests.shop_fixture import config, run
from tests.stack import CONFIG, PRODUCTS, Store, store

BACKUP = """
[backup]
folder = "{folder}"
same_disk = true
drill_days = 0
archive_after_days = 0
"""


def with_backups(folder: Path, text: str) -> str:
    return text + BACKUP.format(folder=folder).replace("{", "{{").replace("}", "}}")


def names(folder: Path) -> list[str]:
    """What lies there."""
    return sorted(path.name for path in folder.iterdir())


async def made(usb: Path) -> Path:
    """The first backup, once it is there."""

    def seen() -> list[Path]:
        return sorted(usb.glob("*.edgebackup"))

    (first, *_) = await when(lambda: asyncio.to_thread(seen), bool, "a backup was made", 30.0)
    return first


async def shows(shop: Store, sentence: str) -> None:
    """Wait until the technical page says this."""

    async def look() -> str:
        async with (
            aiohttp.ClientSession() as session,
            session.get(f"http://127.0.0.1:{shop.port}/manager/technical") as answer,
        ):
            return html.unescape(await answer.text())

    await when(look, lambda text: sentence in text, sentence, 20.0, 0.2)


def test_a_shop_goes_on_from_its_backup_on_another_box(tmp_path: Path) -> None:
    usb, other = tmp_path / "usb", tmp_path / "other"
    other.mkdir()

    async def scenario() -> None:
        async with store(tmp_path, text=with_backups(usb, CONFIG)) as shop:
            await shop.start(PRODUCTS)
            first = await made(usb)
            for _ in range(3):
                await shop.sell()
            await shows(shop, "Latest backup:")
            said = await shop.edge("backup", "now")
            assert (said.status, said.err) == (0, "")
            held = shop.rows()
            await shop.sell()
            listed = await shop.edge("backup", "list")
            assert [line.split()[3] for line in listed.out.splitlines()] == [f"#{len(held)}"], "one a day stays"
            assert not first.exists()
            await shows(shop, "Restoring hasn't been tested yet.")
            drilled = await shop.edge("drill")
            assert (drilled.status, drilled.err) == (0, ""), drilled
            await shows(shop, "passed")
            await shows(shop, "The recovery code hasn't been confirmed.")
            code = (await shop.edge("backup", "code")).out.splitlines()[0]
            guessed = await shop.edge("backup", "code", stdin="0000\n" if code[-1] != "0" else "1111\n")
            assert guessed.status == 1 and "don't match" in guessed.err
            assert "edge backup code" in (await shop.edge("check")).out, "to have seen it is not to have it on paper"
            assert (await shop.edge("backup", "code", stdin=f"{code[-4:].lower()}\n")).status == 0
            assert "edge backup code" not in (await shop.edge("check")).out
            refused = await shop.edge("restore", "--newest", "--replace")
            assert refused.status == 1 and "Stop it first" in refused.err

            async with store(other, text=with_backups(usb, CONFIG)) as spare:
                wrong = await spare.edge("restore", "--newest", stdin=keys.show(keys.make()) + "\n")
                assert wrong.status == 1 and "the recovery code of that backup" in wrong.err
                assert not spare.config.ledger.exists()
                restored = await spare.edge("restore", "--newest", stdin=code.lower() + "\n")
                assert (restored.status, restored.err) == (0, ""), restored
                assert spare.rows()[: len(held)] == held
                again = await spare.edge("restore", "--newest")
                assert again.status == 1 and "already contains a ledger" in again.err and "--replace" in again.err
                assert "Register 1: receipts 4 to 10000 are skipped" in restored.out
                assert "Register 1: Z reports 1 to 100 are skipped" in restored.out
                verified = await spare.edge("verify")
                assert verified.status == 0 and "were skipped (restored)" in verified.out, verified
                await spare.start()
                assert await spare.sell() == 10_001, "the first box may have given the numbers since"
                assert spare.rows()[-1].epoch > held[-1].epoch

    run(scenario(), 180)


def test_a_restore_puts_the_ledger_aside_and_never_leaves_half_of_one(tmp_path: Path) -> None:
    loaded = config(tmp_path, with_backups(tmp_path / "usb", SMALL))
    Ledger(loaded).close()
    found = backup.make(loaded, SystemClock().read().at_us)
    old = loaded.ledger.read_bytes()

    async def scenario() -> None:
        async with store(tmp_path, text=with_backups(tmp_path / "usb", CONFIG)) as shop:
            done = await shop.edge("restore", found.path, "--replace")
            assert done.status == 0, done
            (aside,) = shop.config.folder.glob("aside-*")
            assert (aside / "ledger.db").read_bytes() == old
            (shop.config.folder / "restoring").touch()  # as if the power had gone between two moves
            for command in (("run",), ("pin",)):
                refused = await shop.edge(*command, stdin="739415\n")
                assert refused.status == 1 and "was interrupted" in refused.err
            await shop.edge("restore", found.path, "--replace")
            assert (await shop.edge("pin", stdin="739415\n")).status == 0

    run(scenario(), 180)


def test_what_is_damaged_is_not_restored(tmp_path: Path) -> None:
    loaded = config(tmp_path, with_backups(tmp_path / "usb", SMALL))
    Ledger(loaded).close()
    path = backup.make(loaded, SystemClock().read().at_us).path
    content = bytearray(path.read_bytes())
    content[-100] ^= 1
    path.write_bytes(content)

    async def scenario() -> None:
        async with store(tmp_path, text=with_backups(tmp_path / "usb", CONFIG)) as shop:
            before = loaded.ledger.read_bytes()
            said = await shop.edge("restore", path, "--replace")
            assert said.status == 1 and "is damaged" in said.err
            assert loaded.ledger.read_bytes() == before
            drilled = await shop.edge("drill")
            assert drilled.status == 1
            assert status.load(loaded.folder).drill_fault
            await shop.start(PRODUCTS)
            lost = await shop.part("backup", "lost")
            assert "restore test" in lost["what"]
            await shop.sell()

    run(scenario(), 180)


def test_a_backup_that_cannot_be_read_any_more_is_said(tmp_path: Path) -> None:
    """One whose label is damaged looked as if it had never been made."""

    async def scenario() -> None:
        async with store(tmp_path, text=with_backups(tmp_path / "usb", CONFIG)) as shop:
            await shop.start(PRODUCTS)
            file = await made(tmp_path / "usb")
            await shop.stop()
            file.write_bytes(b"EDGE" + file.read_bytes()[4:30] + bytes(100))
            for command in ("backup list", "drill"):
                said = await shop.edge(*command.split())
                assert said.status == 1 and f"FAULT  The backup {file.name} is damaged" in said.out, said
            folder = await shop.edge("restore", tmp_path, "--replace")
            assert folder.status == 1 and f"File {tmp_path} not found." in folder.err

    run(scenario())


def test_a_damaged_ledger_takes_no_good_backups_place(tmp_path: Path) -> None:
    loaded = config(tmp_path, with_backups(tmp_path / "usb", SMALL))
    Ledger(loaded).close()
    good = backup.make(loaded, SystemClock().read().at_us)
    ledger = loaded.ledger.read_bytes()
    loaded.ledger.write_bytes(ledger.replace(b'"reason":"opened"', b'"reason":"0pened"'))
    with pytest.raises(NeedsHuman, match="it wasn't backed up") as caught:
        backup.make(loaded, SystemClock().read().at_us)
    assert caught.value.key == "backup.ledger_damaged"
    assert [found.path for found in backup.list_backups(tmp_path / "usb", loaded.header)] == [good.path]
    assert status.load(loaded.folder).fault == status.BackupFault(
        caught.value.what, caught.value.advice, caught.value.key, caught.value.values
    )


FAULTS = [
    (errno.ENOSPC, "backup.full"),
    (errno.EIO, "backup.gone"),
    (errno.ENODEV, "backup.gone"),
    (errno.EROFS, "backup.unwritable"),
    (errno.EACCES, "backup.unwritable"),
]


@pytest.mark.parametrize(("number", "key"), FAULTS, ids=lambda value: str(value))
def test_a_disk_that_fails_in_mid_backup_is_a_state_and_costs_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, key: str
) -> None:
    loaded = config(tmp_path, with_backups(tmp_path / "usb", SMALL))
    Ledger(loaded).close()
    good = backup.make(loaded, SystemClock().read().at_us)
    before = names(tmp_path / "usb")

    def fail(fd: int) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(NeedsHuman) as caught:
        backup.make(loaded, SystemClock().read().at_us + 1)
    assert caught.value.key == key
    assert names(tmp_path / "usb") == before
    kept = status.load(loaded.folder)
    assert kept.backup_name == good.path.name
    assert kept.fault is not None and kept.fault.key == key
    assert not list(loaded.folder.glob("backup-*"))


def test_a_disk_that_is_not_there_or_is_the_ledgers_own_is_said(tmp_path: Path) -> None:
    loaded = config(tmp_path, with_backups(tmp_path / "not" / "there", SMALL))
    Ledger(loaded).close()
    with pytest.raises(NeedsHuman) as caught:
        backup.make(loaded, 1)
    assert caught.value.key == "backup.gone"
    loaded = config(tmp_path, with_backups(tmp_path / "usb", SMALL).replace("same_disk = true", ""))
    with pytest.raises(NeedsHuman) as caught:
        backup.make(loaded, 1)
    assert caught.value.key == "backup.same_disk"
    (tmp_path / "file").touch()
    for place in (tmp_path / "file", tmp_path / "file" / "folder"):
        with pytest.raises(NeedsHuman) as caught:
            backup.make(config(tmp_path, with_backups(place, SMALL)), 1)
        assert caught.value.key == "backup.no_folder"


@pytest.mark.parametrize(("ledger_mb", "spare"), [(0, SPARE_LEAST_BYTES), (100, 100 * 2**20), (5_000, SPARE_BYTES)])
def test_what_stays_free_beside_a_copy_is_as_much_as_the_shop_has_sold(ledger_mb: int, spare: int) -> None:
    assert destinations.spare(ledger_mb * 2**20) == spare


def test_a_full_disk_of_the_ledgers_own_is_not_filled_by_a_copy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    loaded = config(tmp_path, with_backups(tmp_path / "usb", SMALL))
    Ledger(loaded).close()
    usage = shutil.disk_usage(tmp_path)
    monkeypatch.setattr(destinations.shutil, "disk_usage", lambda folder: usage._replace(free=SPARE_LEAST_BYTES))
    with pytest.raises(NeedsHuman) as caught:
        backup.make(loaded, 1)
    assert caught.value.key == "backup.full"
    assert caught.value.values["mb"] in (2, 3)  # an empty ledger has a page a table and index
    enough = usage._replace(free=SPARE_LEAST_BYTES + 2 * loaded.ledger.stat().st_size)
    monkeypatch.setattr(destinations.shutil, "disk_usage", lambda folder: enough)
    assert backup.make(loaded, 1).path.exists(), "a small ledger wants little"


@pytest.mark.parametrize("kind", ["tmpfs", "ext4"])
def test_on_a_disk_without_a_byte_a_backup_is_refused_in_plain_words(
    tmp_path: Path, kind: Literal["tmpfs", "ext4"]
) -> None:
    """The first one, for which also the recovery code is made there; and one of a shop that has them."""

    async def scenario(disk: Path) -> None:
        async with store(tmp_path) as shop:
            shop.configure(with_backups(tmp_path / "usb", CONFIG), None)
            await shop.start(PRODUCTS)
            for _ in range(2):
                ballast = disks.fill(disk)
                said = await shop.edge("backup", "now")
                assert (said.status, said.out) == (1, ""), said
                assert said.err.startswith(f"edge: There isn't enough space for a backup in {disk}"), said.err
                assert "Free up space there" in said.err and len(said.err.splitlines()) == 1
                ballast.unlink()
                assert (await shop.edge("backup", "now")).status == 0

    with disks.small_disk(tmp_path / "data", kind, 64) as disk:
        run(scenario(disk))


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 1 MiB."""
    place = tmp_path / "small"
    place.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", place], check=False, capture_output=True
    )
    if mounted.returncode:
        pytest.skip("mounting is not permitted here")
    yield place
    subprocess.run(["umount", place], check=True)


def test_a_backup_disk_that_becomes_full_keeps_the_backups_it_has(tmp_path: Path, small_disk: Path) -> None:
    loaded = config(tmp_path, with_backups(small_disk, SMALL))
    ledger = Ledger(loaded)
    good = backup.make(loaded, SystemClock().read().at_us)
    before = names(small_disk)
    ledger.db.execute("CREATE TABLE filler (content BLOB)")
    ledger.db.execute("INSERT INTO filler VALUES (randomblob(2500000))")
    with pytest.raises(NeedsHuman) as caught:
        backup.make(loaded, SystemClock().read().at_us)
    assert caught.value.key == "backup.full"
    assert names(small_disk) == before and good.path.name in before
    ledger.db.execute("DELETE FROM filler")
    ledger.db.execute("VACUUM")
    ledger.db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    assert backup.make(loaded, SystemClock().read().at_us).path.exists()
    ledger.close()


def test_writing_goes_on_while_the_ledger_is_copied(tmp_path: Path) -> None:
    loaded = config(tmp_path, SMALL)
    ledger = Ledger(loaded)
    ledger.db.execute("CREATE TABLE filler (content BLOB)")
    ledger.db.execute("INSERT INTO filler VALUES (zeroblob(4000000))")
    steps: list[float] = []

    def write(rest_s: float) -> None:
        steps.append(rest_s)
        ledger.writer.probe()
        ledger.db.execute("INSERT INTO filler VALUES (zeroblob(100000))")

    head, _ = snapshot.copy(loaded.ledger, tmp_path / "copy.db", rest=write)
    assert head == ledger.writer.head
    assert 3 < len(steps) < 10, "no step had to begin again"
    ledger.close()


def test_the_part_says_what_is_wrong_and_is_well_again_by_itself(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with store(tmp_path, text=with_backups(tmp_path / "usb" / "disk", CONFIG)) as shop:
            await shop.start(PRODUCTS)
            lost = await shop.part("backup", "lost", 40.0)
            assert lost["key"] == "backup.gone"
            await shop.sell()
            (tmp_path / "usb").mkdir()
            said = await shop.edge("backup", "now")
            assert said.status == 0 or "is being made" in said.err, "the appliance's own may be faster"
            await shop.part("backup", "ok", 60.0)

    run(scenario(), 180)
