"""The books are for the shop's own account: no one else on the machine may open them."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.flow.operations.test_backup import with_backups
from tests.http_client import PIN
from tests.shop_fixture import run
from tests.stack import CONFIG, PRODUCTS, store


@contextmanager
def umask(mask: int) -> Iterator[None]:
    before = os.umask(mask)
    try:
        yield
    finally:
        os.umask(before)


def open_to_others(folder: Path) -> list[str]:
    """Files in `folder` that another account could open: those of folders that it could not enter are left out, and
    those that a running shop put in the place of another while this looked."""
    found = []
    for path in sorted(folder.iterdir()):
        try:
            others = stat.S_IMODE(path.stat().st_mode) & 0o077
        except FileNotFoundError:
            continue
        if others and path.is_dir():
            found += open_to_others(path)
        elif others:
            found.append(path.name)
    return found


def test_what_the_shop_writes_is_for_its_own_account_also_in_a_folder_that_was_there(tmp_path: Path) -> None:
    """Not under systemd, which has a mask for files of its own: on a box where everyone may read what is new."""

    async def scenario() -> None:
        async with store(tmp_path) as shop:
            shop.configure(with_backups(tmp_path / "usb", CONFIG), None)
            data = shop.config.folder
            data.mkdir(mode=0o755)
            assert (await shop.edge("pin", stdin=PIN + "\n")).status == 0
            assert open_to_others(data) == []
            await shop.start(PRODUCTS)
            await shop.sell()
            assert (await shop.edge("backup", "now")).status == 0
            assert {"ledger.db", "ledger.db-wal", "recovery-code"} <= {path.name for path in data.iterdir()}
            assert open_to_others(data) == []
            await shop.stop()
            shop.config.ledger.chmod(0o644)  # as an older version made it
            await shop.start()
            await shop.sell()
            assert open_to_others(data) == []

    with umask(0o022):
        run(scenario())
