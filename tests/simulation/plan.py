"""What one seed brings: not every trouble each time, so that each can also show what it does alone."""

from __future__ import annotations

from random import Random

import msgspec


class Plan(msgspec.Struct, frozen=True):
    """How long the trouble lasts (virtual seconds), how often something happens, and what may."""

    storm_s: float
    every_s: float
    tills: int
    workers: int
    answering: tuple[bool, ...]
    troubles: tuple[str, ...]


def make(chance: Random, troubles: tuple[str, ...], only: tuple[str, ...] = ()) -> Plan:
    """The plan of a seed. `troubles` are the names of all there are; `only`: these, and all of them."""
    share = chance.choice([0.15, 0.4, 0.8, 1.0])
    chosen = only or tuple(name for name in troubles if chance.random() < share)
    return Plan(
        storm_s=chance.uniform(20, 60),
        every_s=chance.choice([0.5, 1.5, 4.0]),
        tills=chance.choice([1, 2, 2]),
        workers=chance.choice([1, 2, 3]),
        answering=(chance.random() < 0.7, chance.random() < 0.7),
        troubles=chosen or troubles[:1],
    )
