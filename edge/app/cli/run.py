"""`edge run`: run the appliance, or its set-up page on a new box."""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
from pathlib import Path

from edge.app import appliance, first_start
from edge.backoffice.twin.membership import members
from edge.core.process import log
from edge.core.process.switching import switch_soon
from edge.runtime import config
from edge.runtime.backup_state import restore_request
from edge.web.capability_pages import use_page_table


def run(args: argparse.Namespace) -> int:
    file = Path(args.config)
    log.set_up("info")
    if first_start.is_new(file):
        loaded = asyncio.run(first_start.set_up(file, args.first_port))
    else:
        if not file.exists():
            raise first_start.configuration_missing(file)
        loaded = config.load(file)
        first_start.unfinished_answers(file).unlink(missing_ok=True)  # obsolete: someone wrote config.toml by hand
    log.set_up(loaded.log.level, loaded.log.format)
    switch_soon()
    use_page_table()
    if restore_request.load(loaded.folder) is not None:
        from edge.app import requested_restore  # only after a manager requested it

        asyncio.run(requested_restore.run(loaded))
    if members.is_there(loaded.folder):
        from edge.app import twin_box  # only for shops with a standby box

        again = asyncio.run(twin_box.run(loaded))
    else:
        again = asyncio.run(appliance.run(loaded))
    if again:
        os.execv(sys.executable, sys.orig_argv)  # nosec B606 - as one of two boxes or alone again, or to restore a backup
    return 0
