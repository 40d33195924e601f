"""A follower's shop beside itself: a copy of its ledger with a config.toml of its own, for what reads all of it in a
process behind everything else, while the leader ships on."""

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

from edge.backoffice.twin.ledger_copy import LedgerCopy
from edge.backoffice.twin.limits import CHECK_CHUNK_BYTES
from edge.runtime.config import load

COMMAND_S = 6 * 3_600
"""So long what is done with it may take."""
KEYS = ("recovery-code", "people-keys", "keeping.json")


class ShopCopy(msgspec.Struct, frozen=True):
    """`config`: its config.toml; `data`: its data folder."""

    config: Path
    data: Path

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        """`edge WORDS` of it. `SubprocessError`: it takes too long."""
        argv = ["nice", "-n", "19", sys.executable, "-m", "edge", "--config", str(self.config), *words]
        environ = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[3])}
        return subprocess.run(argv, capture_output=True, text=True, timeout=COMMAND_S, check=False, env=environ)


@contextmanager
def copy_shop(copy: LedgerCopy, file: Path, name: str, has_backups: bool = False) -> Iterator[ShopCopy]:
    """In the folder `twin`, under `name`; gone afterwards. `has_backups`: it knows where the shop's are, and what opens
    them. `Hurried`: this box is about to lead; `OSError`: there is no room; `ValueError`: config.toml is none."""
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
        made["backup"]["folder"] = backup.folder  # a relative one is in the data folder
    return tomlkit.dumps(made)


def _copy_ledger(copy: LedgerCopy, ledger: Path, to: Path) -> None:
    with ledger.open("rb") as source, to.open("wb") as made:
        while content := source.read(CHECK_CHUNK_BYTES):
            made.write(content)
            copy.require_time()
