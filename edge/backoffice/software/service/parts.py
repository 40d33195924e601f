"""Parts that install newer software versions."""

from __future__ import annotations

from collections.abc import Iterator

from edge import __version__
from edge.backoffice import software
from edge.backoffice.software.service import update_files
from edge.backoffice.software.service.desk import SoftwareDesk
from edge.backoffice.software.service.update_files import UpdatePlaces
from edge.backoffice.twin.desk import TWIN
from edge.core.process.part_state import PartState
from edge.core.process.parts import Part, Stage
from edge.runtime.shop_context import ShopContext


class NoHeadOffice:
    """Head office of a shop without one, whose updates come from a USB stick."""

    is_reachable = False

    async def ask(self, room: str, body: bytes, timeout_s: float) -> bytes | None:
        return None


def parts(context: ShopContext) -> Iterator[Part]:
    """The part that installs updates."""
    config, shop = context.config, context.shop
    names = {device.name for device in config.devices}

    def devices() -> list[PartState]:
        return [one for one in context.supervisor.states.values() if one.name in names]

    desk = SoftwareDesk(
        shop,
        UpdatePlaces(config.folder / update_files.FOLDER),
        software.settings_of(config),
        devices,
        context.office or NoHeadOffice(),
        __version__,
        lambda: shop.clock.read().at_us,
        is_alone=context.office is None or context.services.of(TWIN).status is None,
    )
    yield Part("software", desk.run, stage=Stage.BACKGROUND)
