"""First start: asks for the configuration and creates the first manager.

The answers go into a file next to config.toml, which becomes config.toml once the first manager has a PIN (a standby
box gets its users from the first box). If set-up is interrupted, it starts over, so that no shop is left without a PIN.
"""

from __future__ import annotations

import asyncio
import os
import secrets
from collections.abc import Callable
from pathlib import Path

from edge.core.messages import Command, Done
from edge.foundation.access.commands import SetPin, SetUser
from edge.foundation.access.credentials.pin import hash_pin
from edge.foundation.access.rights import system
from edge.lib.errors import ConfigError, NeedsHuman
from edge.operations.ledger import Ledger
from edge.runtime.config import Config, load
from edge.runtime.config.first import FirstAnswers

PORT = 8080
FIRST_MANAGER = "owner"


def is_new(file: Path) -> bool:
    """Whether the box has never been set up: it has no configuration, and no ledger except that of an interrupted first
    start."""
    return not file.exists() and (unfinished_answers(file).exists() or not (data_of(file) / "ledger.db").exists())


def unfinished_answers(file: Path) -> Path:
    """Return the file for the answers until the first manager exists."""
    return file.with_name(f".{file.name}.unfinished")


def data_of(file: Path) -> Path:
    """Data folder of a new box: systemd's state directory, or next to the configuration."""
    state = os.environ.get("STATE_DIRECTORY", "")
    return Path(state.split(":")[0]) if state else file.resolve().parent / "data"


async def set_up(file: Path, port: int = PORT, ready: Callable[[int], None] = lambda port: None) -> Config:
    """Run the set-up page and apply its answers. Raises `ConfigError`."""
    from edge.app.first_start_page import FirstStart  # needed only for the first start

    data, answered = data_of(file), unfinished_answers(file)
    if answered.exists():
        _put_aside(data)
    said = str(data) if os.environ.get("STATE_DIRECTORY") else "data"
    _, answers = await FirstStart(answered, said, port).ask(ready)
    if answers is not None:  # None: a standby box gets its users from the first box
        await _let_in(load(answered), answers)
    answered.replace(file)
    return load(file)


def _put_aside(data: Path) -> None:
    """Rename the ledger of an interrupted first start, because the next one may be for another shop."""
    for made in data.glob("ledger*"):
        made.replace(made.with_name(f"unfinished-{made.name}"))


async def _let_in(config: Config, answers: FirstAnswers) -> None:
    """Set the first manager's PIN. If a name was given, the PIN belongs to that user, and the shop's own PIN becomes a
    random one; `edge pin` on the box sets another."""
    config.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    ledger = Ledger(config)
    shop = ledger.shop()
    shop.start()

    async def do(command: Command) -> None:
        outcome = await shop.do(command, system())
        if not isinstance(outcome, Done):
            raise NeedsHuman(f"The first manager couldn't be added: {outcome}.", "Set a PIN on the box: edge pin")

    try:
        hashed = await asyncio.to_thread(hash_pin, answers.pin)
        if name := answers.manager.strip():
            await do(SetPin(await asyncio.to_thread(hash_pin, str(secrets.randbelow(10**12)).zfill(12))))
            await do(SetUser(FIRST_MANAGER, name, "manager", hashed))
        else:
            await do(SetPin(hashed))
    finally:
        shop.close()
        ledger.close()


def configuration_missing(file: Path) -> ConfigError:
    """Return the error for a box with a ledger but no configuration, because set-up answers could describe another
    shop."""
    what = f"The configuration file {file} is missing, but there is a ledger in {data_of(file)}."
    return ConfigError(
        what, ("Restore the file, for example from a backup (edge restore), or set its path with --config.")
    )
