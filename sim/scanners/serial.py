"""A barcode scanner on a serial line, played by a pseudo-terminal (pty(7))."""

from __future__ import annotations

import os
import termios
import tty
from pathlib import Path

from sim.scanners.outbox import Outbox
from sim.scanners.uart import heard

MAX_PENDING_BYTES = 64 * 1024


class SimScanner:
    """Types codes into a pty; the appliance opens `path` as it would open a serial port.

    The scanner holds the appliance's end open too, so that typing before the appliance
    is there is no error. Such codes are lost, as with a real scanner: whoever opens a
    serial port throws away what came before. With `link`, `path` is that symbolic link
    and stays the same through unplugging, like those in /dev/serial/by-id; without, a
    replugged scanner may have another path. With `baud` it sends at that speed: whoever has set
    the port to another hears what a receiver would.
    """

    def __init__(self, link: Path | None = None, baud: int | None = None) -> None:
        self._link = link
        self.baud = baud
        self._fds: tuple[int, int] | None = None
        self._outbox: Outbox | None = None
        self._slave_path = ""
        self.replug()

    @property
    def path(self) -> str:
        """The path of the serial port; while unplugged, of the one that was."""
        return str(self._link) if self._link else self._slave_path

    def type(self, code: str | bytes, suffix: bytes = b"\r") -> None:
        """Scan `code`. What the pty has no room for is sent as soon as it has.

        Raises BlockingIOError, having typed nothing, when more than MAX_PENDING_BYTES
        would wait, and OSError while unplugged.
        """
        data = (code.encode() if isinstance(code, str) else code) + suffix
        if self._outbox is None or self._fds is None:
            raise OSError("the scanner is unplugged")
        self._outbox.send(heard(data, self.baud, _speed(self._fds[1])) if self.baud else data)

    def unplug(self) -> None:
        """Pull the cable: the port hangs up and its path vanishes."""
        if self._fds is None or self._outbox is None:
            return
        master, slave = self._fds
        self._outbox.close()
        self._fds = self._outbox = None
        if self._link:
            self._link.unlink(missing_ok=True)
        os.close(master)
        os.close(slave)

    def replug(self) -> None:
        """Put the cable in again: a new port."""
        if self._fds is not None:
            return
        master, slave = os.openpty()
        tty.setraw(slave)
        self._fds = master, slave
        self._outbox = Outbox(master, MAX_PENDING_BYTES)
        self._slave_path = os.ttyname(slave)
        if self._link:
            self._link.unlink(missing_ok=True)
            self._link.symlink_to(self._slave_path)

    def close(self) -> None:
        """Unplug for good."""
        self.unplug()


def _speed(fd: int) -> int:
    """The speed in bits a second that the port is set to."""
    constant = termios.tcgetattr(fd)[4]
    return next(int(name[1:]) for name, value in vars(termios).items() if name[1:].isdigit() and value == constant)
