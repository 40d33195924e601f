"""What a box tells head office of its machine: the body of `sync.wire.Ask`, room `office`."""

from __future__ import annotations

import msgspec

from edge.core.messages import Number

ROOM = "office"


class MachineState(msgspec.Struct, frozen=True):
    """The disk of the ledger (MiB), what is free of it, and the box's clock (UTC microseconds), and whether it doubts
    that itself."""

    disk_mib: Number
    disk_free_mib: Number
    at_us: Number
    clock_doubted: bool = False


class MachineTaken(msgspec.Struct, frozen=True):
    """Head office has it."""


encode = msgspec.json.encode
state_of = msgspec.json.Decoder(MachineState).decode
