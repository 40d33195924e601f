"""A barcode scanner acting as a keyboard: USB or Bluetooth HID, read from the kernel's input device (evdev).

The scanner is grabbed, so that no window gets its key presses. The cashier's own keyboard must never be grabbed, so
only known scanners (known_models.toml) and devices identified in the configuration are.
"""

from __future__ import annotations

import errno
import fcntl
import os
import stat
import struct
from typing import Annotated

from msgspec import Meta

from drivers.known_models import find_known_model
from drivers.os_errors import device_error
from drivers.roles import DeviceError
from drivers.scanners.decoding.keyboard import FunctionKey, KeyboardDecoder, Layout
from drivers.scanners.decoding.lines import LineOptions
from drivers.scanners.stream import StreamScanner

EVIOCGID = 0x80084502  # linux/input.h: struct input_id, four 16-bit numbers
EVIOCGRAB = 0x40044590  # takes an int: whether to grab


class KeyboardScanner(StreamScanner):
    """A Scanner on an input device, or on a pipe of recorded events."""

    class Config(LineOptions, frozen=True, kw_only=True, forbid_unknown_fields=True):
        """Options of the keyboard scanner."""

        path: Annotated[
            str, Meta(min_length=1, description="input device; a path in /dev/input/by-id or /dev/edge doesn't change")
        ]
        usb: Annotated[
            str,
            Meta(
                pattern=r"^([0-9a-f]{4}:[0-9a-f]{4})?$(?!\n)",
                description="vendor:product id of the scanner, such as '05e0:1200'; required for unknown models",
            ),
        ] = ""
        layout: Annotated[Layout, Meta(description="keyboard layout set on the scanner")] = "us"
        gs_key: Annotated[
            FunctionKey, Meta(description="function key that represents GS, in addition to Ctrl+] and Alt+029")
        ] = ""

    def __init__(self, config: Config) -> None:
        decoder = KeyboardDecoder(config, config.layout, config.gs_key)
        super().__init__(f"barcode scanner on {config.path}", decoder, config.idle_gap_ms)
        self._config = config
        self._file: int | None = None

    async def _connect(self) -> int:
        try:
            fd = os.open(self._config.path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        except OSError as err:
            raise device_error(err, self._thing) from err
        try:
            self._take(fd)
        except OSError as err:
            os.close(fd)
            raise device_error(err, self._thing) from err
        except DeviceError:
            os.close(fd)
            raise
        self._file = fd
        return fd

    async def _release(self) -> None:
        if self._file is not None:
            os.close(self._file)  # also ends the grab
            self._file = None

    def _take(self, fd: int) -> None:
        """Grab the device. Raises DeviceError or OSError."""
        if stat.S_ISFIFO(os.fstat(fd).st_mode):
            _lock(fd)  # it's a recording being played
            return
        try:
            _, vendor, product, _ = struct.unpack("4H", fcntl.ioctl(fd, EVIOCGID, bytes(8)))
        except OSError as err:
            if err.errno not in (errno.ENOTTY, errno.EINVAL):
                raise
            what = f"The {self._thing} isn't an input device."
            raise DeviceError(what, "Enter the path of one, such as in /dev/input/by-id.", "no_input_device") from err
        refusal = grab_refused(f"{vendor:04x}:{product:04x}", self._config.usb, self._thing)
        if refusal:
            raise refusal
        fcntl.ioctl(fd, EVIOCGRAB, 1)


def grab_refused(usb: str, expected: str, thing: str) -> DeviceError | None:
    """Return the reason why the input device `usb` (vendor:product) mustn't be grabbed, or None."""
    if usb == expected or (not expected and find_known_model(usb, "keyboard")):
        return None
    if expected:
        return DeviceError(
            f"Another device is connected in place of the {thing}: {usb} instead of {expected}.",
            "Plug the scanner into its original port, or set its new path: edge devices.",
            "other_device",
        )
    return DeviceError(
        f"The {thing} isn't a known scanner ({usb}); it may be a keyboard.",
        f'If it is the scanner, write usb = "{usb}" in its section.',
        "perhaps_keyboard",
    )


def _lock(fd: int) -> None:
    try:
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as err:
        raise OSError(errno.EBUSY, "locked") from err
