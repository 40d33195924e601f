"""Shelf commands."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from edge.analytics.shelf.events import AnyPictureName, BayId, CameraName, Day, PictureName, ShelfAnswer
from edge.core.messages import Command, Number
from edge.lib.sight.kinds import FACINGS, PATCHES_ACROSS, PATCHES_DOWN, BayLayout, BottleType, CameraState, Seen

Note = Annotated[str, msgspec.Meta(max_length=80)]


class SetPlanogram(Command, frozen=True):
    """Set a bay's planogram, from now or from a business day.

    `camera`: the camera that watches the bay; `full` and `bare`: pictures of the complete and the empty bay, uploaded
    earlier. `changes`: the version the user edited (0: none yet); refused if it's no longer the newest.
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
    """Compare a bay with a newer picture from the look `seen`; without a picture, with its planogram's picture again.

    Refused if any goods are low, missing, hidden or unknown in it. `restocked` renews it once a day. A night look only
    becomes the night reference. The first one may show gaps, as it was compared with the day reference.
    """

    bay: BayId
    picture: AnyPictureName = ""
    seen: AnyPictureName = ""
    how: Literal["person", "restocked"] = "person"


class RecordLook(Command, frozen=True):
    """Record a look at a bay. Only conclusions from several looks become events. `soft`: see `Looked`."""

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
    """Record a user's verdict on a finding: `right`, `wrong`, `filled` now, or `not_there` (no goods to fill it).

    `wrong` raises the threshold for its facings; `not_there` counts the product as zero in stock.
    """

    seq: Number
    answer: ShelfAnswer


class UndoAnswer(Command, frozen=True):
    """Undo the effect of a verdict on learnt thresholds."""

    seq: Number


class SetBottleType(Command, frozen=True):
    """Set the liquid levels of a full and an empty bottle, and its volume."""

    type: BottleType
