"""Finding products by what somebody types. See README.md."""

from edge.access.rights import BASKET, SELL
from edge.core.shapes import Capability, QuerySpec
from edge.search.project import search
from edge.search.queries import Search
from edge.search.sold import sold
from edge.search.spoken import phrases


def capability(currency: str) -> Capability:
    """The search of a store with this currency."""
    return Capability(
        name="search",
        projectors=(search, sold),
        queries=(
            QuerySpec("search", Search(currency).find, right=SELL, also=BASKET),
            QuerySpec("spoken_phrases", phrases, right=SELL, also=BASKET),
        ),
    )
