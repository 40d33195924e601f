"""The appliance on a machine whose wall clock is wrong: `python -m tests.wrong_clock FILE BOOT COMMAND ...`.

The file holds by how many seconds it is ahead just now; BOOT (a number) stands for the kernel's boot id, so that the
machine can be "started again". Everything else is the appliance's own.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

import msgspec

from edge.__main__ import main
from edge.core import clock
from edge.core.clock import ClockReading, SystemClock
from tests.stack import Store


class MachineClock:
    """The clock of a shop's machine, as a test sets it."""

    def __init__(self, shop: Store) -> None:
        self._shop = shop
        self._file = shop.folder / "clock"
        self._boots = 0
        self.set(0)

    def set(self, ahead_s: float) -> None:
        """Set it, by so much against the right time."""
        new = self._file.with_suffix(".new")
        new.write_text(str(ahead_s))
        new.replace(self._file)

    async def boot(self, ahead_s: float = 0) -> None:
        """Start the machine and the appliance, with the clock so wrong; returns once it is ready to sell."""
        self.set(ahead_s)
        self._boots += 1
        words = [str(self._file), str(self._boots), "--config", str(self._shop.path), "run"]
        self._shop.process.spawn([sys.executable, "-m", "tests.wrong_clock", *words], os.environ)
        await self._shop.ready()


def _run(file: Path, boot: bytes, words: list[str]) -> int:
    right = SystemClock.read

    def read(self: SystemClock) -> ClockReading:
        now = right(self)
        return msgspec.structs.replace(now, at_us=now.at_us + int(float(file.read_text()) * 1e6), boot_id=boot)

    SystemClock.read = read  # type: ignore[method-assign]
    clock.SYNCHRONIZED = file.with_name("nothing has set it")
    return main(words)


if __name__ == "__main__":
    sys.exit(_run(Path(sys.argv[1]), int(sys.argv[2]).to_bytes(16, "big"), sys.argv[3:]))
