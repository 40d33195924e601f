"""What a store has in its range. See README.md."""

from edge.core.registry import Capability, CommandSpec, QuerySpec
from edge.core.surfaces import STAFF
from edge.shop.access.rights import CATALOG, MANAGE
from edge.shop.assortment.commands import SetAssortment
from edge.shop.assortment.events import EVENTS
from edge.shop.assortment.handlers import set_assortment
from edge.shop.assortment.project import projector
from edge.shop.assortment.queries import not_listed, range_counts, range_words
from edge.shop.assortment.watches import WATCHES

__all__ = ["capability"]

capability = Capability(
    name="assortment",
    commands=(CommandSpec(SetAssortment, set_assortment, right=MANAGE, also=CATALOG, ask_first=True, surfaces=STAFF),),
    events=EVENTS,
    projectors=(projector,),
    queries=(
        QuerySpec("not_listed", not_listed, right=MANAGE, also=CATALOG, surfaces=STAFF),
        QuerySpec("range_words", range_words, right=MANAGE, also=CATALOG, surfaces=STAFF),
        QuerySpec("range_counts", range_counts, right=MANAGE, also=CATALOG, surfaces=STAFF),
    ),
    watches=WATCHES,
)
