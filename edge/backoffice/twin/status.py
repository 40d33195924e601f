"""Status of the other machines as plain values: for pages, `/healthz`, alerts and the command line."""

from __future__ import annotations

from typing import Literal

import msgspec

State = Literal["both", "alone", "no_witness", "held", "copying", "unfit", "follows"]
"""`both`: either may lead. `alone`: the other box is away or behind. `no_witness`: the other has everything, and leads
only if a person promotes it. `held`: neither is reachable, and no answers are released. `copying`: the other is copying
the ledger. `unfit`: the other is present and may not lead (`Lack`). `follows`: the other leads."""


Lack = Literal["", "version", "disk", "full"]
"""`version`: the other box's software is older, so it follows and may not lead. `disk`: its disk syncs slowly, so it
may not lead either, as tills would wait. `full`: its disk is full, so it accepts nothing more; on a follower: its
own."""


class TwinStatus(msgspec.Struct, frozen=True):
    """`box`: this one; `leader`: "" if unknown. `position`: shipments written; `other_has`: those the other box has.
    `heard_ms`: time since each machine was heard (-1: not since start). `aside`: facts here that are in no ledger.
    `lacks`: what else keeps the other box from leading well, besides `state`. `differs`: differing settings of
    config.toml; `clock_s`: how far the other box's clock is ahead, if too far; `zones`: both machines' time zones, if
    they differ; `plugged`: attached devices by box; `damaged_us`: when the other box last found its copy damaged (0:
    never); `led_us`: when this box took over (0: not since start)."""

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
