"""Keys for products without a code.

The keys on the till's screen for what has no code to scan: rolls, coffee, loose fruit. A manager arranges them on
`/manager/keys`; at the till a press puts the product into the basket.

A layout belongs to a register, or to all that have none of their own (`""`). It has pages, each with names and up
to 18 keys; a key has a product, a place that it never leaves, and a colour. All of a layout is set at once
(`SetQuickKeys`), and an empty one takes it away. A job adds keys to what is shown then (`AddQuickKeys`).

`quick_keys` gives a register's keys with names, prices and pictures of now. A key whose product was given up
stays in its place and cannot be pressed. `proposed_quick_keys` arranges what sold most lately
(`search/popularity.py`) by category.
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
