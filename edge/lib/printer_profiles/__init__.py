"""What each model of printer is like: `profiles.toml` as values. See its head for the words and the sources."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Literal

import msgspec

DEFAULT = "default"
"""The profile of a printer of which nothing is known."""


class Profile(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One model. `columns` and `dots` are the width that can be printed; `pages` maps python-escpos' names of code
    pages to the model's numbers for them."""

    name: str
    vendor: str = ""
    columns: int
    dots: int
    pages: Mapping[str, int]
    cut: Literal["full", "part", "none"] = "full"
    status: Literal["none", "ask", "automatic"] = "none"
    confirms: Literal["none", "status", "process_id"] = "none"
    qr: bool = True
    bars: bool = True
    raster: bool = True
    also: tuple[str, ...] = ()


def find(name: str) -> Profile:
    """The profile of that name. `KeyError`: there is none (see `names`)."""
    return _table()[name]


def names() -> list[str]:
    """The names of all profiles."""
    return list(_table())


def detect(model: str) -> Profile | None:
    """The profile of what a printer calls itself, over USB or when asked (GS I 67); None: nobody knows it."""
    wanted = _plain(model)
    for profile in _table().values():
        if wanted in {_plain(name) for name in (profile.name, *profile.also)}:
            return profile
    return None


@cache
def _table() -> Mapping[str, Profile]:
    raw = msgspec.toml.decode(files("edge.lib.printer_profiles").joinpath("profiles.toml").read_bytes())
    return {
        name: msgspec.convert({"name": name, **entry, "pages": raw["pages"][entry["pages"]]}, Profile)
        for name, entry in raw["profile"].items()
    }


def _plain(name: str) -> str:
    """A model's name as it is compared: without case, NULs, spaces and hyphens, and without its maker."""
    plain = "".join(char for char in name.upper() if char.isalnum())
    for maker in ("EPSON", "STAR", "BIXOLON", "CITIZEN", "XPRINTER"):
        plain = plain.removeprefix(maker)
    return plain
