"""Whatever `edge` does, its sums take one core: the others are the till's."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from edge.__main__ import main
from edge.core.process.one_thread import VARIABLE


@pytest.mark.parametrize(("said", "then"), [(None, "1"), ("2", "2")])
def test_sums_take_one_thread_unless_someone_said_otherwise(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, said: str | None, then: str
) -> None:
    monkeypatch.setenv(VARIABLE, said or "")
    if said is None:
        monkeypatch.delenv(VARIABLE)
    (nothing := tmp_path / "codes.txt").write_text("")
    assert main(["scan", "parse", str(nothing)]) == 0
    assert os.environ[VARIABLE] == then
