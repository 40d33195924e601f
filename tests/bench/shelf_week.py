"""A week of eight bays that a shop trades on: goods sell out and are filled, people pass, lamps and the sun change."""

from __future__ import annotations

import random
import time
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from typing import NamedTuple

import cv2

from edge.analytics.shelf import rules
from edge.analytics.shelf.rules import BayTrack, LookSeen, Paces
from edge.lib.sight import facings, pictures, registration
from edge.lib.sight.kinds import FacingState
from sim.shelves.scene import Bay, Light, Place, View, draw, jpeg
from tests.bench.shelf_bays import bay_of, layout_of, reference

DAYS, OPENS_MIN, CLOSES_MIN = 7, 8 * 60, 21 * 60
EVERY_MIN = 15
"""A look: a shop looks every minute, which is fifteen times as many pictures and hardly more that can go wrong."""
SELLS_OUT, IS_FILLED, GOES_ASTRAY, IS_PUT_RIGHT = 0.006, 0.09, 0.0009, 0.12
"""How likely each of these is of a place from look to look: a place is filled four times a week."""
PASSES, STAYS = 0.12, 0.3
LASTS_US = 60 * rules.MINUTE_US
"""A gap that lasts longer than this should be found."""


class Week(NamedTuple):
    """Findings that were not so; those that were; gaps that lasted, and how many of them were found; looks; and days
    that were gone through to the end."""

    false: int = 0
    true: int = 0
    lasting: int = 0
    lasting_found: int = 0
    looks: int = 0
    days: int = 0


def weeks(bays: int, first: int, until_s: float) -> Week:
    """The same week of so many bays, on two processors, as far as time (`until_s`, by time.time) is."""
    with ProcessPoolExecutor(2, get_context("spawn")) as pool:
        return Week(
            *(sum(each) for each in zip(*pool.map(week_of, range(first, first + bays), [until_s] * bays), strict=True))
        )


def week_of(seed: int, until_s: float) -> Week:
    """A week of one bay; less of it where the time is over before."""
    if time.time() >= until_s:
        return Week()
    cv2.setNumThreads(1)
    bay, dice = bay_of(seed, 640, 360), random.Random(seed * 31)
    known, layout, track = reference(bay), layout_of(bay), BayTrack()
    groups, now, view = rules.groups_of(layout), bay, View()
    empty_since: dict[str, int] = {}
    found_gaps: set[tuple[str, int]] = set()
    lasted: set[tuple[str, int]] = set()
    false = true = looks = days = 0
    for minute in range(0, DAYS * 1440, EVERY_MIN):
        if time.time() >= until_s:
            break
        days = minute // 1440
        if not OPENS_MIN <= minute % 1440 < CLOSES_MIN:
            continue
        at_us, looks = minute * rules.MINUTE_US, looks + 1
        now, view = _traded(bay, now, dice), _seen(view, minute % 1440, dice)
        truth = {f"r{row}f{at}": place.state for row, places in enumerate(now.rows) for at, place in enumerate(places)}
        really = {name: rules.group_state([truth[one.id] for one in some]) for name, some in groups.items()}
        for name, state in really.items():
            since = empty_since.setdefault(name, at_us) if state == "gap" else empty_since.pop(name, at_us)
            if state == "gap" and at_us - since >= LASTS_US:
                lasted.add((name, since))
        placed = registration.register(known, pictures.decode(jpeg(draw(now, view, looks + 1))))
        if placed.bay is None:
            continue
        look = LookSeen(at_us, facings.judge(layout, known, placed))
        track, decisions = rules.decide_bay(track, layout, look, Paces())
        for one in (decision for decision in decisions if decision.found):
            if _is_so(one.kind, really[one.group]):
                true += 1
            else:
                false += 1
                print(f"  bay {seed}, day {minute // 1440}: {one.group} is {really[one.group]}, found {one.kind}")
        for name, since in empty_since.items():
            if name in track.groups and "gap" in track.groups[name].open:
                found_gaps.add((name, since))
    return Week(false, true, len(lasted), len(lasted & found_gaps), looks, days + (minute >= DAYS * 1440 - EVERY_MIN))


def _is_so(kind: str, really: FacingState) -> bool:
    """What is empty is nearly empty, too."""
    return kind == really or (kind == "low" and really == "gap")


def _traded(full: Bay, now: Bay, dice: random.Random) -> Bay:
    """The bay at the next look."""
    changed: dict[tuple[int, int], Place] = {}
    products = [place.product for row in full.rows for place in row]
    for row, places in enumerate(now.rows):
        for at, place in enumerate(places):
            chance = dice.random()
            if place.state == "present" and chance < SELLS_OUT:
                changed[row, at] = Place(place.product, "low")
            elif place.state == "present" and chance < SELLS_OUT + GOES_ASTRAY:
                other = dice.choice(products)
                changed[row, at] = Place(place.product, "present" if other == place.product else "wrong", other)
            elif place.state == "low" and chance < IS_FILLED:
                changed[row, at] = Place(place.product, "gap")
            elif (place.state == "gap" and chance < IS_FILLED) or (place.state == "wrong" and chance < IS_PUT_RIGHT):
                changed[row, at] = full.rows[row][at]
    return now.with_places(changed)


def _seen(before: View, minute: int, dice: random.Random) -> View:
    """The sun goes over, lamps are warm in the evening and flicker a little; who stands in front may go on standing."""
    noon = 1 - abs(minute - 14 * 60) / (8 * 60)
    level = 0.8 + 0.3 * noon + dice.gauss(0, 0.04)
    light = Light(max(0.5, level), 0.1 * (minute > 17 * 60) - 0.04 * noon, 0.35 * (minute - 14 * 60) / (8 * 60))
    stays = before.person >= 0 and dice.random() < STAYS
    person = before.person if stays else (dice.uniform(0.15, 0.85) if dice.random() < PASSES else -1.0)
    x, y = (max(-8, min(8, old + dice.choice((-1, 0, 0, 0, 1)))) for old in before.shift)
    return View(light=light, person=person, shift=(x, y))
