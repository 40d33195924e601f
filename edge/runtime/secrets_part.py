"""Reports secrets that config.toml names but that haven't been entered."""

from __future__ import annotations

import asyncio

from edge.core.bus import Bus
from edge.core.process.parts import PartState, Ready
from edge.core.secrets.store import SECRETS, SecretStore
from edge.lib.errors import EdgeError
from edge.runtime.config import Config

LOOK_S = 60.0
"""Interval of checks that all secrets can be decrypted, in addition to a check after each change."""


class SecretsPart:
    """Checks the secrets; see the module."""

    def __init__(self, config: Config, store: SecretStore, bus: Bus) -> None:
        self._config = config
        self._store = store
        self._bus = bus

    async def run(self, ready: Ready) -> None:
        """Run until cancelled."""
        changed = self._bus.subscribe(SECRETS)
        try:
            while True:
                wrong = await asyncio.to_thread(fault, self._config, self._store)
                ready(PartState("", "lost", wrong.what, wrong.advice, wrong.key, wrong.values) if wrong else None)
                await changed.within(LOOK_S)
        finally:
            self._bus.unsubscribe(changed)


def fault(config: Config, store: SecretStore) -> EdgeError | None:
    """Return the error of the first configured secret that can't be read, or None."""
    for one in config.secrets():
        try:
            store.resolve(one.value)
        except EdgeError as error:
            return error
    return None
