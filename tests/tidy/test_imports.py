"""Importing does no work: the command line answers at once, and no module needs a device or the network to load."""

import json
import subprocess
import sys

import pytest

from tests.tidy.tree import ROOT, files, packages

# What takes long to load, and only some commands need
HEAVY = {"PIL", "aiohttp", "asyncpg", "cv2", "escpos", "numpy", "onnxruntime", "paho", "sqlite_utils", "statsmodels"}
NOT_AT_A_TILL = (HEAVY - {"aiohttp", "paho"}) | {"barcode", "qrcode", "sim", "zeroconf"}
"""What the shop's process has no use for: what draws, reads pictures and finds devices is imported where that is done,
mostly in a process of its own. Each takes megabytes of every shop."""
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


def test_a_shop_that_sells_loads_nothing_that_only_single_tasks_need() -> None:
    pages = {path.parent for path in files("__init__.py", under="edge/shop") if path.parent.name == "pages"}
    routes = {path.with_suffix("") for path in files("routes.py", under="edge/shop")}
    loaded = loaded_by("edge.app.appliance", *sorted(".".join(path.parts) for path in pages | routes))
    assert NOT_AT_A_TILL & {name.partition(".")[0] for name in loaded} == set()


def test_importing_everything_does_nothing_else() -> None:
    paths = [path for package in packages() for path in files(".py", under=str(package))]
    names = [".".join(path.with_suffix("").parts).removesuffix(".__init__") for path in paths]
    assert set(names) <= set(loaded_by(*names))
