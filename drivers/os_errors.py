"""Operating system errors in cashiers' words."""

from __future__ import annotations

import errno
from collections.abc import Mapping

from drivers.roles import DeviceError, SendFailed

_GONE = ("gone", "is gone", "Check its cable and power, then plug it in again.")
_BROKE_OFF = ("broke_off", "closed the connection", "Check its cable and power, then try again.")
_UNREACHABLE = (
    "unreachable",
    "can't be reached over the network",
    "Check its network cable and that its address is correct.",
)
_NOT_SERIAL = (
    "not_serial",
    "isn't a serial port",
    "Enter the path of a serial port, such as one in /dev/serial/by-id.",
)
_NO_ROOM = ("no_room", "has no space: the disk is full", "Free up disk space.")
_FORBIDDEN = (
    "forbidden",
    "can't be used by this program: permission denied",
    "Add the service's user to the group dialout (serial ports), lp (printers) or input (keyboard scanners).",
)

WORDS: Mapping[int, tuple[str, str, str]] = {
    errno.ENOENT: (
        "not_found",
        "wasn't found",
        "Check that it is plugged in and turned on, and that its path is correct.",
    ),
    errno.ENODEV: _GONE,
    errno.ENXIO: _GONE,
    errno.EIO: _GONE,
    errno.EACCES: _FORBIDDEN,
    errno.EPERM: _FORBIDDEN,
    errno.EROFS: _FORBIDDEN,
    errno.EBUSY: (
        "in_use",
        "is in use by another program",
        "Close the other program, or set another path for this device.",
    ),
    errno.EADDRINUSE: (
        "in_use",
        "is in use by another program",
        "Close the other program, or set another port for this device.",
    ),
    errno.ENOTTY: _NOT_SERIAL,
    errno.EINVAL: _NOT_SERIAL,
    errno.ECONNREFUSED: (
        "refused",
        "refused the connection",
        "Check that the address and port are the device's, and turn it off and on again.",
    ),
    errno.EHOSTUNREACH: _UNREACHABLE,
    errno.ENETUNREACH: _UNREACHABLE,
    errno.ENETDOWN: _UNREACHABLE,
    errno.ETIMEDOUT: ("silent", "isn't responding", "Check that it is turned on and its cable is plugged in."),
    errno.ECONNRESET: _BROKE_OFF,
    errno.ECONNABORTED: _BROKE_OFF,
    errno.EPIPE: _BROKE_OFF,
    errno.ENOSPC: _NO_ROOM,
    errno.EDQUOT: _NO_ROOM,
    errno.EFBIG: _NO_ROOM,
}
"""The code for translated messages, the failure and the advice for each errno."""

OF_PRINTERS: Mapping[str, str] = {
    "broke_off": "Check the printer's paper and lights, then print again.",
    "silent": "Check that it is turned on, has paper, and its cover is closed.",
}
"""Advice for printers, by code, as other devices have no paper or cover."""


def words(err: OSError, thing: str) -> tuple[str, str, str]:
    """Return the error text for `thing` (a noun phrase with its address), the advice, and the failure's code."""
    if isinstance(err, TimeoutError) and err.errno is None:
        err = TimeoutError(errno.ETIMEDOUT, "timed out")
    code, happened, advice = WORDS.get(
        err.errno or 0, ("", f"failed ({err})", "Turn it off and on again. If that doesn't help, call the installer.")
    )
    advice = OF_PRINTERS.get(code, advice) if "printer" in thing else advice
    return f"The {thing} {happened}.", advice, code


def device_error(err: OSError, thing: str) -> DeviceError:
    """`err` of `thing` as a DeviceError."""
    return DeviceError(*words(err, thing))


def send_failed(err: OSError, thing: str, sent_bytes: int) -> SendFailed:
    """`err` of `thing` as a SendFailed, after `sent_bytes` of the job were sent."""
    what, advice, code = words(err, thing)
    return SendFailed(what, advice, sent_bytes, code)
