"""Decode reports of HID point-of-sale scanners. Pure.

Source: USB-IF, "HID Point of Sale Usage Tables" 1.02, usage page 0x8C. Makers arrange fields freely, so their positions
are read from the device's report descriptor.
"""

from __future__ import annotations

from typing import NamedTuple

from drivers.scanners.decoded import DecodedScan
from drivers.scanners.decoding.hid_report import Field, Usage, input_fields

PAGE = 0x8C
SYMBOLOGY_1, SYMBOLOGY_3, DECODED_DATA, DATA_CONTINUED = 0xFB, 0xFD, 0xFE, 0xFF
BYTE_COUNT = Usage(0x01, 0x3B)


class Layout(NamedTuple):
    """A report's field positions, in bytes from its start; `continued` in bits. None: not given."""

    report_id: int
    data: slice
    length: int | None = None
    symbology: slice | None = None
    continued: int | None = None


COMMON = Layout(report_id=2, data=slice(5, 61), length=1, symbology=slice(2, 5), continued=63 * 8)
"""The layout of Honeywell, Zebra, Access-IS and others, for devices that declare the page but not its fields."""


def is_scanner(descriptor: bytes) -> bool:
    """Whether the device uses usage page 0x8C."""
    return any(field.usage.page == PAGE for field in input_fields(descriptor))


def layout_of(descriptor: bytes) -> Layout:
    """Return the layout of the report with decoded data; COMMON if the descriptor doesn't state it."""
    fields = input_fields(descriptor)
    for field in fields:
        if field.usage == Usage(PAGE, DECODED_DATA) and field.bits == 8 and field.at % 8 == 0:
            return _around(field, [other for other in fields if other.report_id == field.report_id])
    return COMMON


def _around(data: Field, fields: list[Field]) -> Layout:
    length = continued = None
    symbology: list[int] = []
    for field in fields:
        if field.usage == BYTE_COUNT and field.bits == 8:
            length = field.at // 8
        elif field.usage == Usage(PAGE, DATA_CONTINUED):
            continued = field.at
        elif field.usage.page == PAGE and SYMBOLOGY_1 <= field.usage.id <= SYMBOLOGY_3 and field.bits == 8:
            symbology += range(field.at // 8, field.at // 8 + field.values)
    start = data.at // 8
    identifier = slice(min(symbology), max(symbology) + 1) if symbology else None
    return Layout(data.report_id, slice(start, start + data.values), length, identifier, continued)


class HidPosDecoder:
    """Assembles a scan from its reports. A scan longer than `max_bytes` is dropped."""

    def __init__(self, layout: Layout, max_bytes: int) -> None:
        self._layout = layout
        self._max_bytes = max_bytes
        self._begun = bytearray()
        self._too_long = False
        self.dropped = 0

    def feed(self, report: bytes) -> list[DecodedScan]:
        """The code completed by a report, which starts with its number. Accepts any bytes."""
        layout = self._layout
        if layout.report_id and report[:1] != bytes([layout.report_id]):
            return []
        data = report[layout.data]
        if layout.length is not None:
            data = data[: report[layout.length]] if layout.length < len(report) else b""
        else:
            data = data.rstrip(b"\0")
        if len(self._begun) + len(data) > self._max_bytes:
            self._too_long = True
        self._begun += b"" if self._too_long else data
        if layout.continued is not None and _bit(report, layout.continued):
            return []
        whole, too_long = bytes(self._begun), self._too_long
        self.reset()
        if too_long:
            self.dropped += 1
            return []
        whole = whole.rstrip(b"\r\n")
        return [DecodedScan(whole, self._symbology(report))] if whole else []

    def reset(self) -> None:
        """Discard the incomplete scan."""
        self._begun.clear()
        self._too_long = False

    def _symbology(self, report: bytes) -> str | None:
        identifier = report[self._layout.symbology] if self._layout.symbology else b""
        known = len(identifier) == 3 and identifier[:1] == b"]" and identifier.isascii() and identifier[1:].isalnum()
        return identifier.decode("ascii") if known else None


def _bit(report: bytes, at: int) -> bool:
    return at // 8 < len(report) and bool(report[at // 8] >> at % 8 & 1)
