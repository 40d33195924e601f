"""`./run bench NAME`: one figure or more, each a ratio against the raw thing in the same run.

Every bench prints what it does, and as its last line one JSON object.
"""

from __future__ import annotations

import importlib
import sys
from pathlib import Path

from edge.core.process import log
from edge.core.process.one_thread import calculate_on_one_thread

HIDDEN = {
    "__init__",
    "__main__",
    "apart",
    "busy",
    "disturbed",
    "fill",
    "http_plain",
    "measure",
    "neighbours",
    "shelf_bays",
    "slower",
    "strangers",
}


def main() -> int:
    names = sorted(path.stem for path in Path(__file__).parent.glob("*.py") if path.stem not in HIDDEN)
    if len(sys.argv) < 2 or sys.argv[1] not in names:
        print(f"usage: ./run bench NAME [options]\nNAME is one of: {', '.join(names)}")
        return 2
    log.set_up("warning")
    calculate_on_one_thread()  # as `edge` does
    return int(importlib.import_module(f"tests.bench.{sys.argv[1]}").main(sys.argv[2:]) or 0)


if __name__ == "__main__":
    sys.exit(main())
