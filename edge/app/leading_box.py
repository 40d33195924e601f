"""Dependencies of the appliance on the active box of two."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from typing import TYPE_CHECKING

import msgspec

from edge.backoffice.office.quarantine import Decode
from edge.backoffice.twin.desk import TWIN, BoxesDesk
from edge.backoffice.twin.membership.key_renewal import TICKETS
from edge.core.command_bus import CommandBus
from edge.core.process.parts import Part
from edge.core.secrets.store import SecretMissing, SecretStore
from edge.core.services import Services
from edge.operations.ledger import Leading
from edge.runtime.config import Config
from edge.web.app import PreparedApp
from edge.web.two_boxes import TWO_BOXES, TwoBoxes

if TYPE_CHECKING:
    from edge.backoffice.twin.node import TwinNode  # only for shops with a standby box


class LeadingBox(msgspec.Struct, frozen=True):
    """Hooks supplied by the pair logic. `opened` is called when the shop is open; `stops` when it is about to stop and
    may still commit. `prepared`: pages and API for the registry in `leading`."""

    leading: Leading
    prepared: PreparedApp
    parts: tuple[Part, ...]
    node: TwinNode
    opened: Callable[[CommandBus], None]
    stops: Callable[[], None]


def boxes_desk(config: Config, twin: LeadingBox | None, restart: Callable[[], object]) -> BoxesDesk:
    """Return the backend of the second-box page. `restart` ends this process cleanly to start it again."""
    loop = asyncio.get_running_loop()
    node = twin.node if twin else None

    def later(seconds: float) -> None:
        loop.call_later(seconds, restart)

    panel = config.panel
    return BoxesDesk(config.folder, config.file, panel.port, panel.beyond, node, later, config.twin.port)


def put_desk(services: Services, desk: BoxesDesk, secrets: SecretStore, decode: Decode) -> None:
    """Provide the other box's data to pages and alerts, if there is another box. `decode` as in a registry."""
    services.put(TWIN, desk)
    if (status := desk.status) is not None:
        from edge.backoffice.twin.watches import TwinWatches
        from edge.foundation.alerts.service.machine_watch import BESIDE

        services.put(BESIDE, TwinWatches(desk, decode).watches())
        services.put(TWO_BOXES, TwoBoxes(status.box, lambda: desk.addresses, desk.leads, _ticket_key(secrets)))


def _ticket_key(secrets: SecretStore) -> bytes:
    """Key of session transfer: created by the first leading box and replicated."""
    try:
        return bytes.fromhex(secrets.open(TICKETS))
    except SecretMissing:
        made = os.urandom(32)
        secrets.set(TICKETS, made.hex())
        return made
