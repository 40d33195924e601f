"""Assortment of each store or group of stores.

Which products a store carries. A product is *listed* unless stated otherwise, mostly by head office for a group of
stores (directive `assortment`), or by a manager (`SetAssortment`); the newest entry applies, including scheduled ones.

Unlisted isn't retired: the catalogue keeps the product, and remaining stock is sold. It isn't reordered, and kiosks,
phones and web shops offer it while stock lasts. A till sells whatever is presented; sales of unlisted products raise
the daily alert `not_listed`, here and at head office.

An accompanying price is an ordinary price (`SetPrice`), in the store's own currency.
"""

from edge.core.registry import Capability, CommandSpec, QuerySpec
from edge.core.surfaces import STAFF
from edge.foundation.access.rights import CATALOG, MANAGE
from edge.goods.assortment.commands import SetAssortment
from edge.goods.assortment.events import EVENTS
from edge.goods.assortment.handlers import set_assortment
from edge.goods.assortment.project import projector
from edge.goods.assortment.queries import not_listed, range_counts, range_words
from edge.goods.assortment.watches import WATCHES

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
    mended_at="/manager/range",
)
