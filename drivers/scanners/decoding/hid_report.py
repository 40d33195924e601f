"""Parse a HID report descriptor for the positions of fields in reports. Pure.

Source: USB-IF, "Device Class Definition for Human Interface Devices (HID)" 1.11, section 6.2.2.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

MAX_FIELDS = 1024
"""Maximum fields per device, at which parsing stops."""
MAX_REPORT_BITS = 16_384 * 8
"""A report's maximum, as in Linux (HID_MAX_BUFFER_SIZE); parsing stops at a longer one."""

_LONG_ITEM = 0xFE
_USAGE_PAGE, _REPORT_SIZE, _REPORT_ID, _REPORT_COUNT, _PUSH, _POP = 0x04, 0x74, 0x84, 0x94, 0xA4, 0xB4
_USAGE, _USAGE_MIN, _USAGE_MAX = 0x08, 0x18, 0x28
_INPUT, _OUTPUT, _FEATURE, _COLLECTION, _END_COLLECTION = 0x80, 0x90, 0xB0, 0xA0, 0xC0
_MAIN = (_INPUT, _OUTPUT, _FEATURE, _COLLECTION, _END_COLLECTION)
_CONSTANT, _VARIABLE = 1, 2


class Usage(NamedTuple):
    """A value's meaning: its page in the HID Usage Tables, and its number there."""

    page: int
    id: int


class Field(NamedTuple):
    """Values of one usage in the input report `report_id` (0 for unnumbered reports).

    They start at bit `at` of the report, counted with its number. There are `values` of them, of `bits` each.
    """

    report_id: int
    usage: Usage
    at: int
    bits: int
    values: int


def items(descriptor: bytes) -> Iterator[tuple[int, int]]:
    """Yield (tag and type, unsigned value) of each short item; an incomplete one at the end is left out."""
    at = 0
    while at < len(descriptor):
        prefix = descriptor[at]
        if prefix == _LONG_ITEM:
            at += 3 + (descriptor[at + 1] if at + 1 < len(descriptor) else 0)
            continue
        size = (0, 1, 2, 4)[prefix & 3]
        if at + 1 + size > len(descriptor):
            return
        yield prefix & 0xFC, int.from_bytes(descriptor[at + 1 : at + 1 + size], "little")
        at += 1 + size


class _State:
    """The current global and local items."""

    def __init__(self) -> None:
        self.globals = {_USAGE_PAGE: 0, _REPORT_SIZE: 0, _REPORT_ID: 0, _REPORT_COUNT: 0}
        self.stack: list[dict[int, int]] = []
        self.usages: list[Usage] = []
        self.first: Usage | None = None

    def usage(self, value: int) -> Usage:
        """Return a usage; a four-byte value includes its page."""
        return Usage(value >> 16, value & 0xFFFF) if value > 0xFFFF else Usage(self.globals[_USAGE_PAGE], value)

    def take(self, tag: int, value: int) -> None:
        if tag in self.globals:
            self.globals[tag] = value
        elif tag == _PUSH and len(self.stack) < MAX_FIELDS:
            self.stack.append(dict(self.globals))
        elif tag == _POP and self.stack:
            self.globals = self.stack.pop()
        elif tag == _USAGE and len(self.usages) < MAX_FIELDS:
            self.usages.append(self.usage(value))
        elif tag == _USAGE_MIN:
            self.first = self.usage(value)
        elif tag == _USAGE_MAX and self.first is not None:
            last = min(self.usage(value).id, self.first.id + MAX_FIELDS - len(self.usages) - 1)
            self.usages += [Usage(self.first.page, number) for number in range(self.first.id, last + 1)]
            self.first = None
        elif tag in _MAIN:
            self.usages = []
            self.first = None


def input_fields(descriptor: bytes) -> list[Field]:
    """All fields with a usage in the device's input reports, in order."""
    state = _State()
    ends: dict[int, int] = {}
    fields: list[Field] = []
    for tag, value in items(descriptor):
        if tag == _INPUT:
            number, bits, count = (state.globals[key] for key in (_REPORT_ID, _REPORT_SIZE, _REPORT_COUNT))
            at = ends.get(number, 8 if number else 0)
            ends[number] = at + bits * count
            if number > 255 or ends[number] > MAX_REPORT_BITS or count > MAX_REPORT_BITS:
                break
            if not value & _CONSTANT:
                fields += _usage_fields(number, state.usages, at, bits, count, bool(value & _VARIABLE))
            if len(fields) >= MAX_FIELDS:
                break
        state.take(tag, value)
    return fields


def _usage_fields(number: int, usages: list[Usage], at: int, bits: int, count: int, variable: bool) -> Iterator[Field]:
    """Yield a field per usage; the last usage gets all remaining values."""
    if not usages or count < 1:
        return
    if not variable:
        yield Field(number, usages[0], at, bits, count)
        return
    *singles, last = usages[:count]
    for place, usage in enumerate(singles):
        yield Field(number, usage, at + place * bits, bits, 1)
    yield Field(number, last, at + len(singles) * bits, bits, count - len(singles))
