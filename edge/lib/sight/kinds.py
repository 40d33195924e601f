"""Data types for bays: planned data, and results. Pure; imports no large modules."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

Part = Annotated[float, msgspec.Meta(ge=0, le=1)]
"""A position as a share of the width or height."""
Point = tuple[Part, Part]
Permille = Annotated[int, msgspec.Meta(ge=0, le=1000)]

FacingState = Literal["present", "low", "gap", "wrong", "blocked", "unknown"]
CameraState = Literal[
    "ok", "offline", "refused", "broken", "frozen", "dark", "overexposed", "covered", "blurred", "moved", "night"
]
FacingKind = Literal["box", "bottle", "hanging", "clear", "loose", "pile"]

VERSION = "drawn-1"
"""Version of the weights that judge facings (`weights.toml`)."""
FACINGS = 400
"""Most facings in a bay."""
ALBUM = 400
"""Most product pictures to compare with."""
LOOKS_OF_PRODUCT = 5
FRONTS = 16
"""Facings to process at a time."""
PATCHES_ACROSS, PATCHES_DOWN = 4, 3
"""Patches of a bay in which dirt on the lens is searched."""
ROWS = 20
MASKS = 16
MASK_POINTS = 32
PICTURE_BYTES = 16 * 1024 * 1024
PIXELS = 36_000_000
"""Larger pictures are refused by their header."""
LEAST_SIDE = 64

Mask = Annotated[tuple[Point, ...], msgspec.Meta(min_length=3, max_length=MASK_POINTS)]
"""A polygon of the picture that is never displayed."""


class _Struct(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    pass


class Facing(_Struct, frozen=True):
    """A facing: its position as fractions of the rectified bay, its product and kind; `glass`: behind a glass door.

    Adjacent facings of the same `sku` in a row form a group.
    """

    id: Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9][a-z0-9_-]{0,31}$(?!\n)")]
    row: Annotated[int, msgspec.Meta(ge=0, le=ROWS - 1)]
    left: Part
    top: Part
    right: Part
    bottom: Part
    sku: Annotated[str, msgspec.Meta(max_length=80)] = ""
    kind: FacingKind = "box"
    glass: bool = False


UNEVEN_KINDS: frozenset[FacingKind] = frozenset({"hanging", "clear", "loose"})
"""Products judged only as present, low or empty, because their appearance doesn't show which product it is or how many
there are."""


def pixels_of(facing: Facing, size: tuple[int, int]) -> tuple[int, int, int, int]:
    """Return left, top, right and bottom in pixels of a rectified bay."""
    width, height = size
    left, top = round(facing.left * width), round(facing.top * height)
    return left, top, max(left + 8, round(facing.right * width)), max(top + 8, round(facing.bottom * height))


class BayLayout(_Struct, frozen=True):
    """Position of a bay in the picture (`corners`, clockwise from upper left), its row edges and facings."""

    corners: tuple[Point, Point, Point, Point]
    rows: Annotated[tuple[Part, ...], msgspec.Meta(max_length=ROWS)] = ()
    facings: Annotated[tuple[Facing, ...], msgspec.Meta(max_length=FACINGS)] = ()


class Seen(_Struct, frozen=True):
    """Result for a facing. `confidence` in percent; `instead`: the product it looks like, or for `present` a similar
    product that it could also be; `behind`: a `gap` with products further back."""

    id: str
    state: FacingState
    confidence: Annotated[int, msgspec.Meta(ge=0, le=100)] = 0
    instead: str = ""
    behind: bool = False


class Looked(_Struct, frozen=True):
    """Result of a look. `shift_pm`, `shift_tall_pm`: the view's displacement from the reference, in thousandths of its
    width and height; `soft`: numbers of blurred patches."""

    camera: CameraState
    facings: tuple[Seen, ...] = ()
    inliers: int = 0
    shift_pm: int = 0
    took_ms: int = 0
    picture: str = ""
    soft: tuple[int, ...] = ()
    shift_tall_pm: int = 0


class Probe(_Struct, frozen=True, tag=True):
    """Check whether bytes are a usable picture."""

    data: bytes


class Probed(_Struct, frozen=True, tag=True):
    width: int
    height: int
    kind: str


class _OfBay(_Struct, frozen=True):
    """A picture of a bay. `full` and `bare` are files of the same view: as intended, and empty.

    `key` identifies everything but the picture, for caching.
    """

    data: bytes
    layout: BayLayout
    full: str
    bare: str = ""
    key: str = ""
    masks: tuple[Mask, ...] = ()


class Look(_OfBay, frozen=True, tag=True):
    """Analyse a picture of a bay. `night`: a reference file under the camera's own light; `more`: simultaneous
    pictures, whose median is used under flickering lamps."""

    night: str = ""
    more: Annotated[tuple[bytes, ...], msgspec.Meta(max_length=2)] = ()


class Renew(_OfBay, frozen=True, tag=True):
    """Convert a picture into a new reference, as viewed from the position of the file `full`."""


class Follow(_OfBay, frozen=True, tag=True):
    """Find a bay after its camera moved: new corners, and references from there."""


class CheckLayout(_OfBay, frozen=True, tag=True):
    """Find facings that can't be judged because full and bare look the same. `data` is unused."""


class LayoutChecked(_Struct, frozen=True, tag=True):
    cannot_judge: tuple[str, ...]


class Followed(_Struct, frozen=True, tag=True):
    """`full` and `bare` as JPEG; `bare` may be empty."""

    corners: tuple[Point, Point, Point, Point]
    full: bytes
    bare: bytes


class Fingerprint(_Struct, frozen=True, tag=True):
    """Compute a fingerprint of a picture outside these polygons, which changes with its content."""

    data: bytes
    masks: tuple[Mask, ...]


class FingerprintTaken(_Struct, frozen=True, tag=True):
    fingerprint: str


class Propose(_Struct, frozen=True, tag=True):
    """Find rows and facings between four corners."""

    data: bytes
    corners: tuple[Point, Point, Point, Point]
    rows: tuple[Part, ...] = ()


class Proposed(_Struct, frozen=True, tag=True):
    rows: tuple[Part, ...]
    facings: tuple[Facing, ...]


class ReadLabels(_Struct, frozen=True, tag=True):
    """Read the shelf labels at the lower edges of these rows, between four corners."""

    data: bytes
    corners: tuple[Point, Point, Point, Point]
    rows: Annotated[tuple[Part, ...], msgspec.Meta(min_length=1, max_length=ROWS)]


class ShelfLabel(_Struct, frozen=True):
    """A shelf label in a row, `at` a fraction of the bay's width: its barcode or text."""

    row: int
    at: Part
    text: str


class LabelStrip(_Struct, frozen=True):
    """A row's edge as a JPEG, with its width in pixels."""

    row: int
    data: bytes
    width: int


class ReadFronts(Look, frozen=True, tag=True):
    """Read the goods of these facings, and the labels below."""

    ids: Annotated[tuple[str, ...], msgspec.Meta(max_length=FRONTS)] = ()


class FrontText(_Struct, frozen=True):
    """Barcodes found, and a JPEG for text recognition."""

    codes: tuple[str, ...]
    data: bytes


class FrontsRead(_Struct, frozen=True, tag=True):
    """Goods and label of each facing."""

    fronts: tuple[tuple[FrontText, FrontText], ...]


class LabelsRead(_Struct, frozen=True, tag=True):
    labels: tuple[ShelfLabel, ...]
    strips: tuple[LabelStrip, ...]


class Prepare(_Struct, frozen=True, tag=True):
    """Convert a picture for storage and display: masked, upright, at most `side` pixels, JPEG."""

    data: bytes
    masks: tuple[Mask, ...] = ()
    side: int = 1920


class Prepared(_Struct, frozen=True, tag=True):
    data: bytes
    width: int
    height: int


class KnownLook(_Struct, frozen=True):
    """A product picture: a file, or part of a bay in a file (`corners`, `box`)."""

    sku: str
    path: str
    corners: tuple[Point, Point, Point, Point] | None = None
    box: tuple[Part, Part, Part, Part] | None = None


class Recognise(_Struct, frozen=True, tag=True):
    """Match parts of a picture with an album's products: `boxes` (left, top, right, bottom) of the bay between
    `corners`, or the whole picture. `key` identifies the album, for caching."""

    data: bytes
    album: Annotated[tuple[KnownLook, ...], msgspec.Meta(max_length=ALBUM)]
    key: str
    corners: tuple[Point, Point, Point, Point] | None = None
    boxes: Annotated[tuple[tuple[Part, Part, Part, Part], ...], msgspec.Meta(max_length=FACINGS)] = ()


class Likeness(_Struct, frozen=True):
    """A similar product; `confidence` in percent."""

    sku: str
    confidence: Annotated[int, msgspec.Meta(ge=0, le=100)]


class Recognised(_Struct, frozen=True, tag=True):
    """Most similar products of each box."""

    found: tuple[tuple[Likeness, ...], ...]
    took_ms: int = 0


class BottleType(_Struct, frozen=True):
    """A calibrated bottle: levels when full and empty (fractions of its height from the top), its volume, and unless
    cylindrical the cumulative volume (‰) per tenth of the height between them."""

    sku: Annotated[str, msgspec.Meta(max_length=80)]
    full_at: Part
    empty_at: Part
    volume_ml: Annotated[int, msgspec.Meta(gt=0, le=100_000)]
    curve_pm: Annotated[tuple[Permille, ...], msgspec.Meta(max_length=11)] = ()
    opaque: bool = False
    hue: Annotated[int, msgspec.Meta(ge=-1, le=180)] = -1


class FindBottles(_Struct, frozen=True, tag=True):
    """Count bottles, and estimate the fill of known types."""

    data: bytes
    types: tuple[BottleType, ...] = ()


class Bottle(_Struct, frozen=True):
    """A bottle: its box in pixels; `fill_level` is the fraction of full volume ± `off`, or None with the reason in
    `why`."""

    box: tuple[int, int, int, int]
    confidence: int
    sku: str = ""
    fill_level: float | None = None
    off: float | None = None
    ml: int | None = None
    level: float | None = None
    why: str = ""


class Bottles(_Struct, frozen=True, tag=True):
    bottles: tuple[Bottle, ...]
    took_ms: int = 0


class MeasureBottle(_Struct, frozen=True, tag=True):
    """Calibrate a bottle from two pictures of it alone: full and empty."""

    full: bytes
    empty: bytes
    sku: str
    volume_ml: int
    curve_pm: tuple[int, ...] = ()


class BottleMeasured(_Struct, frozen=True, tag=True):
    bottle: BottleType


class Lookup(_Struct, frozen=True, tag=True):
    """`Looked`, as a message."""

    looked: Looked


class Wrong(_Struct, frozen=True, tag=True):
    """A failure; `code` is a text of section `refused`."""

    code: str
    values: dict[str, str | int] = {}


Question = (
    Probe
    | Look
    | Renew
    | Follow
    | CheckLayout
    | Fingerprint
    | Propose
    | ReadLabels
    | ReadFronts
    | Prepare
    | Recognise
    | FindBottles
    | MeasureBottle
)
Answer = (
    Probed
    | Lookup
    | Followed
    | LayoutChecked
    | FingerprintTaken
    | Proposed
    | LabelsRead
    | FrontsRead
    | Prepared
    | Recognised
    | Bottles
    | BottleMeasured
    | Wrong
)
