"""A serial port that can be unplugged and plugged in again, simulated by a pseudo-terminal (pty(7))."""

from __future__ import annotations

import os
import tty
from pathlib import Path


class SimSerialPort:
    """`master` is the device's end, `slave` the appliance's; both are None while it is unplugged.

    With `link`, `path` is that symbolic link and stays the same through unplugging, like those in /dev/serial/by-id;
    without it, the path may change after replugging. The device holds the appliance's end open too, so that writing
    before the appliance opens it is no error.
    """

    def __init__(self, link: Path | None) -> None:
        self._link = link
        self._tty = ""
        self.master: int | None = None
        self.slave: int | None = None

    @property
    def path(self) -> str:
        """The port's path; while unplugged, its last one."""
        return str(self._link) if self._link else self._tty

    def plug(self) -> int | None:
        """Plug it in and return the new port's non-blocking `master`; None if it already is."""
        if self.master is not None:
            return None
        self.master, self.slave = os.openpty()
        tty.setraw(self.slave)
        os.set_blocking(self.master, False)
        self._tty = os.ttyname(self.slave)
        if self._link:
            self._link.unlink(missing_ok=True)
            self._link.symlink_to(self._tty)
        return self.master

    def unplug(self) -> None:
        """Hang up the port and remove its path."""
        if self.master is None or self.slave is None:
            return
        if self._link:
            self._link.unlink(missing_ok=True)
        os.close(self.master)
        os.close(self.slave)
        self.master = self.slave = None
