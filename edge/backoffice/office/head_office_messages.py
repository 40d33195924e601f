"""Messages to head office about the machine: the body of `sync.wire.Ask`, room `office`."""

from __future__ import annotations

import msgspec

from edge.core.messages import Number

ROOM = "office"


class MachineState(msgspec.Struct, frozen=True):
    """The size of the ledger's disk (MiB), its free space, the box's clock (UTC microseconds), and whether the box
    doubts its clock."""

    disk_mib: Number
    disk_free_mib: Number
    at_us: Number
    clock_doubted: bool = False


class MachineTaken(msgspec.Struct, frozen=True):
    """Acknowledgement by head office."""


encode = msgspec.json.encode
state_of = msgspec.json.Decoder(MachineState).decode
