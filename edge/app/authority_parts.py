"""Parts that communicate with tax authorities; loaded only for shops under such laws."""

from __future__ import annotations

from collections.abc import Iterator

from edge.accounting.fiscal.service.germany import GermanyPart
from edge.accounting.fiscal.service.israel import IsraelPart
from edge.accounting.fiscal.service.quebec import QuebecPart
from edge.accounting.fiscal.service.year_archive import YearArchivePart
from edge.app.sense_parts import Stage
from edge.core.command_bus import CommandBus
from edge.core.process.parts import Part
from edge.runtime.config import Config


def authority_parts(config: Config, shop: CommandBus) -> Iterator[Part]:
    """Parts required by the shop's tax laws."""
    if (israel := IsraelPart(config, shop)).is_on:
        yield Part("allocations", israel.run, stage=Stage.BACKGROUND)
    if (quebec := QuebecPart(config, shop)).is_on:
        yield Part("quebec", quebec.run, stage=Stage.BACKGROUND)
    if (germany := GermanyPart(config, shop)).is_on:
        yield Part("security_device", germany.run, stage=Stage.BACKGROUND)
    if (archives := YearArchivePart(config, shop)).is_on:
        yield Part("year_archive", archives.run, stage=Stage.BACKGROUND)
