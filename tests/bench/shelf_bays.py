"""Composed bays whose truth is known: what `bench shelf` measures with, and trains on."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import NamedTuple

import msgspec
import numpy as np
from PIL import ImageChops

from edge.lib.sight import pictures, registration
from edge.lib.sight.kinds import BayLayout, Facing, FacingState, pixels_of
from edge.lib.sight.registration import Reference
from sim.shelves.scene import Bay, Light, Place, View, draw, jpeg, usual_bay

BLOCKED, TOUCHED = 0.35, 0.04
"""The share of a facing behind someone that makes it blocked; between the two no one can say, and no one counts it."""
MIX = (("present", 0.66), ("gap", 0.17), ("low", 0.09), ("wrong", 0.08))


class Composed(NamedTuple):
    """One picture of a bay and what is true in it, by facing; None: not counted."""

    picture: bytes
    truth: dict[str, FacingState | None]


def layout_of(bay: Bay) -> BayLayout:
    """What a person would have set up."""
    made = [
        Facing(f"r{row}f{place}", row, *bay.box(row, place), sku=str(what.product))
        for row, places in enumerate(bay.rows)
        for place, what in enumerate(places)
    ]
    return BayLayout(bay.corners, (), tuple(made))  # type: ignore[arg-type]


def bay_of(seed: int, width: int = 1280, height: int = 720) -> Bay:
    """A bay that differs from others in size, goods and surroundings."""
    dice = random.Random(seed * 99)
    return usual_bay(seed, dice.choice((3, 4, 5)), dice.choice((6, 8, 10, 12)), width, height)


def reference(bay: Bay) -> Reference:
    """Its full and its bare picture."""
    full, bare = (pictures.decode(jpeg(draw(each, moment=at))) for at, each in enumerate((bay, bay.all("gap"))))
    return registration.reference_of(layout_of(bay), full, bare)


def composed(bay: Bay, count: int, people: float = 0.15) -> Iterator[Composed]:
    """Pictures of the bay with goods missing, set back and misplaced, in changing light, some with people in front."""
    dice = random.Random(bay.seed * 7919)
    for moment in range(2, count + 2):
        mixed = bay.with_places(_changed(bay, dice))
        light = Light(dice.uniform(0.55, 1.25), dice.uniform(-0.12, 0.12), dice.uniform(-0.4, 0.4))
        shift = (dice.randrange(-12, 13), dice.randrange(-8, 9)) if dice.random() < 0.4 else (0, 0)
        seen = View(light=light, shift=shift)
        truth: dict[str, FacingState | None] = {
            f"r{row}f{place}": what.state for row, places in enumerate(mixed.rows) for place, what in enumerate(places)
        }
        if dice.random() < people:
            seen = msgspec.structs.replace(seen, person=dice.uniform(0.2, 0.8))
            truth |= _hidden(mixed, seen)
        yield Composed(jpeg(draw(mixed, seen, moment)), truth)


def _changed(bay: Bay, dice: random.Random) -> dict[tuple[int, int], Place]:
    made = {}
    products = [what.product for row in bay.rows for what in row]
    for row, places in enumerate(bay.rows):
        for place, what in enumerate(places):
            state = dice.choices([name for name, _ in MIX], [share for _, share in MIX])[0]
            other = dice.choice(products) if dice.random() < 0.6 else dice.randrange(10**6)
            if state == "wrong" and other == what.product:
                state = "present"
            made[row, place] = Place(what.product, state, other)  # type: ignore[arg-type]
    return made


def _hidden(bay: Bay, seen: View) -> dict[str, FacingState | None]:
    """Which facings someone stands in front of: by how much of each changes where they come and go."""
    plain = View(noise=0)
    pair = (draw(bay, msgspec.structs.replace(plain, person=person), 1) for person in (-1.0, seen.person))
    apart = np.asarray(ImageChops.difference(*pair).convert("L")) > 0
    layout = layout_of(bay)
    to_bay, size = registration.rectifier(layout, bay.width, bay.height)
    mask = registration.warp_picture(np.dstack([apart.astype(np.uint8)] * 3), to_bay, size)[:, :, 0]
    found: dict[str, FacingState | None] = {}
    for facing in layout.facings:
        left, top, right, bottom = pixels_of(facing, size)
        share = float(mask[top:bottom, left:right].mean())
        if share > TOUCHED:
            found[facing.id] = "blocked" if share > BLOCKED else None
    return found
