"""Sizes, extras and options of products.

Choices for a product: which milk, which size, which toppings, "no onion". A group names products and categories (and
applies to their variants and subcategories), the minimum and maximum number of modifiers, and the presets. A modifier
can have a surcharge, which may depend on a size (a modifier of another group), and a recipe: what it adds to the stock
consumed, and what it omits.

The till asks if a choice is required, or if the group says so (`ask`); one tap is enough if there is a single group
with one choice. At a kiosk, on a phone and in a chat the same groups appear on the product, and programs send them
(`modifiers: ["milk/oat"]`). If no one can be asked, presets apply. A required group without a preset is refused with
`modifier_missing`, which lists the choices.

A line stores the choices at the time: names, price and recipe. Its price is that of a unit with its modifiers, so
promotions, taxes, refunds and reports need no rules for them. Kitchens, receipts, carts and orders show them under the
line.

Invariants. In a shop without groups each line costs only one index lookup. A line's price is the product's plus its
modifiers', also when it is repriced for a customer's price list. Omitted ingredients never reduce consumption below
zero. A price printed on the goods includes everything. Choices already sent to the kitchen can't be changed: void the
line.
"""

from edge.core.registry import Capability, QuerySpec
from edge.core.surfaces import EVERYBODY, STAFF
from edge.foundation.access.rights import BASKET, SELL
from edge.goods.modifiers.entities import GROUPS
from edge.goods.modifiers.events import EVENTS
from edge.goods.modifiers.project import projector
from edge.goods.modifiers.queries import categories_asked as categories_asked
from edge.goods.modifiers.queries import modifier_groups, read_groups

capability = Capability(
    name="modifiers",
    commands=GROUPS.commands(),
    events=EVENTS,
    projectors=(projector,),
    queries=(
        QuerySpec("all_modifier_groups", read_groups, right=SELL, surfaces=STAFF),
        QuerySpec("modifier_groups", modifier_groups, right=SELL, also=BASKET, surfaces=EVERYBODY),
    ),
)
