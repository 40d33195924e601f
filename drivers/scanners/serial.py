"""A barcode scanner on a serial line: RS-232, or USB in virtual COM port mode."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

from drivers.scanners.decoded import DecodedScan
from drivers.scanners.decoding.baud import BaudFinder
from drivers.scanners.decoding.lines import LineDecoder, LineOptions
from drivers.scanners.serial_line import SerialLineScanner

HEARD = 100
"""Maximum codes buffered while the speed is being detected: more than a person scans without a pause."""


class SerialScanner(SerialLineScanner):
    """A Scanner on a serial port."""

    class Config(LineOptions, frozen=True, kw_only=True, forbid_unknown_fields=True):
        """Options of the serial scanner."""

        path: Annotated[str, Meta(min_length=1, description="serial port; a path in /dev/serial/by-id doesn't change")]
        baud: Annotated[int, Meta(ge=300, le=921_600, description="baud rate")] = 9600
        bits: Annotated[Literal[7, 8], Meta(description="data bits")] = 8
        parity: Annotated[Literal["none", "even", "odd"], Meta(description="parity bit")] = "none"
        find_baud: Annotated[
            bool,
            Meta(description="try other common baud rates until a scan can be read; earlier scans are lost"),
        ] = False

        def __post_init__(self) -> None:
            if self.find_baud and self.suffix == "none":
                raise ValueError("`find_baud` needs a `suffix` to tell scans from noise")

    def __init__(self, config: Config) -> None:
        super().__init__(config.path, LineDecoder(config), config.idle_gap_ms, config.bits, config.parity)
        self._config = config
        self._finder = BaudFinder(config.baud)
        self._heard: list[DecodedScan] = []

    @property
    def baud(self) -> int:
        return self._finder.baud

    async def _connect(self) -> int:
        self._heard = []
        return await super()._connect()

    @property
    def _searching(self) -> bool:
        return self._config.find_baud and not self._finder.found

    @property
    def _pending(self) -> bool:
        return super()._pending or self._searching

    def _decode(self, data: bytes) -> list[DecodedScan]:
        codes = super()._decode(data)
        if not self._searching:
            return codes
        # Change speed only once the line is silent, or the rest of a scan would be read as a code.
        self._heard = [*self._heard, *codes][:HEARD]
        return []

    def _silence(self) -> list[DecodedScan]:
        dropped = self._decoder.dropped
        ended = super()._silence()
        if not self._searching:
            return ended
        heard, self._heard = [*self._heard, *ended], []
        self._finder.judge(heard, broke_off=self._decoder.dropped > dropped)
        if self._finder.found:
            return heard
        self._retune()
        return []
