"""Disks that have no room."""

from __future__ import annotations

import errno
import os
import resource
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

import pytest

SIZE_MB = 16
CHUNK = 64 * 1024


@contextmanager
def small_disk(place: Path, kind: Literal["tmpfs", "ext4"] = "tmpfs", size_mb: int = SIZE_MB) -> Iterator[Path]:
    """A disk of its own at `place`. Skips where this process may mount none."""
    if os.geteuid() != 0:
        pytest.skip("only root may mount a small disk")
    place.mkdir()
    options = ["-t", "tmpfs", "-o", f"size={size_mb}m", "tmpfs", str(place)]
    if kind == "ext4":
        if shutil.which("mkfs.ext4") is None:
            pytest.skip("missing: e2fsprogs")
        image = place.with_suffix(".img")
        with image.open("wb") as file:
            file.truncate(size_mb * 2**20)
        subprocess.run(["mkfs.ext4", "-q", "-b", "4096", "-m", "0", str(image)], check=True)
        options = ["-o", "loop", str(image), str(place)]
    if subprocess.run(["mount", *options], capture_output=True, check=False).returncode:
        pytest.skip("no disk can be mounted here")
    try:
        yield place
    finally:
        subprocess.run(["umount", "--lazy", str(place)], check=True)


def fill(disk: Path) -> Path:
    """Write until nothing more goes."""
    ballast = disk / "ballast"
    with ballast.open("ab", buffering=0) as file:
        for size in (CHUNK, 512, 1):
            try:
                while True:
                    file.write(b"x" * size)
            except OSError as error:
                assert error.errno == errno.ENOSPC
        os.fsync(file.fileno())
    return ballast


@contextmanager
def file_size_limit(size_bytes: int) -> Iterator[None]:
    """No file of this process may grow beyond it: the kernel fails the write (setrlimit(2), EFBIG)."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size_bytes, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
