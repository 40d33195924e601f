"""Importing does no work: the command line answers at once, and no module needs a device or the network to load."""

import json
import subprocess
import sys
from pathlib import Path

from edge.lib.floors import FLOORS
from tests.stack import CONFIG
from tests.tidy.tree import ROOT, files, packages

# What takes long to load, and only some commands need
HEAVY = {"PIL", "aiohttp", "asyncpg", "cv2", "escpos", "numpy", "onnxruntime", "paho", "sqlite_utils", "statsmodels"}
NOT_AT_A_TILL = (
    (HEAVY - {"aiohttp", "paho"})
    | {"barcode", "qrcode", "sim", "zeroconf"}
    | {"imaplib", "plistlib", "stdnum", "tomlkit", "zxingcpp"}
)
"""What the shop's process has no use for: what draws, reads pictures and finds devices is imported where that is done,
mostly in a process of its own. Most of them take megabytes of every shop."""
OF_SOME_SHOPS = {
    *(
        "babel.messages",
        "edge.app.first_start_page",
        "edge.goods.supplier_invoices.service.part",
        "edge.counter.till.service.pay_pages.part",
    ),
    *(
        "edge.accounting.fiscal.service.germany",
        "edge.accounting.fiscal.authority_files",
        "edge.accounting.fiscal.law_check",
    ),
    *("cryptography.x509", "edge.core.tls.certificates"),
}
"""What a shop loads that is under such a law, has such a mailbox or such pages, or is reached from elsewhere: no one
else."""
LIMIT_S = 300
"""Seconds that an import may take. It needs three, but a busy machine gives it few."""
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
        [sys.executable, "-c", PROBE, *names], cwd=ROOT, capture_output=True, text=True, check=False, timeout=LIMIT_S
    )
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    loaded: list[str] = json.loads(done.stdout)  # fails where an import prints something
    return loaded


def whole_shop() -> list[str]:
    """What is imported when a shop starts."""
    pages = {
        path.parent
        for path in files("__init__.py", under="edge")
        if path.parent.name == "pages" and len(path.parts) == 5
    }
    routes = {path.with_suffix("") for path in files("routes.py", under="edge")}
    return ["edge.app.cli.run", "edge.app.appliance", *sorted(".".join(path.parts) for path in pages | routes)]


def test_the_command_line_loads_nothing_heavy_and_nothing_of_a_shop() -> None:
    loaded = loaded_by("edge.__main__")
    assert not HEAVY & {name.partition(".")[0] for name in loaded}
    assert not [
        name
        for name in loaded
        if name.startswith(("edge.runtime", "edge.core", "edge.web", *(f"edge.{floor}." for floor in FLOORS)))
    ]


def test_a_shop_that_sells_loads_nothing_that_only_single_tasks_need() -> None:
    loaded = loaded_by(*whole_shop())
    assert NOT_AT_A_TILL & {name.partition(".")[0] for name in loaded} == set()
    assert OF_SOME_SHOPS & set(loaded) == set()


def test_a_shop_starts_without_cldr(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_text(CONFIG.format(port=1, scanner="/dev/scanner", printer=2))
    probe = f"""
import babel.core, babel.localedata
def refused(name, *_):
    raise AssertionError(f"{{name}} was loaded: 2 MB that a start waits for")
babel.localedata.load = babel.core.get_global = refused
{PROBE}
from pathlib import Path
from edge.operations.ledger import build_registry
from edge.runtime.config import load
from edge.counter.till.from_config import till_settings
from edge.web.live.rendering import Renderer
config = load(Path("{file}"))
build_registry(config)
Renderer(till_settings(config), lambda: None)
"""
    done = subprocess.run(
        [sys.executable, "-c", probe, *whole_shop()], cwd=ROOT, capture_output=True, text=True, timeout=LIMIT_S
    )
    assert done.returncode == 0, done.stderr


def test_a_start_does_not_look_for_dead_objects_while_it_loads_and_does_afterwards() -> None:
    probe = """
import gc
from edge.core.process.gc_tuning import YOUNG_OBJECTS
from edge.core.process.tuning import loading
with loading():
    looked = [one["collections"] for one in gc.get_stats()]
    import edge.app.cli.run
    assert [one["collections"] for one in gc.get_stats()] == looked
new = [[] for _ in range(2 * YOUNG_OBJECTS)]
assert gc.get_stats()[0]["collections"] > looked[0]
"""
    done = subprocess.run([sys.executable, "-c", probe], cwd=ROOT, capture_output=True, text=True, timeout=LIMIT_S)
    assert done.returncode == 0, done.stderr


def test_importing_everything_does_nothing_else() -> None:
    paths = [path for package in packages() for path in files(".py", under=str(package))]
    names = [".".join(path.with_suffix("").parts).removesuffix(".__init__") for path in paths]
    assert set(names) <= set(loaded_by(*names))
