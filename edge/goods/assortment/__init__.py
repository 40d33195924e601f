"""The range of each store or group of stores.

What a store has in its range. A product is *listed* unless somebody said otherwise: mostly head office, of a
group of stores (the directive `assortment`), or a manager (`SetAssortment`); the newest word holds, also of a day
to come.

Not listed is not retired: the catalogue keeps the product, and what is there still sells. It is not ordered any
more, and kiosks, phones and web shops offer it as long as some is left. A till sells whatever is laid before it;
that something was sold which is not listed is an alert of the day, `not_listed`, here and at head office.

A price that comes with it is a price like any other (`SetPrice`), in the store's own currency.
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
)
