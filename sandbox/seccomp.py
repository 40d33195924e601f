"""Refuse kernel calls to a process (seccomp(2), linux/seccomp.h), as Landlock covers only files and TCP.

The process can't open sockets, start programs, or change permissions, times and attributes. Ways around that, such as
io_uring, another process's memory and namespaces, are refused too. Refused calls return EPERM.

This includes its threads and child processes, and can't be undone.
"""

from __future__ import annotations

import ctypes
import os
import platform
import struct
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import NamedTuple

Calls = Mapping[str, tuple[int | None, int | None]]
"""Call numbers on x86-64 and aarch64 by name; None if the machine has no such call."""

SOCKETS: Calls = MappingProxyType(
    {
        **{"socket": (41, 198), "connect": (42, 203), "accept": (43, 202), "bind": (49, 200), "listen": (50, 201)},
        **{"accept4": (288, 242), "sendmsg": (46, 211), "sendmmsg": (307, 269)},
    }
)
"""Socket calls, without socketpair, whose ends reach only each other. `sendto` with an address could reach others."""
SEND_TO = (44, 206)
PROGRAMS: Calls = MappingProxyType({"execve": (59, 221), "execveat": (322, 281)})
ATTRIBUTES: Calls = MappingProxyType(
    {
        **{"chmod": (90, None), "fchmod": (91, 52), "fchmodat": (268, 53), "fchmodat2": (452, 452)},
        **{"chown": (92, None), "fchown": (93, 55), "lchown": (94, None), "fchownat": (260, 54)},
        **{"utime": (132, None), "utimes": (235, None), "futimesat": (261, None), "utimensat": (280, 88)},
        **{"setxattr": (188, 5), "lsetxattr": (189, 6), "fsetxattr": (190, 7), "setxattrat": (463, 463)},
        **{"removexattr": (197, 14), "lremovexattr": (198, 15), "fremovexattr": (199, 16), "removexattrat": (466, 466)},
        **{"file_setattr": (469, 469)},
    }
)
WAYS_AROUND: Calls = MappingProxyType(
    {
        **{"io_uring_setup": (425, 425), "io_uring_enter": (426, 426), "io_uring_register": (427, 427)},
        **{"ptrace": (101, 117), "process_vm_readv": (310, 270), "process_vm_writev": (311, 271)},
        **{"pidfd_getfd": (438, 438), "kcmp": (312, 272), "userfaultfd": (323, 282), "bpf": (321, 280)},
        **{"perf_event_open": (298, 241), "unshare": (272, 97), "setns": (308, 268), "mount": (165, 40)},
        **{"keyctl": (250, 219), "add_key": (248, 217), "request_key": (249, 218)},
    }
)
_MACHINES = {"x86_64": (0, 0xC000003E, 317), "aarch64": (1, 0xC00000B7, 277)}
"""By machine: its column in `Calls`, its audit architecture (linux/audit.h), and the number of seccomp(2)."""
_NO_NEW_PRIVILEGES = 38
_SET_FILTER, _ALL_THREADS = 1, 1
_LOAD, _EQUAL, _AT_LEAST, _ANSWER = 0x20, 0x15, 0x35, 0x06
_ALLOW, _KILL, _REFUSE = 0x7FFF0000, 0x80000000, 0x00050001
_NUMBER, _MACHINE, _ADDRESS = 0, 4, 16 + 8 * 4
"""Offsets in struct seccomp_data; the address is the fifth argument of `sendto`."""
_OTHER_ABI = 0x40000000
"""On x86-64, call numbers from here on belong to x32, which repeats the same calls."""


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("code", ctypes.c_char_p))


class _Step(NamedTuple):
    code: int
    yes: int
    no: int
    value: int


def refuse_calls(network: bool = False, programs: bool = False) -> bool:
    """Refuse these calls to this process from now on.

    `network` permits sockets, `programs` permits starting programs. Returns False if this kernel or machine can't
    refuse calls.
    """
    if (machine := platform.machine()) not in _MACHINES:
        return False
    _, _, number = _MACHINES[machine]
    code = b"".join(struct.pack("=HBBI", *step) for step in steps(machine, network, programs))
    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0)
    program = _Program(len(code) // 8, code)
    return bool(libc.syscall(number, _SET_FILTER, _ALL_THREADS, ctypes.byref(program)) == 0)


def steps(machine: str, network: bool, programs: bool) -> list[_Step]:
    """Return the filter in classic BPF (linux/filter.h), in which jumps count the steps to skip."""
    place, known_as, _ = _MACHINES[machine]
    refused = [ATTRIBUTES, WAYS_AROUND, *([] if network else [SOCKETS]), *([] if programs else [PROGRAMS])]
    numbers = sorted(_numbers(refused, place))
    begin = [
        _Step(_LOAD, 0, 0, _MACHINE),
        _Step(_EQUAL, 1, 0, known_as),
        _Step(_ANSWER, 0, 0, _KILL),
        _Step(_LOAD, 0, 0, _NUMBER),
    ]
    tests = [_Step(_AT_LEAST, 0, 0, _OTHER_ABI)] if machine == "x86_64" else []
    tests += [_Step(_EQUAL, 0, 0, number) for number in numbers]
    # after the tests: allow, but without network check the address of sends; then the refusal
    behind = [_Step(_ANSWER, 0, 0, _ALLOW)]
    if not network:
        behind = [
            _Step(_EQUAL, 0, 4, SEND_TO[place]),
            _Step(_LOAD, 0, 0, _ADDRESS),
            _Step(_EQUAL, 0, 3, 0),
            _Step(_LOAD, 0, 0, _ADDRESS + 4),
            _Step(_EQUAL, 0, 1, 0),
            *behind,
        ]
    refusal = len(tests) + len(behind)
    jumping = [step._replace(yes=refusal - at - 1) for at, step in enumerate(tests)]
    return [*begin, *jumping, *behind, _Step(_ANSWER, 0, 0, _REFUSE)]


def _numbers(refused: Iterable[Calls], place: int) -> Iterable[int]:
    for calls in refused:
        for both in calls.values():
            if (number := both[place]) is not None:
                yield number


def is_there() -> bool:
    """Whether this kernel has seccomp and the machine's call numbers are known."""
    return platform.machine() in _MACHINES and os.path.exists("/proc/sys/kernel/seccomp/actions_avail")  # noqa: PTH110
