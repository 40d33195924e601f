"""What a microphone of the shop is for. Keys of its `[[device]]`."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec


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
