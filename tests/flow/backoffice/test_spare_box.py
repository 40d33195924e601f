"""A box burns down. The next one is bare: its software, the backup disk, and the code from paper are all there is."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from edge.core.clock import SystemClock
from edge.core.secrets import keys
from edge.operations.ledger import Ledger
from edge.operations.maintenance.backups import backup
from edge.operations.maintenance.backups.attachments import named_files
from edge.runtime.config import load
from tests.http_client import Ended, edge
from tests.shop_fixture import CONFIG, run

NAMED = """
host = "0.0.0.0"
[sync]
host = "127.0.0.1"
port = 1
username = "demo/corner/box1"
password_file = "{folder}/data/head-office/password"
ca_file = "{folder}/ca.pem"
[backup]
folder = "{usb}"
same_disk = true
[[device]]
role = "receipt_printer"
driver = "network"
host = "127.0.0.1"
logo = "{folder}/papers/logo.png"
templates = "{folder}/papers"
"""
FILES = {
    "data/head-office/password": b"from head office\n",
    "ca.pem": b"whom to trust\n",
    "data/tls/authority.pem": b"by which phones know the box",
    "papers/logo.png": b"a picture",
    "papers/till/sale.xml": b"<paper/>",
}


def sealed_shop(folder: Path, usb: Path) -> tuple[Path, str]:
    """A shop in `folder` with a backup of it, and the code on paper; then nothing of it is left."""
    (folder / "config.toml").write_text(CONFIG + NAMED.format(folder=folder, usb=usb))
    loaded = load(folder / "config.toml")
    for name, body in FILES.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(body)
    Ledger(loaded).close()
    found = backup.make(loaded, SystemClock().read().at_us)
    code = keys.show(keys.stored_or_made(loaded.folder))
    folder.rename(folder.with_name("burned"))
    return found.path, code


def restore(folder: Path, path: Path | str, code: str) -> Ended:
    return run(edge("--config", folder / "config.toml", "restore", path, stdin=code + "\n"), 60)


def test_a_bare_box_becomes_the_shop_again(tmp_path: Path) -> None:
    box, usb = tmp_path / "box", tmp_path / "usb"
    box.mkdir()
    path, code = sealed_shop(box, usb)
    nowhere = restore(box, "--newest", "")
    assert nowhere.status == 1 and "edge restore FILE" in nowhere.err and not box.exists()
    done = restore(box, path, code)
    assert (done.status, done.err) == (0, ""), done
    assert (box / "config.toml").read_bytes() == (tmp_path / "burned" / "config.toml").read_bytes()
    for name, body in FILES.items():
        assert (box / name).read_bytes() == body
        assert f"{box / name} was restored." in done.out
    assert (box / "data" / "head-office" / "password").stat().st_mode & 0o777 == 0o600
    assert FILES["data/head-office/password"] not in (box / "data" / "ledger.db").read_bytes()
    assert "isn't here or in the backup" not in done.out
    assert "a configuration of that time is in" not in done.out
    checked = run(edge("--config", box / "config.toml", "verify"), 60)
    assert checked.status == 0, checked


def test_what_is_there_stays_as_it_is_and_what_lacks_is_named(tmp_path: Path) -> None:
    """Head office has given the new box another password, and someone has lost the logo before the backup."""
    box, usb = tmp_path / "box", tmp_path / "usb"
    box.mkdir()
    path, code = sealed_shop(box, usb)
    (box / "data" / "head-office").mkdir(parents=True)
    (box / "data" / "head-office" / "password").write_text("a newer one")
    (box / "config.toml").write_text(CONFIG + NAMED.format(folder=box, usb=usb).replace("ca.pem", "other.pem"))
    done = restore(box, path, code)
    assert done.status == 0, done
    assert (box / "data" / "head-office" / "password").read_text() == "a newer one"
    assert f"{box / 'other.pem'} is set in {box / 'config.toml'} but isn't here or in the backup" in done.out
    assert not (box / "ca.pem").exists(), "nothing names it any more"


@pytest.mark.slow
@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")
def test_what_root_does_belongs_to_the_shop(tmp_path: Path) -> None:
    box, usb = tmp_path / "box", tmp_path / "usb"
    box.mkdir()
    path, code = sealed_shop(box, usb)
    (box / "data").mkdir(parents=True)
    os.chown(box / "data", 4711, 4711)
    assert restore(box, path, code).status == 0
    for words in (("pin",), ("backup", "now"), ("drill",)):
        assert run(edge("--config", box / "config.toml", *words, stdin="739415\n"), 60).status == 0
    made = list((box / "data").rglob("*")) + named_files(load(box / "config.toml"))
    assert {place.stat().st_uid for place in made if place != box / "papers"} == {4711}
