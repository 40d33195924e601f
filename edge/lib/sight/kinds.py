"""What is known of a bay before it is looked at, and what a look says. Pure; nothing heavy is imported."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

Part = Annotated[float, msgspec.Meta(ge=0, le=1)]
"""A place as a part of the whole width or height."""
Point = tuple[Part, Part]
Permille = Annotated[int, msgspec.Meta(ge=0, le=1000)]

FacingState = Literal["present", "low", "gap", "wrong", "blocked", "unknown"]
CameraState = Literal[
    "ok", "offline", "refused", "broken", "frozen", "dark", "overexposed", "covered", "blurred", "moved", "night"
]
FacingKind = Literal["box", "bottle", "hanging", "clear", "loose", "pile"]

VERSION = "drawn-1"
"""Of what judges facings: the weights of `weights.toml`."""
FACINGS = 400
"""Facings that a bay may have."""
ALBUM = 400
"""Pictures of products that something is compared with."""
LOOKS_OF_PRODUCT = 5
FRONTS = 16
"""Facings that are read at once."""
PATCHES_ACROSS, PATCHES_DOWN = 4, 3
"""Into so many patches a bay is divided, where dirt is looked for."""
ROWS = 20
MASKS = 16
MASK_POINTS = 32
PICTURE_BYTES = 16 * 1024 * 1024
PIXELS = 36_000_000
"""A larger picture is refused by its header."""
LEAST_SIDE = 64

Mask = Annotated[tuple[Point, ...], msgspec.Meta(min_length=3, max_length=MASK_POINTS)]
"""A polygon of the picture that nobody gets to see."""


class _Struct(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    pass


class Facing(_Struct, frozen=True):
    """One front on a shelf: where, as parts of the rectified bay, what belongs there, and of which kind it is; `glass`:
    it is behind a door of that.

    Facings of the same `sku` that stand side by side in a row are a group.
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
"""Goods that are there, few or gone: what they are, and how many, nobody can tell by their looks."""


def pixels_of(facing: Facing, size: tuple[int, int]) -> tuple[int, int, int, int]:
    """Left, top, right and bottom of a facing in a rectified bay of this width and height."""
    width, height = size
    left, top = round(facing.left * width), round(facing.top * height)
    return left, top, max(left + 8, round(facing.right * width)), max(top + 8, round(facing.bottom * height))


class BayLayout(_Struct, frozen=True):
    """Where a bay is in the picture (`corners`, clockwise from the upper left), its rows' edges, and its facings."""

    corners: tuple[Point, Point, Point, Point]
    rows: Annotated[tuple[Part, ...], msgspec.Meta(max_length=ROWS)] = ()
    facings: Annotated[tuple[Facing, ...], msgspec.Meta(max_length=FACINGS)] = ()


class Seen(_Struct, frozen=True):
    """What is made of one facing. `confidence` in percent; `instead`: the product that it looks like; of what is
    `present` one that it may be as well, as both look alike; `behind`: no front is left of a `gap`, but goods are seen
    deeper in the shelf."""

    id: str
    state: FacingState
    confidence: Annotated[int, msgspec.Meta(ge=0, le=100)] = 0
    instead: str = ""
    behind: bool = False


class Looked(_Struct, frozen=True):
    """What one look says. `shift_pm`: how far the camera's view is from the reference, in thousandths of its width;
    `soft`: patches of the bay, by number, in which what never changes is blurred, and only there."""

    camera: CameraState
    facings: tuple[Seen, ...] = ()
    inliers: int = 0
    shift_pm: int = 0
    took_ms: int = 0
    picture: str = ""
    soft: tuple[int, ...] = ()


class Probe(_Struct, frozen=True, tag=True):
    """Whether these bytes are a picture that can be looked at."""

    data: bytes


class Probed(_Struct, frozen=True, tag=True):
    width: int
    height: int
    kind: str


class _OfBay(_Struct, frozen=True):
    """A picture of a bay. `full` and `bare` are files of the same view: as it should be, and empty.

    `key` names all of it but the picture: what was worked out for it is kept.
    """

    data: bytes
    layout: BayLayout
    full: str
    bare: str = ""
    key: str = ""
    masks: tuple[Mask, ...] = ()


class Look(_OfBay, frozen=True, tag=True):
    """Look at a picture of a bay. `night`: a file of it as it should be, by the camera's own lamps; `more`: pictures of
    the same moment, whose middle is looked at where lamps flicker."""

    night: str = ""
    more: Annotated[tuple[bytes, ...], msgspec.Meta(max_length=2)] = ()


class Renew(_OfBay, frozen=True, tag=True):
    """Make a picture of a bay a new reference of it: as if it were taken from where the one in the file `full` was."""


class Follow(_OfBay, frozen=True, tag=True):
    """Find a bay again in a picture of a camera that was moved: its corners there, and its references from there."""


class CheckLayout(_OfBay, frozen=True, tag=True):
    """Which facings cannot be judged, as they look the same full and bare. `data` is not looked at."""


class LayoutChecked(_Struct, frozen=True, tag=True):
    cannot_judge: tuple[str, ...]


class Followed(_Struct, frozen=True, tag=True):
    """`full` and `bare` as JPEG; `bare` is empty where there is none."""

    corners: tuple[Point, Point, Point, Point]
    full: bytes
    bare: bytes


class Fingerprint(_Struct, frozen=True, tag=True):
    """What a picture shows outside of these polygons, as one word that differs once that differs."""

    data: bytes
    masks: tuple[Mask, ...]


class FingerprintTaken(_Struct, frozen=True, tag=True):
    fingerprint: str


class Propose(_Struct, frozen=True, tag=True):
    """Find the rows and facings between four corners."""

    data: bytes
    corners: tuple[Point, Point, Point, Point]
    rows: tuple[Part, ...] = ()


class Proposed(_Struct, frozen=True, tag=True):
    rows: tuple[Part, ...]
    facings: tuple[Facing, ...]


class ReadLabels(_Struct, frozen=True, tag=True):
    """Read the labels at the lower edges of these rows, between four corners."""

    data: bytes
    corners: tuple[Point, Point, Point, Point]
    rows: Annotated[tuple[Part, ...], msgspec.Meta(min_length=1, max_length=ROWS)]


class ShelfLabel(_Struct, frozen=True):
    """A label at a row's edge, `at` a part of the bay's width: what its bar code says, or its text."""

    row: int
    at: Part
    text: str


class LabelStrip(_Struct, frozen=True):
    """A row's edge as a JPEG of so many pixels' width."""

    row: int
    data: bytes
    width: int


class ReadFronts(Look, frozen=True, tag=True):
    """Read what stands on the goods of these facings, and on the labels below them, in a picture of a bay."""

    ids: Annotated[tuple[str, ...], msgspec.Meta(max_length=FRONTS)] = ()


class FrontText(_Struct, frozen=True):
    """What bar codes say there, and a JPEG of it for whoever reads text."""

    codes: tuple[str, ...]
    data: bytes


class FrontsRead(_Struct, frozen=True, tag=True):
    """Of each facing its goods, and its label."""

    fronts: tuple[tuple[FrontText, FrontText], ...]


class LabelsRead(_Struct, frozen=True, tag=True):
    labels: tuple[ShelfLabel, ...]
    strips: tuple[LabelStrip, ...]


class Prepare(_Struct, frozen=True, tag=True):
    """Make a picture fit to be kept and shown: masked, upright, of at most `side` pixels, as JPEG."""

    data: bytes
    masks: tuple[Mask, ...] = ()
    side: int = 1920


class Prepared(_Struct, frozen=True, tag=True):
    data: bytes
    width: int
    height: int


class KnownLook(_Struct, frozen=True):
    """A picture of a product: a file, or (`corners`, `box`) a part of the bay that a file shows."""

    sku: str
    path: str
    corners: tuple[Point, Point, Point, Point] | None = None
    box: tuple[Part, Part, Part, Part] | None = None


class Recognise(_Struct, frozen=True, tag=True):
    """Which products of an album the parts of a picture look like: `boxes` (left, top, right, bottom) of the bay
    between `corners`; without them the whole picture. `key` names the album: what was worked out for it is kept."""

    data: bytes
    album: Annotated[tuple[KnownLook, ...], msgspec.Meta(max_length=ALBUM)]
    key: str
    corners: tuple[Point, Point, Point, Point] | None = None
    boxes: Annotated[tuple[tuple[Part, Part, Part, Part], ...], msgspec.Meta(max_length=FACINGS)] = ()


class Likeness(_Struct, frozen=True):
    """A product that something looks like; `confidence` in percent."""

    sku: str
    confidence: Annotated[int, msgspec.Meta(ge=0, le=100)]


class Recognised(_Struct, frozen=True, tag=True):
    """The likeliest products of each box."""

    found: tuple[tuple[Likeness, ...], ...]
    took_ms: int = 0


class BottleType(_Struct, frozen=True):
    """A bottle as it was measured: between which heights of it (parts from its top) liquid stands when it is full and
    empty, how much is in it, and, where it is no cylinder, which part of the volume (‰) lies below each tenth of the
    height between these lines."""

    sku: Annotated[str, msgspec.Meta(max_length=80)]
    full_at: Part
    empty_at: Part
    volume_ml: Annotated[int, msgspec.Meta(gt=0, le=100_000)]
    curve_pm: Annotated[tuple[Permille, ...], msgspec.Meta(max_length=11)] = ()
    opaque: bool = False
    hue: Annotated[int, msgspec.Meta(ge=-1, le=180)] = -1


class FindBottles(_Struct, frozen=True, tag=True):
    """Count the bottles in a picture, and say how full those are whose type is known."""

    data: bytes
    types: tuple[BottleType, ...] = ()


class Bottle(_Struct, frozen=True):
    """One bottle: its box in pixels; `fill_level` is volume / full volume, ± `off`; None with the reason in `why`."""

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
    """Measure a bottle by two pictures of it alone: full, and empty."""

    full: bytes
    empty: bytes
    sku: str
    volume_ml: int
    curve_pm: tuple[int, ...] = ()


class BottleMeasured(_Struct, frozen=True, tag=True):
    bottle: BottleType


class Lookup(_Struct, frozen=True, tag=True):
    """`Looked`, on the wire."""

    looked: Looked


class Wrong(_Struct, frozen=True, tag=True):
    """It cannot be done; `code` is a sentence in section `refused`."""

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
