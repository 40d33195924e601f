"""A modifier as somebody says it of goods: "with oat milk", "no sugar". Pure."""

from __future__ import annotations

from typing import Annotated

import msgspec

from edge.goods.modifiers.modifier import ModifierRef

SAID_MOST = 12
"""Modifiers of one sentence."""
MAY_BE_MOST = 40
"""Modifiers of a shop's groups that the same words may mean."""
Place = Annotated[int, msgspec.Meta(ge=0, le=2000)]


class SaidModifier(msgspec.Struct, frozen=True, omit_defaults=True):
    """`text` as it was said, and the modifiers of whichever groups it may mean; `without`: that it is left out;
    `leaving`: those of them that leave something out by themselves ("no onion").
    `at`: so many words of the rest of the sentence stand before it; `plain`: it was said without a "with", as a size
    is ("a large latte")."""

    text: Annotated[str, msgspec.Meta(max_length=200)]
    refs: Annotated[tuple[ModifierRef, ...], msgspec.Meta(max_length=MAY_BE_MOST)]
    without: bool = False
    leaving: Annotated[tuple[ModifierRef, ...], msgspec.Meta(max_length=MAY_BE_MOST)] = ()
    at: Place = 0
    plain: bool = False


class SaidModifiers(msgspec.Struct, frozen=True, omit_defaults=True):
    """A sentence's modifiers, and its `rest` without them. `alone`: the rest names nothing, so that they are of what
    was put into the basket just now."""

    rest: Annotated[str, msgspec.Meta(max_length=4000)]
    said: Annotated[tuple[SaidModifier, ...], msgspec.Meta(max_length=SAID_MOST)]
    alone: bool = False
