"""Preset category trees for kinds of shops: `NAME.toml` files, chosen by `[catalog] trees`."""

from __future__ import annotations

from importlib.resources import files

import msgspec

from edge.goods.catalog.categories.category import Category


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    category: tuple[Category, ...]


def names() -> tuple[str, ...]:
    """Names of the presets."""
    found = (entry.name for entry in files("edge.goods.catalog.categories.presets").iterdir())
    return tuple(sorted(name.removesuffix(".toml") for name in found if name.endswith(".toml")))


def load(name: str) -> tuple[Category, ...]:
    """Categories of a preset, parents before children."""
    text = files("edge.goods.catalog.categories.presets").joinpath(f"{name}.toml").read_bytes()
    return msgspec.toml.decode(text, type=_File).category
