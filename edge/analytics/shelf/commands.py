"""Commands of shelves."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from edge.analytics.shelf.events import AnyPictureName, BayId, CameraName, Day, PictureName, ShelfAnswer
from edge.core.messages import Command, Number
from edge.lib.sight.kinds import FACINGS, PATCHES_ACROSS, PATCHES_DOWN, BayLayout, BottleType, CameraState, Seen

Note = Annotated[str, msgspec.Meta(max_length=80)]


class SetPlanogram(Command, frozen=True):
    """Set a bay's planogram, from now or from a business day.

    `camera`: watches it; `full` and `bare`: pictures of it complete and empty, uploaded before. `changes`: the version
    the user edited (0: none yet); refused if it's no longer the newest.
    """

    bay: BayId
    name: Note
    camera: CameraName
    layout: BayLayout
    full: PictureName
    bare: AnyPictureName = ""
    valid_from: Day = ""
    changes: Number = 0


class EndPlanogram(Command, frozen=True):
    """Stop monitoring a bay."""

    bay: BayId


class RenewReference(Command, frozen=True):
    """Compare a bay with a newer picture, from the look `seen`; without a picture, with its planogram's again.

    Refused if anything is low, missing, hidden or unknown in it. `restocked` renews it once a day. A night look only
    becomes the night reference; the first may show gaps, as it was compared with the day's.
    """

    bay: BayId
    picture: AnyPictureName = ""
    seen: AnyPictureName = ""
    how: Literal["person", "restocked"] = "person"


class RecordLook(Command, frozen=True):
    """Record a look at a bay; only conclusions from several looks become events. `soft`: see `Looked`."""

    bay: BayId
    version: Number
    camera_state: CameraState
    facings: Annotated[tuple[Seen, ...], msgspec.Meta(max_length=FACINGS)]
    picture: PictureName
    shift_pm: Number = 0
    soft: Annotated[tuple[Number, ...], msgspec.Meta(max_length=PATCHES_ACROSS * PATCHES_DOWN)] = ()


class RecordCamera(Command, frozen=True):
    """Record a camera's changed state."""

    camera: CameraName
    state: CameraState


class AnswerFinding(Command, frozen=True):
    """Record a user's verdict on a finding: `right`, `wrong`, `filled` now, or the goods are `not_there`.

    `wrong` raises the threshold for its facings; `not_there` counts the product as zero in stock.
    """

    seq: Number
    answer: ShelfAnswer


class UndoAnswer(Command, frozen=True):
    """Undo the learning from a verdict."""

    seq: Number


class SetBottleType(Command, frozen=True):
    """Set the liquid levels of a full and an empty bottle, and its volume."""

    type: BottleType
