"""A copy of a follower's shop (its ledger with a config.toml), for low-priority processes that read everything while
shipments continue."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec
import tomlkit

from edge.backoffice.twin.copy.ledger_copy import LedgerCopy
from edge.backoffice.twin.limits import CHECK_CHUNK_BYTES
from edge.runtime.config import load

COMMAND_S = 6 * 3_600
"""Time limit of a command on the copy."""
KEYS = ("recovery-code", "people-keys", "keeping.json")


class ShopCopy(msgspec.Struct, frozen=True):
    """A copied shop. `config`: its config.toml; `data`: its data folder."""

    config: Path
    data: Path

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Run `edge WORDS` on the copy. Raises `SubprocessError` if it takes too long."""
        argv = ["nice", "-n", "19", sys.executable, "-m", "edge", "--config", str(self.config), *words]
        environ = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[4])}
        return subprocess.run(argv, capture_output=True, text=True, timeout=COMMAND_S, check=False, env=environ)


@contextmanager
def copy_shop(copy: LedgerCopy, file: Path, name: str, has_backups: bool = False) -> Iterator[ShopCopy]:
    """Create a copy in the folder `twin` under `name`; it's deleted afterwards.

    `has_backups`: the copy gets the shop's backup locations and their key. Raises `Hurried` if this box is about to
    lead, `OSError` if there is no room, and `ValueError` for an invalid config.toml.
    """
    place = copy.folder / "twin" / name
    shutil.rmtree(place, ignore_errors=True)
    data = place / "data"
    try:
        data.mkdir(mode=0o700, parents=True)
        if (copy.folder / "archive").exists():
            (data / "archive").symlink_to(copy.folder / "archive")
        for key in KEYS if has_backups else ():
            if (copy.folder / key).exists():
                shutil.copy(copy.folder / key, data)
        copy.inspect(lambda ledger: _copy_ledger(copy, ledger, data / ledger.name))
        (place / "config.toml").write_text(_config_of(file, has_backups), encoding="utf-8")
        yield ShopCopy(place / "config.toml", data)
    finally:
        shutil.rmtree(place, ignore_errors=True)


def _config_of(file: Path, has_backups: bool) -> str:
    made = tomlkit.parse(file.read_text(encoding="utf-8"))
    made.pop("data", None)
    if not has_backups:
        made.pop("backup", None)
    elif not (backup := load(file).backup).disk:
        # made absolute, as a relative path would now be below the copy's data folder
        made["backup"]["folder"] = backup.folder
    return tomlkit.dumps(made)


def _copy_ledger(copy: LedgerCopy, ledger: Path, to: Path) -> None:
    with ledger.open("rb") as source, to.open("wb") as made:
        while content := source.read(CHECK_CHUNK_BYTES):
            made.write(content)
            copy.require_time()
