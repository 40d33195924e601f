"""Restrict the files and connections a process may open, by the kernel's Landlock (landlock(7), linux/landlock.h).

The process may open only necessary programs and the files it names, and use TCP only if it declares that. The
restriction also applies to threads and programs it starts, but not to threads already running. It can't be undone.

Landlock exists since Linux 5.13, for TCP since 6.7. With an older kernel, or if it's switched off, `confine` restricts
no files and reports that.
"""

from __future__ import annotations

import ctypes
import os
import stat
import struct
import sys
import tempfile
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import Literal

from sandbox.seccomp import refuse_calls

_CREATE, _ADD, _RESTRICT = 444, 445, 446
_ASK_VERSION = 1
_PATH_BENEATH = 1
_NO_NEW_PRIVILEGES = 38
_EXECUTE, _WRITE_FILE, _READ_FILE, _READ_DIR = 1 << 0, 1 << 1, 1 << 2, 1 << 3
_REMOVE_FILE, _MAKE_FILE = 1 << 5, 1 << 8
_FIRST = (1 << 13) - 1
"""All rights of Landlock's first version. Each later version adds some: moving, truncating, device ioctls."""
_LATER = {2: 1 << 13, 3: 1 << 14, 5: 1 << 15}
_BIND, _CONNECT = 0b01, 0b10
_SCOPES = 0b11
"""Deny abstract sockets and signals of outside processes."""
ROOT = Path(__file__).parents[1]
PROGRAMS: tuple[str, ...] = (
    *("/usr", "/lib", "/lib64", "/etc/ld.so.cache", "/etc/localtime", "/etc/fonts", "/dev/urandom"),
    *("/proc/cpuinfo", "/proc/meminfo", "/sys/devices/system/cpu"),
    *(sys.prefix, sys.base_prefix),
    *(str(ROOT / name) for name in ("edge", "drivers", "models", "sandbox", "sync", "twin")),
)
"""Paths that our processes need to run; without configuration or ledger."""
NETWORK = ("/etc/resolv.conf", "/etc/hosts", "/etc/nsswitch.conf", "/etc/gai.conf", "/etc/ssl")
"""Paths needed to resolve names and check certificates."""


_FORBIDDEN: dict[str, int] = {"": _BIND | _CONNECT, "listens": _CONNECT, "connects": 0}


def version() -> int:
    """The Landlock version of this kernel; 0: none, or switched off."""
    return max(0, int(ctypes.CDLL(None, use_errno=True).syscall(_CREATE, None, 0, _ASK_VERSION)))


Network = Literal["", "listens", "connects"]
"""A process's TCP use: none; listening only; or listening and connecting."""


def confine(
    reads: Iterable[str | Path] = (),
    network: Network = "",
    folders: Iterable[str | Path] = (),
    programs: bool = False,
) -> bool:
    """Restrict this process to reading these files, the contents of these folders, and programs.

    Files already open stay open. Temporary files go to a separate folder. Without `network` the process can't create
    sockets, without `programs` it can't start programs, and it can never change permissions (`seccomp.refuse_calls`).
    Returns False if this kernel can't enforce it.
    """
    confined = _confine_files(reads, network, folders)
    return refuse_calls(network=bool(network), programs=programs) and confined


def _confine_files(reads: Iterable[str | Path], network: Network, folders: Iterable[str | Path]) -> bool:
    libc, of = ctypes.CDLL(None, use_errno=True), version()
    if not of:
        return False
    scratch = _scratch()
    handled = _FIRST | sum(right for since, right in _LATER.items() if of >= since)
    fields = (handled, *((_FORBIDDEN[network],) if of >= 4 else ()), *((_SCOPES,) if of >= 6 else ()))
    wanted = struct.pack(f"={len(fields)}Q", *fields)
    rules = libc.syscall(_CREATE, wanted, len(wanted), 0)
    if rules < 0:
        return False
    files = (str(file) for file in reads if os.path.isfile(file))  # noqa: PTH113 - or no path
    inside = (str(folder) for folder in folders if os.path.isdir(folder))  # noqa: PTH112
    try:
        for path in (*PROGRAMS, *(NETWORK if network == "connects" else ()), *files, *inside):
            _allow(libc, rules, path, _EXECUTE | _READ_FILE | _READ_DIR)
        # libraries are silenced by redirecting their output to it
        _allow(libc, rules, os.devnull, _READ_FILE | _WRITE_FILE | (_LATER[3] if of >= 3 else 0))
        if scratch:
            _allow(libc, rules, scratch, _READ_FILE | _WRITE_FILE | _MAKE_FILE | _REMOVE_FILE)
            tempfile.tempdir = scratch
        libc.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0)
        return bool(libc.syscall(_RESTRICT, rules, 0) == 0)
    finally:
        os.close(rules)


def _scratch() -> str:
    """Return the folder for the temporary files of such processes; "" if it belongs to another user."""
    folder = f"{tempfile.gettempdir()}/edge-scratch-{os.getuid()}"
    try:
        with suppress(FileExistsError):
            Path(folder).mkdir(0o700)
        found = os.lstat(folder)
    except OSError:
        return ""
    return folder if stat.S_ISDIR(found.st_mode) and found.st_uid == os.getuid() and not found.st_mode & 0o077 else ""


def _allow(libc: ctypes.CDLL, rules: int, path: str, rights: int) -> None:
    try:
        held = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:  # missing files need no access
        return
    try:
        if not os.path.isdir(path):  # noqa: PTH112 - as it was opened
            rights &= _EXECUTE | _READ_FILE | _WRITE_FILE
        libc.syscall(_ADD, rules, _PATH_BENEATH, struct.pack("=Qi", rights, held), 0)
    finally:
        os.close(held)
