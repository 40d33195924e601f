"""`./run setup llama`: llama-cpp-python, which is compiled here, for minutes. Nothing else needs it."""

import os
import shutil

from setup import debian, python
from setup.step import Log, Step

ADVICE = "compiling takes 1 GiB of disk and 2 GiB of memory; the log says what was missing."
PROGRAMS = ("cmake", "g++", "ninja")
_JOBS_AT_MOST = 4
"""A compiler takes up to 1 GiB of memory."""


def steps() -> list[Step]:
    return [
        Step("debian-llama", "Debian packages for compiling", debian.inputs, lambda log: debian.install("llama", log)),
        Step("llama", "llama-cpp-python, compiled for some minutes", _inputs, _install),
    ]


def _inputs() -> bytes:
    return python.package_inputs() + python.LLAMA_BUILD_LOCK.read_bytes() + python.LLAMA_LOCK.read_bytes()


def _install(log: Log) -> list[str]:
    missing = [program for program in PROGRAMS if not shutil.which(program)]
    if missing:
        return [f"left out, for want of {', '.join(missing)}: llama-cpp-python"]
    install = (python.PYTHON, "-m", "pip", "install", *python.QUIET, "--require-hashes", "--no-deps")
    log.call(*install, "-r", python.LLAMA_BUILD_LOCK, advice=python.ADVICE)
    jobs = str(min(_JOBS_AT_MOST, len(os.sched_getaffinity(0))))
    env = {"CMAKE_BUILD_PARALLEL_LEVEL": jobs, "CMAKE_ARGS": "-DLLAVA_BUILD=OFF"}
    log.call(*install, "--no-build-isolation", "-r", python.LLAMA_LOCK, advice=ADVICE, env=env)
    return []
