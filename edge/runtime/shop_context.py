"""What parts of capabilities receive that run beside the command bus."""

from __future__ import annotations

import msgspec

from edge.core.command_bus import CommandBus
from edge.core.services import Services
from edge.runtime.config import Config
from edge.runtime.head_office import HeadOffice


class ShopContext(msgspec.Struct, frozen=True):
    """The shop's `config`, its command bus (`shop`), the link to head `office` (None: there is none), and the
    `services` of its site."""

    config: Config
    shop: CommandBus
    office: HeadOffice | None
    services: Services
