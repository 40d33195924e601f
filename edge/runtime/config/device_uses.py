"""Options of `[[device]]` for receipt printers, cameras and microphones, in addition to those of the driver."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from edge.lib import printer_profiles as profiles
from edge.lib.printer_profiles import Profile
from edge.lib.sight.kinds import Mask

Level = Literal["low", "high"]


class PaperOptions(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Properties of a receipt printer: its `profile`, and deviations from it.

    Without `profile`, the model is detected; until then, the default profile applies. `columns` are characters per
    line; `logo` is a PNG file; `templates` is a folder of custom templates (`templates.py`); `pictures` renders all
    text as graphics, for printers whose code pages differ from the profile's. `buzzer` sounds for prints that need
    immediate attention.
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
    def known_profile(self) -> Profile:
        """The printer's known profile."""
        return profiles.find(self.profile or profiles.DEFAULT)


class Printing(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Use of a receipt printer.

    `confirms`: how it confirms printing. `auto` uses the profile or, if the profile doesn't say, the method that the
    printer is found to support. `drawer_open`: the drawer signal level that means "open". `stands_in_for`: the printer
    whose jobs it takes over while that one is lost.
    """

    confirms: Literal["auto", "none", "status", "process_id"] = "auto"
    drawer_open: Level | Literal["unknown"] = "unknown"
    stands_in_for: str = ""


class CameraUse(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Settings of a camera, in addition to its driver's options.

    It starts only if its purpose, the contact person and the presence of a notice sign are set. `mask`: polygons (parts
    of the picture) that are never displayed. `clock`: areas with the camera's own timestamp, which keeps changing when
    the picture freezes. `flicker`: lamps cause bands, so the median of three pictures is used.
    """

    purpose: Annotated[str, msgspec.Meta(max_length=200)] = ""
    contact: Annotated[str, msgspec.Meta(max_length=200)] = ""
    sign_is_up: bool = False
    mask: Annotated[tuple[Mask, ...], msgspec.Meta(max_length=16)] = ()
    clock: Annotated[tuple[Mask, ...], msgspec.Meta(max_length=4)] = ()
    flicker: bool = False


class MicrophoneUse(msgspec.Struct, frozen=True, kw_only=True):
    """Use of a microphone. `wake`: the wake words; without them its button starts it, which is more reliable.
    `surface`: the conversation's user, either the cashier at the register's till or the customer at its kiosk.
    `echo_cancelled`: the device removes our own voice, so that people can interrupt it; otherwise it doesn't listen
    while speaking. `group`: microphones within earshot of each other; those of one register always are."""

    wake: Annotated[
        str, msgspec.Meta(pattern=r"^([^\n]{4,60})?$(?!\n)", description="wake words; empty: its button starts it")
    ] = ""
    surface: Literal["cashier", "kiosk"] = "cashier"
    language: Annotated[
        str, msgspec.Meta(pattern=r"^(en|fr|he)?$(?!\n)", description="en, fr or he; empty: the store's language")
    ] = ""
    echo_cancelled: bool = False
    group: Annotated[
        str,
        msgspec.Meta(
            max_length=40, description="microphones within earshot of each other; empty: those of the register"
        ),
    ] = ""
