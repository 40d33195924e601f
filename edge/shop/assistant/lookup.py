"""What the names in a sentence mean, looked up beside the till, before its turn is taken."""

from __future__ import annotations

from edge.core.storage.database import Connection
from edge.shop.assistant.commands import FOUND_LIMIT, FoundProducts
from edge.shop.assistant.name_words import hear_names, names_in
from edge.shop.assistant.product_matching import match
from edge.shop.search.queries import Search
from edge.shop.stock.queries import read_places

NAMES = 5
"""Names of one sentence that are looked up, beside those that a command's word is in."""
LISTED = 4
"""Names of a list of them ("bread, milk and eggs")."""


def look_up(db: Connection, search: Search, text: str, language: str, agent: str) -> tuple[FoundProducts, ...]:
    """For each name, and for each that may have a number in it ("=" before its words), what the catalogue has; and the
    names that have words of a command in them ("~" before)."""
    named = names_in(db, search, text, language)
    found = {f"~{name}": FoundProducts(f"~{name}", "all") for name in named}
    said = hear_names(text, language, named, read_places(db) if agent == "stock" else None).said
    for clause in said.clauses[:NAMES]:
        if clause.text and clause.text not in found:
            one = match(db, search, clause.text)
            found[clause.text] = FoundProducts(one.text, one.kind, one.skus[:FOUND_LIMIT], one.more)
        if clause.listed and found[clause.text].kind != "all":
            for name in [one.text for one in clause.listed[:LISTED]]:
                one = match(db, search, name)
                found[name] = FoundProducts(one.text, one.kind, one.skus[:FOUND_LIMIT], one.more)
        if clause.whole and (clause.verb or agent != "stock"):
            one = match(db, search, clause.whole, contiguous=True)
            if one.kind == "all":
                found[f"={clause.whole}"] = FoundProducts(
                    f"={clause.whole}", one.kind, one.skus[:FOUND_LIMIT], one.more
                )
    return tuple(found.values())
