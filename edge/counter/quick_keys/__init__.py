"""Keys for products without a code.

Touch keys on the till's screen for products without a barcode: rolls, coffee, loose fruit. A manager arranges them on
`/manager/keys`; pressing one adds the product to the basket.

A layout belongs to a register, or to all registers without their own (`""`). It has pages with names and up to 18 keys
each; a key has a product, a fixed place and a colour. `SetQuickKeys` replaces a whole layout, and an empty one deletes
it. A job adds keys to the current layout (`AddQuickKeys`).

`quick_keys` returns a register's keys with current names, prices and pictures. A key whose product is discontinued
keeps its place and is disabled. `proposed_quick_keys` arranges recent best sellers (`search/popularity.py`) by
category.
"""

from edge.core.registry import Capability, CommandSpec, QuerySpec
from edge.core.surfaces import MACHINE, NAMED_TILL, STAFF
from edge.counter.quick_keys.commands import AddQuickKeys
from edge.counter.quick_keys.entities import QUICK_KEYS
from edge.counter.quick_keys.events import EVENTS
from edge.counter.quick_keys.handlers import add_quick_keys
from edge.counter.quick_keys.project import projector
from edge.counter.quick_keys.queries import proposed_keys, read_keys, read_layout
from edge.foundation.access.rights import BASKET, MANAGE, SELL, SETTINGS

capability = Capability(
    name="quick_keys",
    commands=(
        *QUICK_KEYS.commands(),
        CommandSpec(AddQuickKeys, add_quick_keys, right=MANAGE, also=SETTINGS, surfaces=MACHINE),
    ),
    events=EVENTS,
    projectors=(projector,),
    queries=(
        QuerySpec("quick_keys", read_keys, right=SELL, also=BASKET, surfaces=NAMED_TILL),
        QuerySpec("quick_keys_layout", read_layout, right=MANAGE, also=SETTINGS, surfaces=STAFF),
        QuerySpec("proposed_quick_keys", proposed_keys, right=MANAGE, also=SETTINGS, surfaces=STAFF),
    ),
)
