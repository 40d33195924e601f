"""What a customer wants advice on. Pure."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

AdviceKind = Literal["with", "without", "for", "like"]
Whom = Literal["", "child", "adult", "sober"]
GOODS_MOST = 24
FOUND_MOST = 36
Skus = Annotated[str, msgspec.Meta(max_length=80)]
FactId = Annotated[str, msgspec.Meta(max_length=60)]


class SaidAdvice(msgspec.Struct, frozen=True):
    """A question for advice: what goes `with` goods, what is `without` something, what is `for` somebody,
    what is `like` goods.

    `goods`: those that are named, or spoken of; `text`: the words that name them, or that nobody knows (then `lost`).
    `facts`: what it must be without, or must be ("vegan"), by their ids; "=onion" for a word of no list. `tells`: it is
    asked whether these goods are so. `found`: what may answer, the best first. `open`: it asks in so many words, so it
    is no answer to a question of ours. `most_minor`: what it may cost; 0: nobody said. `paired`: it is told by its
    words alone, whatever else is open. `cheapest`: what costs least comes first. `several`: other goods are named
    beside, of which that is not asked.
    """

    kind: AdviceKind
    language: Annotated[str, msgspec.Meta(max_length=2)]
    text: Annotated[str, msgspec.Meta(max_length=400)] = ""
    goods: Annotated[tuple[Skus, ...], msgspec.Meta(max_length=GOODS_MOST)] = ()
    facts: Annotated[tuple[FactId, ...], msgspec.Meta(max_length=8)] = ()
    whom: Whom = ""
    gift: bool = False
    drinks: bool = False
    tells: bool = False
    lost: bool = False
    open: bool = False
    paired: bool = False
    cheapest: bool = False
    several: bool = False
    most_minor: Annotated[int, msgspec.Meta(ge=0, le=2**53)] = 0
    found: Annotated[tuple[Skus, ...], msgspec.Meta(max_length=FOUND_MOST)] = ()
