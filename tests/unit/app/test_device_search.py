"""Looking for devices: what that takes is loaded where no till waits for it."""

from __future__ import annotations

import subprocess
import sys

LOADED = """
import asyncio, sys, threading
from edge.foundation.printing.service.devices.device_search import find_devices

class Watching:
    def find_spec(self, name, path=None, target=None):
        if name in ("zeroconf", "drivers.discovery.mdns"):
            print(name, threading.current_thread() is threading.main_thread())

sys.meta_path.insert(0, Watching())
asyncio.run(find_devices((), 0))
"""


def test_the_first_search_loads_what_it_needs_beside_the_event_loop() -> None:
    """Zeroconf takes a tenth of a second to load, and scans and payments would wait that long."""
    found = subprocess.run([sys.executable, "-c", LOADED], capture_output=True, text=True, check=True, timeout=60)
    told = [line for line in found.stdout.splitlines() if line.startswith(("zeroconf ", "drivers.discovery.mdns "))]
    assert told == ["drivers.discovery.mdns False", "zeroconf False"]
