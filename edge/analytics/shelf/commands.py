"""What can be asked about shelves."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from edge.analytics.shelf.events import BayId, CameraName, Day, PictureName, ShelfAnswer
from edge.core.messages import Command, Number
from edge.lib.sight.kinds import FACINGS, PATCHES_ACROSS, PATCHES_DOWN, BayLayout, BottleType, CameraState, Seen

Note = Annotated[str, msgspec.Meta(max_length=80)]


class SetPlanogram(Command, frozen=True):
    """Say what stands where in a bay, from now on or from a day of business on.

    `camera` looks at it; `full` and `bare` are pictures of it as it should be and empty, which were brought before.
    `changes`: the version that was shown to who changes it (0: there is none yet); where another came in between, it is
    refused.
    """

    bay: BayId
    name: Note
    camera: CameraName
    layout: BayLayout
    full: PictureName
    bare: PictureName | Literal[""] = ""
    valid_from: Day = ""
    changes: Number = 0


class EndPlanogram(Command, frozen=True):
    """Watch a bay no more."""

    bay: BayId


class RenewReference(Command, frozen=True):
    """Compare a bay with a newer picture of it, of the look `seen`; without a picture with its planogram's again.

    Of a look with anything low, missing, hidden or unknown it is refused. What was `restocked` renews it once a day.
    A look by night says how it should be by night alone; the first of them may say that goods are missing, as it was
    compared with the day.
    """

    bay: BayId
    picture: PictureName | Literal[""] = ""
    seen: PictureName | Literal[""] = ""
    how: Literal["person", "restocked"] = "person"


class RecordLook(Command, frozen=True):
    """What a look at a bay said; only what follows from several looks is a fact. `soft`: see `Looked`."""

    bay: BayId
    version: Number
    camera_state: CameraState
    facings: Annotated[tuple[Seen, ...], msgspec.Meta(max_length=FACINGS)]
    picture: PictureName
    shift_pm: Number = 0
    soft: Annotated[tuple[Number, ...], msgspec.Meta(max_length=PATCHES_ACROSS * PATCHES_DOWN)] = ()


class RecordCamera(Command, frozen=True):
    """A camera's state is another than before."""

    camera: CameraName
    state: CameraState


class AnswerFinding(Command, frozen=True):
    """A person's word on what was found: it is `right`, `wrong`, now `filled`, or the goods are `not_there` at all.

    `wrong` makes its facings harder to call empty; `not_there` counts the product as none on hand.
    """

    seq: Number
    answer: ShelfAnswer


class UndoAnswer(Command, frozen=True):
    """Take back what was learned from an answer."""

    seq: Number


class SetBottleType(Command, frozen=True):
    """Say where liquid stands in a bottle when it is full and empty, and how much is in it."""

    type: BottleType
