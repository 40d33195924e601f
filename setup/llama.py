"""`./run setup llama`: compiles llama-cpp-python here, which takes minutes. Nothing else needs it."""

import hashlib
import os
import platform
import re
import shutil
from pathlib import Path

from setup import debian, python
from setup.step import Log, Step

ADVICE = "compiling takes 1 GiB of disk and 2 GiB of memory; the log says what was missing."
PROGRAMS = ("cmake", "g++", "ninja")
_JOBS_AT_MOST = 4
"""Maximum parallel compilers, as each takes up to 1 GiB of memory."""
# AMX tiles crash on virtual machines that advertise but don't preserve them; shops' processors have none.
_NO_TILES = "-mno-amx-tile -mno-amx-int8 -mno-amx-bf16"


def steps() -> list[Step]:
    return [
        Step("debian-llama", "Debian packages for compiling", debian.inputs, lambda log: debian.install("llama", log)),
        Step("llama", "llama-cpp-python (compiles for several minutes)", _inputs, _install),
    ]


def _inputs() -> bytes:
    locks = python.LLAMA_BUILD_LOCK.read_bytes() + python.LLAMA_LOCK.read_bytes()
    return python.package_inputs() + locks + _compiled_for().encode()


def _cmake_arguments() -> str:
    flags = [f"-DCMAKE_{language}_FLAGS='{_NO_TILES}'" for language in ("C", "CXX")]
    return " ".join(["-DLLAVA_BUILD=OFF", *(flags if platform.machine() == "x86_64" else [])])


def _compiled_for() -> str:
    """Return a name for this processor and these arguments, so that a cache never supplies a build for another
    processor."""
    described = re.search(r"^flags\s*: (.*)$", Path("/proc/cpuinfo").read_text(), re.MULTILINE)
    text = f"{described[1] if described else platform.machine()} {_cmake_arguments()}"
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _install(log: Log) -> list[str]:
    missing = [program for program in PROGRAMS if not shutil.which(program)]
    if missing:
        return [f"skipped, because of missing {', '.join(missing)}: llama-cpp-python"]
    install = (python.PYTHON, "-m", "pip", "install", *python.QUIET, "--require-hashes", "--no-deps")
    log.call(*install, "-r", python.LLAMA_BUILD_LOCK, advice=python.ADVICE)
    jobs = str(min(_JOBS_AT_MOST, len(os.sched_getaffinity(0))))
    env = {"CMAKE_BUILD_PARALLEL_LEVEL": jobs, "CMAKE_ARGS": _cmake_arguments()}
    caches = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    cached = ("--cache-dir", caches / "edge-store" / f"llama-{_compiled_for()}")
    log.call(
        *install, *cached, "--no-build-isolation", "--force-reinstall", "-r", python.LLAMA_LOCK, advice=ADVICE, env=env
    )
    return []
