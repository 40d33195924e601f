"""The context passed to capabilities' background parts."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from edge.core.command_bus import CommandBus
from edge.core.process.parts import Supervisor
from edge.core.services import Services
from edge.runtime.config import Config, Device
from edge.runtime.head_office import HeadOffice


class ShopContext(msgspec.Struct, frozen=True):
    """Everything that a shop's parts need. It has the `config`, the command bus (`shop`), the link to head `office`
    (None: there is none), the `services` of its site, the `supervisor` of all parts, and its `devices`, each with its
    driver."""

    config: Config
    shop: CommandBus
    office: HeadOffice | None
    services: Services
    supervisor: Supervisor
    devices: Sequence[tuple[Device, object]]

    def of_role(self, role: str) -> list[tuple[Device, object]]:
        """Devices with this role (`drivers.roles`), each with its driver."""
        return [one for one in self.devices if one[0].role == role]
