"""`./run offline FILE`: a release's second file, with which a shop can be set up without internet.

It contains the locked Python packages for the supported systems, and the pages' npm packages. Nothing in it is trusted:
each file's hash is in a lock of the release, which is signed.
"""

import io
import json
import re
import shutil
import tarfile
import tempfile
from collections.abc import Sequence
from pathlib import Path

from setup import pages, python
from setup.step import LOCAL, Log, SetupError

PYTHONS = ("3.11", "3.12", "3.13")
"""The Python versions of Debian 12, Ubuntu 24.04 and Debian 13."""
MACHINE = "x86_64"
_GLIBC = ("manylinux_2_34", "manylinux_2_31", "manylinux_2_28", "manylinux_2_27", "manylinux_2_24", "manylinux_2_17")
_OLDER = ("manylinux_2_12", "manylinux_2_5", "manylinux2014", "manylinux2010", "manylinux1")
_SINCE = re.compile(r" ; .*?python_full_version (<|>=) '3\.(\d+)'[^\\]*")
_MARKER = re.compile(r" ; [^\\\n]*")
ENGINES = "--engines"
SOURCES = ("sdnotify", "sqlite-fts4")
"""Packages that have no wheel."""


def write(words: list[str]) -> None:
    """Write the file, with arguments `FILE [--engines]`. Raises `SetupError` if a package can't be downloaded."""
    names = [word for word in words if word != ENGINES]
    if len(names) != 1:
        raise SetupError("exactly one output file is needed", f"./run offline FILE [{ENGINES}]")
    locks = [python.BUILD_LOCK, python.LOCK, *([python.ENGINES_LOCK] if ENGINES in words else [])]
    LOCAL.mkdir(exist_ok=True)
    log = Log(LOCAL / "log" / "offline.log")
    with tempfile.TemporaryDirectory(dir=LOCAL, prefix="offline-") as folder:
        work = Path(folder)
        collect(work, PYTHONS, locks, log)
        pack(work, Path(names[0]))
    print(f"{names[0]}: {Path(names[0]).stat().st_size // 2**20 + 1} MiB.")


def collect(work: Path, versions: Sequence[str], locks: Sequence[Path], log: Log) -> None:
    """Download the packages of `locks` for these Pythons into `work/wheels`, and the pages' into `work/npm`. Raises
    `SetupError` if one can't be downloaded."""
    for version in versions:
        print(f"Python packages for {version} ...", flush=True)
        for lock in locks:
            _download(lock, version, work, log)
    print("npm packages ...", flush=True)
    _pack_npm(work, log)


def pack(work: Path, target: Path) -> None:
    """Write `work/wheels` and `work/npm` as a tar below `offline/`: sorted, owned by root, without times."""
    with tarfile.open(target, "w", format=tarfile.PAX_FORMAT) as archive:
        for file in sorted(file for name in ("wheels", "npm") for file in (work / name).iterdir()):
            info = tarfile.TarInfo(f"offline/{file.parent.name}/{file.name}")
            info.size = file.stat().st_size
            archive.addfile(info, io.BytesIO(file.read_bytes()))


def lock_for(text: str, version: str) -> str:
    """Return a lock's lines for one Python version, without markers, which pip would evaluate for the Python it runs
    in."""
    minor = int(version.partition(".")[2])
    kept = []
    for package in re.split(r"^(?=[a-z0-9])", text, flags=re.MULTILINE):
        since = _SINCE.search(package)
        if since is None or (minor < int(since[2])) == (since[1] == "<"):
            kept.append(_MARKER.sub("", package, count=1))
    return "".join(kept)


def _download(lock: Path, version: str, work: Path, log: Log) -> None:
    """Download wheels, or for `SOURCES` the source, which is built without a compiler where it is installed."""
    file = work / "lock.txt"
    text = lock_for(lock.read_text(), version)
    bare = _sources(text)
    file.write_text("".join(one for one in re.split(r"^(?=[a-z0-9])", text, flags=re.M) if _name(one) not in bare))
    abi = f"cp{version.replace('.', '')}"
    platforms = [word for name in (*_GLIBC, *_OLDER) for word in ("--platform", f"{name}_{MACHINE}")]
    tags = ("--python-version", version, "--implementation", "cp", "--abi", abi, "--abi", "abi3", "--abi", "none")
    command: tuple[str | Path, ...] = (
        python.PYTHON,
        "-m",
        "pip",
        "download",
        *python.QUIET,
        "--no-deps",
        "--dest",
        work / "wheels",
    )
    log.call(
        *(*command, "--only-binary", ":all:", *platforms, "--platform", "any", *tags),
        *("--require-hashes", "-r", file),
        advice=python.ADVICE,
    )
    if bare:
        file.write_text("".join(one for one in re.split(r"^(?=[a-z0-9])", text, flags=re.M) if _name(one) in bare))
        log.call(*command, "--no-build-isolation", "--require-hashes", "-r", file, advice=python.ADVICE)


def _sources(text: str) -> set[str]:
    return {name for name in SOURCES if f"{name}==" in text}


def _name(package: str) -> str:
    return package.partition("==")[0]


def _pack_npm(work: Path, log: Log) -> None:
    """Pack the pages' packages as in npm's registry."""
    target = work / "npm"
    target.mkdir()
    if shutil.which("npm") is None:
        raise SetupError("npm isn't installed", "apt-get install npm, on the machine that makes releases.")
    locked = json.loads(pages.PROJECT_FILES[1].read_text())["packages"]
    for name in pages.integrities():
        version = locked[f"node_modules/{name}"]["version"]
        log.call("npm", "pack", f"{name}@{version}", "--pack-destination", target, advice=pages.ADVICE)
