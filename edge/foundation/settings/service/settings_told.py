"""Reports the settings in config.toml at start, because head office can't read the file."""

from __future__ import annotations

import structlog

from edge.core.command_bus import CommandBus
from edge.core.messages import Done
from edge.core.secrets.store import SecretStore
from edge.foundation.access.rights import system
from edge.foundation.settings.commands import TellSettings
from edge.foundation.settings.definitions import settings_by_name
from edge.runtime.config import Config

_log = structlog.get_logger(__name__)
IN_CLEAR = "in-clear"
"""Name reported for secrets without a name: config.toml contains them, or the path of their file."""


async def tell_settings(shop: CommandBus, config: Config, secrets: SecretStore) -> None:
    """Report the settings once; skipped if file and settings are unchanged. Secrets are reported only as entered or
    not. Does nothing without a head office."""
    if not config.has_head_office:
        return
    filed = {name: config.said_of(name) for name in settings_by_name()}
    named = sorted({one.name for one in config.secrets()})
    entered = {name or IN_CLEAR: not name or secrets.has(name) for name in named}
    outcome = await shop.do(TellSettings(filed, entered), system())
    if not isinstance(outcome, Done):
        _log.warning("settings couldn't be reported to head office", why=str(outcome))
