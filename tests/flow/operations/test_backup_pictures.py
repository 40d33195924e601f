"""Pictures of products lie beside the backups, each once, and come back with the shop."""

from __future__ import annotations

import hashlib
import shutil
from pathlib import Path

import msgspec
import pytest

from edge.core.clock import SystemClock
from edge.core.secrets import keys
from edge.goods.catalog.commands import SetProducts
from edge.lib.errors import NeedsHuman
from edge.operations.maintenance.backups import backup, pictures
from edge.operations.maintenance.backups.backup import FoundBackup
from edge.runtime.backup_state import status
from edge.runtime.backup_state.limits import PICTURE_BYTES
from edge.runtime.config import Config, load
from tests.flow.operations.test_backup import with_backups
from tests.http_client import edge
from tests.shop_fixture import CONFIG, PRODUCTS, SYSTEM, done, open_shop, run

SHELF = {"shelf.webp": b"a picture", "same.webp": b"a picture", "other.webp": b"another picture"}


def shop(folder: Path, files: dict[str, bytes], named: tuple[str, ...] = ()) -> Config:
    """A shop in `folder` whose milk has the pictures `files`, and those that are only `named`."""
    text = with_backups(folder.parent / "usb", CONFIG).replace("{{", "{").replace("}}", "}")
    folder.mkdir(exist_ok=True)
    (folder / "config.toml").write_text(text)

    async def scenario() -> None:
        async with open_shop(folder, text=text) as opened:
            milk = msgspec.structs.replace(PRODUCTS[0], pictures=(*files, *named))
            await done(opened, SetProducts((milk,)), SYSTEM)

    run(scenario())
    loaded = load(folder / "config.toml")
    loaded.pictures.mkdir(exist_ok=True)
    for name, body in files.items():
        (loaded.pictures / name).write_bytes(body)
    return loaded


def backed_up(loaded: Config) -> tuple[FoundBackup, pictures.KeptPicture]:
    found = backup.make(loaded, SystemClock().read().at_us)
    return found, pictures.keep(loaded, found)


def sealed(usb: Path, *bodies: bytes) -> set[str]:
    """The names that these pictures have beside the backups, and those that are there."""
    assert {path.name for path in (usb / "pictures").glob("*/??/*")} == {
        f"{hashlib.sha256(body).hexdigest()}.edgebackup" for body in bodies
    }
    return {path.read_bytes().hex() for path in (usb / "pictures").glob("*/??/*")}


def test_a_bare_box_gets_the_pictures_back(tmp_path: Path) -> None:
    box = tmp_path / "box"
    loaded = shop(box, SHELF, ("never-brought.webp",))
    found, _ = backed_up(loaded)
    code = keys.show(keys.stored_or_made(loaded.folder))
    box.rename(tmp_path / "burned")
    done = run(edge("--config", box / "config.toml", "restore", found.path, stdin=code + "\n"))
    assert (done.status, done.err) == (0, ""), done
    assert "Product images restored: 3." in done.out
    assert "Missing product images: 1." in done.out
    assert {path.name: path.read_bytes() for path in loaded.pictures.iterdir()} == SHELF

    (loaded.pictures / "other.webp").unlink()
    (loaded.pictures / "shelf.webp").write_bytes(b"a newer one")
    ledger = loaded.ledger.read_bytes()
    again = run(edge("--config", box / "config.toml", "restore", "--newest", "--pictures"))
    assert again.status == 0 and "Product images restored: 1." in again.out, again
    assert (loaded.pictures / "other.webp").read_bytes() == SHELF["other.webp"]
    assert (loaded.pictures / "shelf.webp").read_bytes() == b"a newer one"
    assert loaded.ledger.read_bytes() == ledger


def test_each_picture_is_sealed_once_and_goes_when_no_backup_has_it(tmp_path: Path) -> None:
    loaded, usb = shop(tmp_path / "box", SHELF), tmp_path / "usb"
    _, kept = backed_up(loaded)
    assert (kept.all, kept.new) == (3, 2)
    first = sealed(usb, b"a picture", b"another picture")
    assert not any(body in path.read_bytes() for path in usb.rglob("*.edgebackup") for body in SHELF.values())
    _, kept = backed_up(loaded)
    assert (kept.all, kept.new) == (3, 0)
    assert sealed(usb, b"a picture", b"another picture") == first, "nothing was written again"
    shop(tmp_path / "box", {"fresh.webp": b"a fresh one"})
    _, kept = backed_up(loaded)
    assert (kept.all, kept.new) == (1, 1)
    sealed(usb, b"a fresh one")  # of one day, one backup stays
    assert status.load(loaded.folder).pictures == 1


def test_another_shops_pictures_in_the_same_place_stay(tmp_path: Path) -> None:
    one, two = shop(tmp_path / "one", SHELF), shop(tmp_path / "two", {"fresh.webp": b"a fresh one"})
    found, _ = backed_up(one)
    two = msgspec.structs.replace(two, store=msgspec.structs.replace(two.store, device="box2"))
    pictures.keep(two, found)
    sealed(tmp_path / "usb", b"a picture", b"another picture", b"a fresh one")


def test_a_backup_stands_where_pictures_have_no_room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    loaded = shop(tmp_path / "box", SHELF)
    found = backup.make(loaded, SystemClock().read().at_us)
    usage = shutil.disk_usage(tmp_path)._replace(free=found.path.stat().st_size)
    with monkeypatch.context() as full:
        full.setattr(shutil, "disk_usage", lambda folder: usage)
        with pytest.raises(NeedsHuman) as caught:
            pictures.keep(loaded, found)
    kept = status.load(loaded.folder)
    assert caught.value.key == "backup.pictures" and "enough space" in caught.value.what
    assert kept.backup_name == found.path.name and kept.fault is not None and kept.fault.key == "backup.pictures"
    assert pictures.keep(loaded, found).new == 2, "the next time there is room"
    assert backed_up(loaded)[1].new == 0 and status.load(loaded.folder).fault is None


def test_a_drill_notices_a_picture_that_cannot_be_opened_and_the_next_backup_mends_it(tmp_path: Path) -> None:
    loaded = shop(tmp_path / "box", SHELF)
    backed_up(loaded)
    (one, *_) = (tmp_path / "usb" / "pictures").glob("*/??/*")
    one.write_bytes(one.read_bytes()[:-1] + b"x")
    drill = ("--config", loaded.file, "drill")
    bad = run(edge(*drill))
    assert bad.status == 1 and "product images in it are missing or damaged" in bad.out, bad
    assert status.load(loaded.folder).drill_fault
    assert run(edge("--config", loaded.file, "backup", "now")).status == 0
    assert run(edge(*drill)).status == 0


def test_what_someone_put_there_by_hand_has_a_limit(tmp_path: Path) -> None:
    loaded = shop(tmp_path / "box", {"small.jpg": b"small", "vast.jpg": b"x" * (PICTURE_BYTES + 1)})
    (loaded.pictures / "of-no-product.jpg").write_bytes(b"nobody's")
    backed_up(loaded)
    sealed(tmp_path / "usb", b"small")
