"""A barcode scanner on a serial line, simulated by a pseudo-terminal (pty(7))."""

from __future__ import annotations

import termios
from pathlib import Path

from sim.scanners.outbox import Outbox
from sim.scanners.uart import sample_at
from sim.serial_port import SimSerialPort

MAX_PENDING_BYTES = 64 * 1024


class SimScanner:
    """Types codes into a pty; the appliance opens `path` as it would open a serial port.

    Codes typed before the appliance connects are lost, as with a real scanner: opening a serial port discards earlier
    input. With `baud` it sends at that speed: a reader at another speed gets the garbage a real receiver would."""

    def __init__(self, link: Path | None = None, baud: int | None = None) -> None:
        self._port = SimSerialPort(link)
        self.baud = baud
        self._outbox: Outbox | None = None
        self.replug()

    @property
    def path(self) -> str:
        return self._port.path

    def type(self, code: str | bytes, suffix: bytes = b"\r") -> None:
        """Scan `code`. Bytes for which the pty has no room are sent as soon as there is room.

        Raises BlockingIOError, having typed nothing, if more than MAX_PENDING_BYTES would wait, and OSError while
        unplugged.
        """
        data = (code.encode() if isinstance(code, str) else code) + suffix
        if self._outbox is None or self._port.slave is None:
            raise OSError("the scanner is unplugged")
        self._outbox.send(sample_at(data, self.baud, _speed(self._port.slave)) if self.baud else data)

    def unplug(self) -> None:
        """Pull the cable: the port hangs up and its path vanishes."""
        if self._outbox is None:
            return
        self._outbox.close()
        self._outbox = None
        self._port.unplug()

    def replug(self) -> None:
        """Put the cable in again: a new port."""
        if (master := self._port.plug()) is not None:
            self._outbox = Outbox(master, MAX_PENDING_BYTES)

    def close(self) -> None:
        """Unplug permanently."""
        self.unplug()


def _speed(fd: int) -> int:
    """The port's speed in bits per second."""
    constant = termios.tcgetattr(fd)[4]
    return next(int(name[1:]) for name, value in vars(termios).items() if name[1:].isdigit() and value == constant)
