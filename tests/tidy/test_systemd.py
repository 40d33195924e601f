"""The units are sound and shut in, as far as systemd's own tools can tell without starting them."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.tidy.tree import ROOT

UNITS = ("edge.service", "edge-hub.service")
PYTHON = "/opt/edge-store/.venv/bin/python"
# "OK" in the words of systemd-analyze ends at 2.6 of 10; both are well below
EXPOSURE_TENTHS = {"edge.service": 20, "edge-hub.service": 15}


def analyze(*words: str) -> subprocess.CompletedProcess[str]:
    env = {**os.environ, "SYSTEMD_COLORS": "0", "LC_ALL": "C"}
    return subprocess.run(["systemd-analyze", *words], env=env, capture_output=True, text=True, check=False)


@pytest.fixture(params=[pytest.param(name, marks=pytest.mark.needs("systemd-analyze")) for name in UNITS])
def unit(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """The unit with a Python that exists on this machine."""
    text = (ROOT / "systemd" / request.param).read_text()
    assert PYTHON in text
    copy = tmp_path / str(request.param)
    copy.write_text(text.replace(PYTHON, sys.executable))
    return copy


@pytest.mark.parametrize("name", UNITS)
def test_the_command_is_one_that_the_command_line_knows(name: str) -> None:
    line = next(line for line in (ROOT / "systemd" / name).read_text().splitlines() if line.startswith("ExecStart="))
    python, option, module, *words = line.removeprefix("ExecStart=").split()
    assert (python, option, module) == (PYTHON, "-m", "edge")
    done = subprocess.run([sys.executable, "-m", "edge", *words, "--help"], cwd=ROOT, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr


def test_the_unit_has_no_mistake(unit: Path) -> None:
    done = analyze("verify", "--man=no", str(unit))
    assert (done.returncode, [line for line in done.stderr.splitlines() if unit.name in line]) == (0, [])


def test_the_unit_is_shut_in(unit: Path) -> None:
    threshold = EXPOSURE_TENTHS[unit.name]
    done = analyze("security", "--offline=true", "--no-pager", f"--threshold={threshold}", str(unit))
    if "unrecognized option" in done.stderr:
        pytest.skip("missing: systemd-analyze security --offline")
    assert done.returncode == 0, done.stdout
