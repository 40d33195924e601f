"""A service's control group is divided where it may be; on files that stand for the kernel's."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from models.worker.cgroup import divide, enter


@pytest.fixture(autouse=True)
def service(monkeypatch: pytest.MonkeyPatch) -> None:
    """This process is a service's main one."""
    monkeypatch.setenv("SYSTEMD_EXEC_PID", str(os.getpid()))


@pytest.fixture
def group(tmp_path: Path) -> Path:
    """The group of a service, handed over."""
    made = tmp_path / "system.slice" / "edge.service"
    made.mkdir(parents=True)
    (made / "cgroup.subtree_control").touch()
    (tmp_path / "self").write_text("1:name=systemd:/\n0::/system.slice/edge.service\n")
    return made


def test_the_till_and_the_models_get_corners_of_their_own(group: Path, tmp_path: Path) -> None:
    corner = divide(tmp_path, tmp_path / "self")
    assert corner == str(group / "models")
    assert (group / "till" / "cgroup.procs").read_text() == str(os.getpid())
    assert (group / "cgroup.subtree_control").read_text() == "+cpu"
    assert (group / "models" / "cpu.weight").read_text() == "1"
    assert (group / "models" / "cpu.idle").read_text() == "1"
    enter(corner)
    assert (group / "models" / "cgroup.procs").read_text() == str(os.getpid())


def test_a_process_that_is_in_its_corner_already_finds_the_other(group: Path, tmp_path: Path) -> None:
    divide(tmp_path, tmp_path / "self")
    (tmp_path / "self").write_text("0::/system.slice/edge.service/till\n")
    assert divide(tmp_path, tmp_path / "self") == str(group / "models")


def test_what_was_not_handed_over_stays_as_it_is(group: Path, tmp_path: Path) -> None:
    (group / "cgroup.subtree_control").unlink()
    assert divide(tmp_path, tmp_path / "self") == ""
    assert list(group.iterdir()) == []


def test_someone_elses_group_is_left_alone(group: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for pid in ("1", ""):
        monkeypatch.setenv("SYSTEMD_EXEC_PID", pid)
        assert divide(tmp_path, tmp_path / "self") == ""
    assert [path.name for path in group.iterdir()] == ["cgroup.subtree_control"]


@pytest.mark.parametrize("said", ["0::/\n", "4:memory:/x\n", ""])
def test_a_process_in_no_group_of_its_own_divides_nothing(tmp_path: Path, said: str) -> None:
    (tmp_path / "self").write_text(said)
    (tmp_path / "cgroup.subtree_control").touch()
    assert divide(tmp_path, tmp_path / "self") == ""
    assert divide(tmp_path, tmp_path / "nothing") == ""
