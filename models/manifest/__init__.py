"""The list of models, and which files are present.

A model is an entry of `models/manifest.toml`, or of the shop's `config.toml`, whose keys override the shipped ones.

A missing model is a value, not an error: the caller that displays it says what to do
(`edge/runtime/inference_status.py`).
"""

from __future__ import annotations

from collections.abc import Iterable
from importlib.resources import files
from typing import Annotated, Any, Literal

import msgspec

Name = Annotated[
    str, msgspec.Meta(pattern=r"^[a-z0-9][a-z0-9._-]{0,62}$(?!\n)", description="lowercase letters, digits, . _ -")
]
Sha256 = Annotated[str, msgspec.Meta(pattern=r"^([0-9a-f]{64})?$(?!\n)", description="64 hexadecimal digits, or empty")]
Kind = Literal[
    "llm",
    "stt",
    "tts",
    "vad",
    "wake",
    "embed_voice",
    "detect",
    "classify",
    "embed_face",
    "embed_image",
    "ocr",
    "embed",
]


class Entry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A model. `files` are relative to its folder or package; absolute ones are in system folders."""

    name: Name
    kind: Kind
    engine: str
    size_mb: Annotated[int, msgspec.Meta(ge=0)]
    memory_mb: Annotated[int, msgspec.Meta(ge=1)]
    licence: str
    languages: tuple[str, ...] = ()
    files: dict[str, Sha256] = {}
    package: Annotated[str, msgspec.Meta(pattern=r"^\w*$(?!\n)")] = ""
    program: str = ""
    debian: str = ""
    address: Annotated[str, msgspec.Meta(pattern=r"^(https?://.+)?$(?!\n)", description="http:// or https://")] = ""
    archive_sha256: Sha256 = ""
    options: dict[str, Any] = {}
    threads: Annotated[int, msgspec.Meta(ge=0, le=64)] = 0


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    model: tuple[dict[str, Any], ...] = ()


class BadEntry(ValueError):
    """An invalid entry of the shop; `number` counts its entries from 0."""

    def __init__(self, message: str, number: int) -> None:
        super().__init__(message)
        self.number = number


def entries(more: Iterable[dict[str, Any]] = ()) -> dict[str, Entry]:
    """All models by name: shipped ones with the shop's overrides, and the shop's own.

    Raises BadEntry for an invalid entry of `more`.
    """
    shipped = msgspec.toml.decode(files("models").joinpath("manifest.toml").read_bytes(), type=_File)
    known = {entry["name"]: entry for entry in shipped.model}
    for entry in more:
        known[str(entry.get("name"))] = known.get(str(entry.get("name")), {}) | entry
    numbers = {str(entry.get("name")): number for number, entry in enumerate(more)}
    found = {}
    for name, entry in known.items():
        try:
            found[name] = msgspec.convert(entry, Entry)
        except msgspec.ValidationError as error:
            raise BadEntry(f"The model {name!r} isn't valid: {error}.", numbers.get(name, -1)) from error
    return found
