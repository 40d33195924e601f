"""What speaks with tax authorities: loaded for shops that are under such a law."""

from __future__ import annotations

from collections.abc import Iterator

from edge.app.sense_parts import Stage
from edge.config import Config
from edge.core.command_bus import CommandBus
from edge.core.process.parts import Part
from edge.services.authorities.germany import GermanyPart
from edge.services.authorities.israel import IsraelPart
from edge.services.authorities.quebec import QuebecPart
from edge.services.authorities.year_archive import YearArchivePart


def authority_parts(config: Config, shop: CommandBus) -> Iterator[Part]:
    """Those of the shop's laws."""
    if (israel := IsraelPart(config, shop)).is_on:
        yield Part("allocations", israel.run, stage=Stage.BACKGROUND)
    if (quebec := QuebecPart(config, shop)).is_on:
        yield Part("quebec", quebec.run, stage=Stage.BACKGROUND)
    if (germany := GermanyPart(config, shop)).is_on:
        yield Part("security_device", germany.run, stage=Stage.BACKGROUND)
    if (archives := YearArchivePart(config, shop)).is_on:
        yield Part("year_archive", archives.run, stage=Stage.BACKGROUND)
