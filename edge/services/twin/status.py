"""How it is with the other machines, in plain values: for pages, `/healthz`, alerts and the command line."""

from __future__ import annotations

from typing import Literal

import msgspec

State = Literal["both", "alone", "no_witness", "held", "copying", "follows"]
"""`both`: either may lead. `alone`: the other box is away, or not as far yet. `no_witness`: the other one has all, and
leads only when a person says so. `held`: neither is there, and nothing is let out. `copying`: the other one takes the
ledger. `follows`: the other one leads."""


Lack = Literal["", "version"]
"""`version`: the other box's software is older than this one's, so it follows and may not lead."""


class TwinStatus(msgspec.Struct, frozen=True):
    """`box`: this one; `leader`: who leads ("": nobody that is known of). `position`: how many shipments were written;
    `other_has`: how many of them the other box has. `heard_ms`: since when each other machine was heard last (-1: not
    since the start). `aside`: how many facts this box has that no ledger of the shop has. `lacks`: why
    the other box may not lead, beside what `state` says."""

    box: str
    leader: str
    state: State
    term: int = 0
    position: int = 0
    other_has: int = 0
    heard_ms: dict[str, int] = {}
    aside: int = 0
    lacks: Lack = ""
