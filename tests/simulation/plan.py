"""The plan of a seed. It doesn't have every trouble, so that the effect of each one alone can appear."""

from __future__ import annotations

from random import Random

import msgspec


class Plan(msgspec.Struct, frozen=True):
    """How long the trouble lasts (virtual seconds), how often something happens, and which troubles there are.

    `answering`: whether each printer reports its status. `spare`: the second printer stands in for the first. `small`:
    the limits of sync are so small that they are reached all the time.
    """

    storm_s: float
    every_s: float
    tills: int
    workers: int
    answering: tuple[bool, ...]
    spare: bool
    small: bool
    troubles: tuple[str, ...]


def make(chance: Random, troubles: tuple[str, ...], only: tuple[str, ...] = ()) -> Plan:
    """Make the plan of a seed. `troubles`: the names of all troubles. `only`: if given, exactly these are used."""
    share = chance.choice([0.15, 0.4, 0.8, 1.0])
    chosen = only or tuple(name for name in troubles if chance.random() < share)
    return Plan(
        storm_s=chance.uniform(15, 45),
        every_s=chance.choice([0.5, 1.5, 4.0]),
        tills=chance.choice([1, 2, 2]),
        workers=chance.choice([1, 2, 3]),
        answering=tuple(chance.random() < 0.7 for _ in range(3)),
        spare=chance.random() < 0.4,
        small=chance.random() < 0.6,
        troubles=chosen or troubles[:1],
    )
