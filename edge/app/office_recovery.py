"""Restores a shop from head office on a new machine's set-up page: downloads the journal from head office and rebuilds
the ledger from it."""

from __future__ import annotations

import asyncio
import time

from edge.backoffice.directives.service.sync_part import broker_of
from edge.core.clock import SystemClock
from edge.lib.errors import ConfigError, NeedsHuman
from edge.lib.worded_errors import worded_error
from edge.operations.maintenance.restoring.recover import NothingHeld, Recovered, recover
from edge.runtime.config import Config
from edge.runtime.secrets import secrets_of
from sync.session import LinkLost

TRIES, PAUSE_S = 10, 3.0
"""Tries and pause for connecting, because the broker accepts a new box only after it has reloaded its passwords."""


class OfficeRecovery:
    """Downloads in a thread, one attempt at a time, because a large journal takes minutes. `here` of `through`: entries
    so far."""

    def __init__(self, pause_s: float = PAUSE_S) -> None:
        self._pause_s = pause_s
        self.here, self.through = 0, 0

    def bring(self, config: Config) -> Recovered:
        """Rebuild the ledger of `config`, which has none yet. Raises `NeedsHuman`, with a key of section [first];
        downloaded entries are kept for the next attempt."""
        assert config.sync is not None
        self.here, self.through = 0, 0
        broker = broker_of(config.sync, secrets_of(config.folder))
        for left in reversed(range(TRIES)):
            try:
                return asyncio.run(recover(config, broker, SystemClock(), False, self._show))
            except NothingHeld as error:
                raise _wrong("office_nothing", box=error.box) from error
            except (NeedsHuman, ConfigError) as error:
                if error.key and isinstance(error, NeedsHuman):  # its message already says what to do
                    raise
                if not left or self.through or not isinstance(error.__cause__, LinkLost):
                    raise _wrong("office_fault", why=error.what) from error
                time.sleep(self._pause_s)
            except OSError as error:
                raise _wrong("office_fault", why=str(error)) from error
        raise AssertionError("the last try returns or raises")

    def _show(self, here: int, through: int) -> None:
        self.here, self.through = here, through


def _wrong(code: str, **values: str) -> NeedsHuman:
    return worded_error(NeedsHuman, f"first.{code}", **values)
