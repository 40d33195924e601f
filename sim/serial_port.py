"""A serial port that can be unplugged and plugged in again, simulated by a pseudo-terminal (pty(7))."""

from __future__ import annotations

import os
import tty
from pathlib import Path


class SimSerialPort:
    """A serial port that can be unplugged. `master` is the device's end, `slave` the appliance's; both are None while
    unplugged.

    With `link`, `path` is that symbolic link and stays the same through unplugging, like those in /dev/serial/by-id.
    Without it, the path may change after replugging. The device also keeps the appliance's end open, so that it can
    write before the appliance opens the port.
    """

    def __init__(self, link: Path | None) -> None:
        self._link = link
        self._tty = ""
        self.master: int | None = None
        self.slave: int | None = None

    @property
    def path(self) -> str:
        """Return the port's path; while unplugged, the last one."""
        return str(self._link) if self._link else self._tty

    def plug(self) -> int | None:
        """Plug the port in and return its new, non-blocking `master`; None if it is already plugged in."""
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
