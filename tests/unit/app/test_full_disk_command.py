"""A command that finds the disk full says so, whichever command it is."""

from __future__ import annotations

import errno
from pathlib import Path

import pytest

from edge.__main__ import main
from edge.app.cli import catalog


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT])
def test_it_is_a_sentence_and_no_traceback(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path, number: int
) -> None:
    def full(*_: object) -> int:
        raise OSError(number, "No space left on device", "/var/lib/edge/uploads/goods.csv")

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
