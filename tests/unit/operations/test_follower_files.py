"""A newer version tries itself on a copy of a follower's ledger, which that box's process writes on meanwhile."""

from __future__ import annotations

import random
import shutil
from contextlib import closing
from pathlib import Path

import pytest

from edge.backoffice.twin.copy import follower_files
from edge.backoffice.twin.copy.follower_files import copy_followed, does_follow
from edge.backoffice.twin.copy.ledger_copy import LedgerCopy
from edge.backoffice.twin.copy.shipping_gate import ShippingGate
from edge.backoffice.twin.membership.founding import found_shop
from edge.core.storage.database import open_writer
from sim.ports import free_port
from tests.unit.twin.test_twin_shipping import Shipped, commit, opened, pages

COMMITS = 12


def _copied(folder: Path, target: Path) -> list[bytes]:
    target.mkdir()
    copy_followed(folder, target)
    found = pages(target / "ledger.db")
    shutil.rmtree(target)
    return found


def test_a_copy_has_all_that_was_shipped_and_leaves_the_followers_files_as_they_are(tmp_path: Path) -> None:
    leader, follower = tmp_path / "leader", tmp_path / "follower"
    for folder in (leader, follower):
        (folder / "twin").mkdir(parents=True)
    shipped, chance = Shipped(LedgerCopy(follower)), random.Random(1)
    gate = ShippingGate(leader, shipped)
    with closing(opened(leader, gate)) as db, closing(open_writer(leader / "ledger.db")) as beside:
        commit(db, gate, chance)
        shipped.copy.catch_up()
        shipped.copy.begin()  # what comes is written into the file from here on, beside whoever copies it
        for _ in range(COMMITS):
            commit(db, gate, chance)
            beside.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
            assert _copied(follower, tmp_path / "copy") == pages(leader / "ledger.db")
        shipped.copy.catch_up()
    assert sorted(path.name for path in follower.iterdir()) == ["ledger.db", "twin"], "no WAL comes to lie beside it"
    assert pages(follower / "ledger.db") == pages(leader / "ledger.db")


def test_a_copy_is_made_again_where_a_log_went_meanwhile(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    leader, follower = tmp_path / "leader", tmp_path / "follower"
    for folder in (leader, follower):
        (folder / "twin").mkdir(parents=True)
    shipped, chance = Shipped(LedgerCopy(follower)), random.Random(2)
    gate = ShippingGate(leader, shipped)
    with closing(opened(leader, gate)) as db:
        commit(db, gate, chance)
        shipped.copy.catch_up()
        commit(db, gate, chance)
        left, times = shutil.copy, list[str]()

        def copy(source: Path, target: Path) -> None:
            left(source, target)
            times.append(source.name)
            if times == ["ledger.db"]:
                shipped.copy.catch_up()  # all of its log is in the file now, and the log is gone

        monkeypatch.setattr(follower_files.shutil, "copy", copy)
        found = _copied(follower, tmp_path / "copy")
    assert found == pages(follower / "ledger.db") == pages(leader / "ledger.db")
    assert times.count("ledger.db") == 2


def test_whose_ledger_it_is(tmp_path: Path) -> None:
    folders = {name: tmp_path / name for name in ("a", "b", "w")}
    assert not does_follow(tmp_path), "one box is nobody's follower"
    found_shop(folders, {name: free_port() for name in folders}, {"a": 1, "b": 2})
    assert does_follow(folders["b"])
    LedgerCopy(folders["b"]).settle()
    assert not does_follow(folders["b"]), "it leads"
