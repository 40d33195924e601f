"""A full disk while a file for an authority is written: no half file, and no file without its signature."""

from __future__ import annotations

import errno
from pathlib import Path

import pytest

from edge.accounting.fiscal.authority_files import MadeFile, WantedFile
from edge.app.cli.fiscal import _write
from edge.lib.errors import NeedsHuman

WANTED = WantedFile(
    regime="fr",
    of_register="",
    since="2026-11-01",
    until="2026-11-30",
    identifier=1,
    at="2026-12-01T00:00:00",
    through=1,
)


@pytest.mark.parametrize("full_behind", [0, 1])
def test_a_full_disk_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, full_behind: int) -> None:
    write = Path.write_bytes
    written: list[Path] = []

    def fails(path: Path, data: bytes) -> int:
        if len(written) == full_behind:
            write(path, data[:2])
            raise OSError(errno.ENOSPC, "No space left on device")
        written.append(path)
        return write(path, data)

    monkeypatch.setattr(Path, "write_bytes", fails)
    with pytest.raises(NeedsHuman, match="can't be written"):
        _write(MadeFile(WANTED, "a.zip", b"archive", 1, beside="signature"), tmp_path / "a.zip")
    assert list(tmp_path.iterdir()) == []


def test_with_room_both_are_there(tmp_path: Path) -> None:
    _write(MadeFile(WANTED, "a.zip", b"archive", 1, beside="signature"), tmp_path / "a.zip")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.zip", "a.zip.jws"]
