"""A serial port that can be pulled out and put in again, played by a pseudo-terminal (pty(7))."""

from __future__ import annotations

import os
import tty
from pathlib import Path


class SimSerialPort:
    """`master` is the device's end, `slave` the appliance's; both are None while it is unplugged.

    With `link`, `path` is that symbolic link and stays the same through unplugging, like those in /dev/serial/by-id;
    without, a port that was put in again may have another path. The device holds the appliance's end open too, so
    that to write before the appliance is there is no error.
    """

    def __init__(self, link: Path | None) -> None:
        self._link = link
        self._tty = ""
        self.master: int | None = None
        self.slave: int | None = None

    @property
    def path(self) -> str:
        """The path of the port; while unplugged, of the one that was."""
        return str(self._link) if self._link else self._tty

    def plug(self) -> int | None:
        """The new port's `master`, which does not block; None: it is plugged in."""
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
        """The port hangs up and its path vanishes."""
        if self.master is None or self.slave is None:
            return
        if self._link:
            self._link.unlink(missing_ok=True)
        os.close(self.master)
        os.close(self.slave)
        self.master = self.slave = None
