"""Importing does no work: the command line answers at once, and no module needs a device or the network to load."""

import json
import subprocess
import sys

import pytest

from tests.tidy.tree import ROOT, files, packages

# What takes long to load, and only some commands need
HEAVY = {"PIL", "aiohttp", "asyncpg", "cv2", "escpos", "numpy", "onnxruntime", "paho", "sqlite_utils", "statsmodels"}
PROBE = """
import importlib, json, sys, threading
for name in sys.argv[1:]:
    importlib.import_module(name)
assert threading.active_count() == 1, "an import started a thread"
print(json.dumps(sorted(sys.modules)))
"""


def loaded_by(*names: str) -> list[str]:
    """Every module in a fresh interpreter after importing these."""
    done = subprocess.run(
        [sys.executable, "-c", PROBE, *names], cwd=ROOT, capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    loaded: list[str] = json.loads(done.stdout)  # fails where an import prints something
    return loaded


def test_the_command_line_loads_nothing_heavy() -> None:
    if not (ROOT / "edge" / "__main__.py").exists():
        pytest.skip("missing: edge/__main__.py")
    assert not HEAVY & {name.partition(".")[0] for name in loaded_by("edge.__main__")}


def test_importing_everything_does_nothing_else() -> None:
    paths = [path for package in packages() for path in files(".py", under=str(package))]
    names = [".".join(path.with_suffix("").parts).removesuffix(".__init__") for path in paths]
    assert set(names) <= set(loaded_by(*names))
