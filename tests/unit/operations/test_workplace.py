"""What a power cut leaves of a backup, a drill or a restore does not fill the disk."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path

from edge.core.storage.scratch_dir import workplace


def test_what_a_killed_process_left_goes_with_the_next_and_nothing_else_does(tmp_path: Path) -> None:
    left, others = tmp_path / "drill-ab12_x9z", [tmp_path / "backup-2025", tmp_path / "backup-elsewhere-1"]
    for folder in (left, *others):
        folder.mkdir()
        (folder / "ledger.db").write_bytes(b"large")
    with workplace(tmp_path, "backup") as mine, workplace(tmp_path, "drill") as beside:
        (mine / "ledger.db").write_bytes(b"a copy")
        assert {path.name for path in tmp_path.iterdir()} == {path.name for path in (mine, beside, *others)}
    assert sorted(tmp_path.iterdir()) == others


def test_a_folder_that_another_process_works_in_stays(tmp_path: Path) -> None:
    theirs = tmp_path / "restore-abcdefgh"
    theirs.mkdir()
    held = os.open(theirs, os.O_RDONLY)
    fcntl.flock(held, fcntl.LOCK_EX)
    with workplace(tmp_path, "backup"):
        assert theirs.exists()
    os.close(held)  # it ended, and not in good order
    with workplace(tmp_path, "backup"):
        assert not theirs.exists()
