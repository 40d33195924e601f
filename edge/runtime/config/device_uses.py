"""What `[[device]]` says of a receipt printer, a camera and a microphone, beside the options of its driver."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from edge.lib import printer_profiles as profiles
from edge.lib.printer_profiles import Profile
from edge.lib.sight.kinds import Mask

Level = Literal["low", "high"]


class PaperOptions(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a receipt printer is like: its `profile`, and what differs from that.

    Without a profile it is what it says when it is asked, and the one named default while that is not known.
    `columns` are characters a line; `logo` is a PNG file; `templates` a folder of the shop's own (`templates.py`);
    `pictures` draws all text, for a printer whose code pages are not its profile's. With `buzzer` it sounds when a
    paper comes that somebody has to see at once.
    """

    columns: Annotated[int, msgspec.Meta(ge=20, le=64)] | None = None
    profile: str = ""
    logo: str = ""
    templates: str = ""
    pictures: bool = False
    buzzer: bool = False

    def __post_init__(self) -> None:
        if self.profile and self.profile not in profiles.names():
            raise ValueError(f"profile {self.profile!r} doesn't exist; available: {', '.join(profiles.names())}")

    @property
    def known(self) -> Profile:
        """Its profile."""
        return profiles.find(self.profile or profiles.DEFAULT)


class Printing(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How a receipt printer is used.

    `confirms`: how it says that it has printed; `auto` is what its profile says, or, where that
    says nothing, what it turns out to answer. `drawer_open`: the level of the drawer's
    line that means "open". `stands_in_for`: the printer whose jobs it takes while that one is lost.
    """

    confirms: Literal["auto", "none", "status", "process_id"] = "auto"
    drawer_open: Level | Literal["unknown"] = "unknown"
    stands_in_for: str = ""


class CameraUse(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is said of a camera besides its driver's options.

    It starts only once it is said what for, who is to be asked about it, and that a sign tells people. `mask`: polygons
    (parts of the picture) that nobody gets to see; `clock`: those where the camera prints the time into it, which goes
    on while all else hangs; `flicker`: lamps draw bands into it, so the middle of three pictures is looked at.
    """

    purpose: Annotated[str, msgspec.Meta(max_length=200)] = ""
    contact: Annotated[str, msgspec.Meta(max_length=200)] = ""
    sign_is_up: bool = False
    mask: Annotated[tuple[Mask, ...], msgspec.Meta(max_length=16)] = ()
    clock: Annotated[tuple[Mask, ...], msgspec.Meta(max_length=4)] = ()
    flicker: bool = False


class MicrophoneUse(msgspec.Struct, frozen=True, kw_only=True):
    """`wake`: the words after which it listens. `surface`: whose conversation it is, of who has signed in at the
    register's till, or of a customer at its kiosk. `echo_cancelled`: the device takes our own voice out of what it
    hears, so that whoever speaks over that stops it; else it is deaf while it speaks. `group`: microphones that hear
    each other; of one register they are one.
    """

    wake: Annotated[str, msgspec.Meta(min_length=4, max_length=60, description="the words after which it listens")] = (
        "hello little shop"
    )
    surface: Literal["cashier", "kiosk"] = "cashier"
    language: Annotated[
        str, msgspec.Meta(pattern=r"^(en|fr|he)?$(?!\n)", description="en, fr or he; nothing: the store's")
    ] = ""
    echo_cancelled: bool = False
    group: Annotated[
        str, msgspec.Meta(max_length=40, description="microphones that hear each other; nothing: those of the register")
    ] = ""
