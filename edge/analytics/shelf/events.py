"""What can have happened with shelves."""

from __future__ import annotations

from typing import Annotated, Literal, get_args

import msgspec

from edge.core.messages import Event
from edge.lib.sight.kinds import BayLayout, BottleType, CameraState

BayId = Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9][a-z0-9_-]{0,31}$(?!\n)")]
CameraName = Annotated[str, msgspec.Meta(min_length=1, max_length=60)]
PictureName = Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{20}$(?!\n)")]
"""The beginning of a picture's SHA-256: the picture is no part of the journal."""
Day = Annotated[str, msgspec.Meta(pattern=r"^(\d{4}-\d\d-\d\d)?$(?!\n)")]
Lighting = Literal["day", "night"]
LIGHTS: tuple[Lighting, ...] = get_args(Lighting)
FindingKind = Literal["gap", "low", "wrong"]
ShelfAnswer = Literal["right", "wrong", "filled", "not_there"]
HowClosed = Literal["restocked", "answered", "replanned"]


class PlanogramSet(Event, frozen=True):
    """What stands where in a bay: `edition` counts those of the bay."""

    bay: str
    edition: int
    name: str
    camera: str
    layout: BayLayout
    full: str
    bare: str
    valid_from: str


class PlanogramEnded(Event, frozen=True):
    """A bay is watched no more."""

    bay: str
    edition: int


class ReferenceRenewed(Event, frozen=True):
    """A bay is compared with this picture now, in the place of `full` of its planogram; "": with that again. A person
    said so, or it was filled and seen to be whole. `light`: only what its camera sees by its own lamps is, by night."""

    bay: str
    full: str
    picture: str
    how: Literal["person", "restocked"]
    light: Lighting = "day"


class GapFound(Event, frozen=True):
    """A group of facings (named by its first one) of a product has no front left.

    `first_us` is the first look that saw it so, `looks` how many did, `confidence` in percent; `on_hand` is what the
    ledger says of the product, in thousandths. `picture` names the look that decided; `behind`: a look saw goods deeper
    in the shelf.
    """

    bay: str
    edition: int
    group: str
    facings: tuple[str, ...]
    sku: str
    first_us: int
    looks: int
    confidence: int
    on_hand: int
    picture: str
    behind: bool = False


class GapClosed(Event, frozen=True):
    """A gap is over: `filled_us` is the first look that saw goods again, `empty_s` how long it was empty till then, at
    most; `seen_s`: for how much of that looks saw it so, in opening hours and with nobody in front."""

    bay: str
    group: str
    sku: str
    found_seq: int
    filled_us: int
    empty_s: int
    how: HowClosed
    seen_s: int | None = None


class FacingFlagged(Event, frozen=True):
    """A group is nearly empty (`low`), or something else stands in it (`wrong`; `instead`: what, if known)."""

    kind: FindingKind
    bay: str
    edition: int
    group: str
    facings: tuple[str, ...]
    sku: str
    instead: str
    first_us: int
    looks: int
    confidence: int
    on_hand: int
    picture: str


class FacingCleared(Event, frozen=True):
    """What was flagged is so no more."""

    kind: FindingKind
    bay: str
    group: str
    sku: str
    found_seq: int
    filled_us: int
    how: HowClosed


class FindingAnswered(Event, frozen=True):
    """A person said what a finding was."""

    found_seq: int
    bay: str
    facings: tuple[str, ...]
    answer: ShelfAnswer


class AnswerUndone(Event, frozen=True):
    """What was learned from an answer counts no more."""

    found_seq: int
    bay: str
    facings: tuple[str, ...]


class BayMeasured(Event, frozen=True):
    """An hour of a bay: in `looks` looks, how many facings were as planned, seen at all, and planned; and how many
    groups of facings of one product were as planned, and seen."""

    bay: str
    edition: int
    looks: int
    right: int
    seen: int
    planned: int
    group_right: int = 0
    group_seen: int = 0


class CameraStateChanged(Event, frozen=True):
    """A camera can be believed again, or cannot."""

    camera: str
    state: CameraState


class BottleTypeSet(Event, frozen=True):
    """How a bottle was measured."""

    type: BottleType


EVENTS: tuple[type[Event], ...] = (
    PlanogramSet,
    PlanogramEnded,
    ReferenceRenewed,
    GapFound,
    GapClosed,
    FacingFlagged,
    FacingCleared,
    FindingAnswered,
    AnswerUndone,
    BayMeasured,
    CameraStateChanged,
    BottleTypeSet,
)
