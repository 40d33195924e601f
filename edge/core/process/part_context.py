"""Context that a capability's parts receive, including the running shop."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import msgspec

from edge.core.command_bus import CommandBus
from edge.core.secrets.store import SecretStore


class PartContext(msgspec.Struct, frozen=True):
    """The services that a part gets. `shop`; `ledger`, its path for reads in other threads; `zone`, the store's time
    zone (IANA); `business_date`, which maps microseconds to a business date (ISO 8601); and `secrets`, the box's."""

    shop: CommandBus
    ledger: Path
    zone: str
    business_date: Callable[[int], str]
    secrets: SecretStore
