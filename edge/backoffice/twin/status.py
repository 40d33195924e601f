"""Status of the other machines as plain values: for pages, `/healthz`, alerts and the command line."""

from __future__ import annotations

from typing import Literal

import msgspec

State = Literal["both", "alone", "no_witness", "held", "copying", "unfit", "follows"]
"""`both`: either box may lead. `alone`: the other box is away or behind. `no_witness`: the other box has everything,
but leads only if a person promotes it. `held`: no other machine is reachable, so no answers are released. `copying`:
the other box is copying the ledger. `unfit`: the other box is present but may not lead (`Lack`). `follows`: the other
box leads."""


Lack = Literal["", "version", "disk", "full"]
"""`version`: the other box's software is older, so it follows but may not lead. `disk`: its disk syncs slowly, so it
may not lead, as tills would wait. `full`: its disk is full, so it accepts no shipments; on a follower, its own disk."""


class TwinStatus(msgspec.Struct, frozen=True):
    """The status of the boxes.

    `box`: this one; `leader`: "" if unknown. `position`: the number of shipments written; `other_has`: the number that
    the other box has. `heard_ms`: time since each machine was heard (-1: not since start). `aside`: the number of facts
    here that aren't in the ledger. `lacks`: further problems that keep the other box from leading well, besides
    `state`.

    `differs`: differing settings of config.toml; `clock_s`: how far the other box's clock is ahead, if too far;
    `zones`: both machines' time zones, if they differ; `plugged`: attached devices by box; `damaged_us`: when the other
    box last found its copy damaged (0: never); `led_us`: when this box took over (0: not since start).
    """

    box: str
    leader: str
    state: State
    term: int = 0
    position: int = 0
    other_has: int = 0
    heard_ms: dict[str, int] = {}
    aside: int = 0
    lacks: Lack = ""
    differs: tuple[str, ...] = ()
    clock_s: int = 0
    zones: tuple[str, ...] = ()
    plugged: dict[str, tuple[str, ...]] = {}
    damaged_us: int = 0
    led_us: int = 0
