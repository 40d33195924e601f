"""A customer's request for advice. Pure."""

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
    """A request for advice: products that go `with` others, are `without` something, are `for` a person, or are `like`
    others.

    `goods`: the products named or mentioned before; `text`: the words that name them, or unknown words (then `lost`).
    `facts`: ids of required facts ("vegan", free of gluten); "=onion" for a word outside the lists. `tells`: asks
    whether the named goods have the facts. `found`: candidates, best first. `open`: asked explicitly, so it doesn't
    answer an open question. `most_minor`: the budget; 0 if none. `paired`: clear from its words alone, whatever is
    open. `cheapest`: lowest price first. `several`: other goods are named that it isn't asked about.
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
