"""A modifier as stated: "with oat milk", "no sugar". Pure."""

from __future__ import annotations

from typing import Annotated

import msgspec

from edge.goods.modifiers.modifier import ModifierRef

MODIFIERS_LIMIT = 12
"""Modifiers of one sentence."""
CANDIDATES_LIMIT = 40
"""Modifiers of a shop's groups that the same words may mean."""
Place = Annotated[int, msgspec.Meta(ge=0, le=2000)]


class SaidModifier(msgspec.Struct, frozen=True, omit_defaults=True):
    """A modifier: `text` as stated, and the modifiers of any group it may mean. `without`: to be left out; `leaving`:
    those that leave something out by definition ("no onion"). `at`: its word position in the rest of the sentence;
    `plain`: stated without "with", like a size ("a large latte")."""

    text: Annotated[str, msgspec.Meta(max_length=200)]
    refs: Annotated[tuple[ModifierRef, ...], msgspec.Meta(max_length=CANDIDATES_LIMIT)]
    without: bool = False
    leaving: Annotated[tuple[ModifierRef, ...], msgspec.Meta(max_length=CANDIDATES_LIMIT)] = ()
    at: Place = 0
    plain: bool = False


class SaidModifiers(msgspec.Struct, frozen=True, omit_defaults=True):
    """A sentence's modifiers, and its `rest` without them. `alone`: the rest names nothing, so they apply to the
    product just added."""

    rest: Annotated[str, msgspec.Meta(max_length=4000)]
    said: Annotated[tuple[SaidModifier, ...], msgspec.Meta(max_length=MODIFIERS_LIMIT)]
    alone: bool = False
