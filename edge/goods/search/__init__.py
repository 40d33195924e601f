"""Product search. See README.md."""

from edge.core.messages import Event
from edge.core.registry import Capability, QuerySpec
from edge.core.surfaces import EVERYBODY
from edge.foundation.access.rights import BASKET, SELL
from edge.goods.search.popularity import popularity_projector
from edge.goods.search.project import search
from edge.goods.search.queries import Search
from edge.goods.search.spoken import phrases


def capability(currency: str, moved: type[Event], imported: type[Event], taken_back: type[Event]) -> Capability:
    """Search capability in a store's currency; `moved`, `imported`, `taken_back`: as in `popularity_projector`."""
    return Capability(
        name="search",
        projectors=(search, popularity_projector(moved, imported, taken_back)),
        queries=(
            QuerySpec("search", Search(currency).find, right=SELL, also=BASKET, surfaces=EVERYBODY),
            QuerySpec("spoken_phrases", phrases, right=SELL, also=BASKET, surfaces=EVERYBODY),
        ),
    )
