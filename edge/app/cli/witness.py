"""`edge witness`: the third machine of a shop with two boxes. It votes and stores nothing else."""

from __future__ import annotations

import argparse
import signal
import threading
from pathlib import Path

import sdnotify

from edge.backoffice.twin.membership import members
from edge.backoffice.twin.witness import Witness
from edge.core.process import log


def run(args: argparse.Namespace) -> int:
    """Vote until SIGTERM or SIGINT."""
    log.set_up("info")
    folder = Path(args.folder)
    if args.join and not members.is_there(folder):
        from edge.app.cli.output import say
        from edge.backoffice.twin.membership.joining import join  # its libraries are needed only once, to join

        join(folder, args.join, "witness", args.port, 0, lambda digits: say(f"The digits of this machine: {digits}"))
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    running = Witness(folder)
    running.start()
    sdnotify.SystemdNotifier().notify("READY=1")
    stop.wait()
    running.close()
    return 0
