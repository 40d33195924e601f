"""`edge run`: the appliance itself."""

from __future__ import annotations

import argparse
import asyncio
from pathlib import Path

from edge import config
from edge.app import appliance
from edge.core.process import log


def run(args: argparse.Namespace) -> int:
    loaded = config.load(Path(args.config))
    log.set_up(loaded.log.level, loaded.log.format)
    asyncio.run(appliance.run(loaded))
    return 0
