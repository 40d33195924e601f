"""Shelf events."""

from __future__ import annotations

from typing import Annotated, Literal, get_args

import msgspec

from edge.core.messages import Event
from edge.lib.sight.kinds import BayLayout, BottleType, CameraState

BayId = Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9][a-z0-9_-]{0,31}$(?!\n)")]
CameraName = Annotated[str, msgspec.Meta(min_length=1, max_length=60)]
PictureName = Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{20}$(?!\n)")]
AnyPictureName = Annotated[str, msgspec.Meta(pattern=r"^([0-9a-f]{20})?$(?!\n)")]
"""Name of a picture: the beginning of its SHA-256, as pictures aren't in the journal; "": none."""
Day = Annotated[str, msgspec.Meta(pattern=r"^(\d{4}-\d\d-\d\d)?$(?!\n)")]
Lighting = Literal["day", "night"]
LIGHTS: tuple[Lighting, ...] = get_args(Lighting)
FindingKind = Literal["gap", "low", "wrong"]
ShelfAnswer = Literal["right", "wrong", "filled", "not_there"]
HowClosed = Literal["restocked", "answered", "replanned"]


class PlanogramSet(Event, frozen=True):
    """A bay's planogram was set; `edition` counts its versions."""

    bay: str
    edition: int
    name: str
    camera: str
    layout: BayLayout
    full: str
    bare: str
    valid_from: str


class PlanogramEnded(Event, frozen=True):
    """Monitoring of a bay ended."""

    bay: str
    edition: int


class ReferenceRenewed(Event, frozen=True):
    """A bay is now compared with this picture instead of its planogram's `full`; "": with `full` again.

    `how`: by a user, or automatically after a refill. `light`: `night` for the reference lit by the camera's lamps.
    """

    bay: str
    full: str
    picture: str
    how: Literal["person", "restocked"]
    light: Lighting = "day"


class GapFound(Event, frozen=True):
    """A group of facings of a product, named after its first facing, is empty.

    `first_us`: the first look that showed it; `looks`: the number of looks that did; `confidence`: in percent;
    `on_hand`: recorded stock of the product, in thousandths. `picture`: picture of the deciding look; `behind`: goods
    were seen deeper in the shelf.
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
    """A gap was filled.

    `filled_us`: the first look that saw goods again; `empty_s`: maximum duration; `seen_s`: time for which looks showed
    the gap, in opening hours and with an unobstructed view.
    """

    bay: str
    group: str
    sku: str
    found_seq: int
    filled_us: int
    empty_s: int
    how: HowClosed
    seen_s: int | None = None


class FacingFlagged(Event, frozen=True):
    """A group is nearly empty (`low`), or has the wrong product (`wrong`; `instead`: that product, if known)."""

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
    """A flag was cleared."""

    kind: FindingKind
    bay: str
    group: str
    sku: str
    found_seq: int
    filled_us: int
    how: HowClosed


class FindingAnswered(Event, frozen=True):
    """A user judged a finding."""

    found_seq: int
    bay: str
    facings: tuple[str, ...]
    answer: ShelfAnswer


class AnswerUndone(Event, frozen=True):
    """A verdict was undone."""

    found_seq: int
    bay: str
    facings: tuple[str, ...]


class BayMeasured(Event, frozen=True):
    """A bay's hourly measurement over `looks` looks: numbers of facings as planned, seen, and in the plan; and of
    product groups as planned, and seen.
    """

    bay: str
    edition: int
    looks: int
    right: int
    seen: int
    planned: int
    group_right: int = 0
    group_seen: int = 0


class CameraStateChanged(Event, frozen=True):
    """A camera's state changed, such as from `ok` to `offline`."""

    camera: str
    state: CameraState


class BottleTypeSet(Event, frozen=True):
    """A bottle type was measured."""

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
