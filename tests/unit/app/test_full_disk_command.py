"""A command that finds the disk full says so, whichever command it is."""

from __future__ import annotations

import errno
from pathlib import Path

import pytest

from edge.__main__ import main
from edge.app.cli import catalog

GOODS = "/var/lib/edge/uploads/goods.csv"


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT])
@pytest.mark.parametrize("of", [(GOODS,), ("/media/stick/goods.csv", None, GOODS)], ids=["written", "copied"])
def test_it_is_a_sentence_about_the_full_disk_and_no_traceback(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path, number: int, of: tuple[str]
) -> None:
    def full(*_: object) -> int:
        raise OSError(number, "No space left on device", *of)

    monkeypatch.setattr(catalog, "take", full)
    assert main(["catalog", "import", str(tmp_path / "goods.csv")]) == 1
    said = capsys.readouterr().err
    assert said == "edge: The disk is full (/var/lib/edge/uploads/goods.csv). Free up space there, then try again.\n"


def test_another_fault_of_the_system_stays_one(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def broken(*_: object) -> int:
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(catalog, "take", broken)
    with pytest.raises(OSError, match="Input/output error"):
        main(["catalog", "import", str(tmp_path / "goods.csv")])
