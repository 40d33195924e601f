"""What a capability's parts are made of: the running shop, and what its parts are told of it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import msgspec

from edge.core.command_bus import CommandBus
from edge.core.secrets.store import SecretStore


class PartContext(msgspec.Struct, frozen=True):
    """The `shop`, and the path of its `ledger` for reads in another thread; the store's `zone` (IANA); `business_date`:
    the day of business (ISO 8601) at a moment in microseconds; the box's `secrets`."""

    shop: CommandBus
    ledger: Path
    zone: str
    business_date: Callable[[int], str]
    secrets: SecretStore
