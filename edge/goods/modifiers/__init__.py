"""Sizes, extras and options of products.

What is asked of a product beside itself: which milk, which size, what goes on it, "no onion". A group names
products and categories (and holds for their variants, and for all below a category), how many of its modifiers
must and may be chosen, and which are preset. A modifier may cost something on top, another sum beside a size (a
modifier of another group), and has a recipe: what it adds to what leaves the stock, and what it omits of it.

The till asks by a question where something has to be said, or where the group wants it (`ask`); one tap where one
group of which one is chosen is all. At a kiosk, on a phone and in a chat the same groups stand on the product,
and programs say them (`modifiers: ["milk/oat"]`). No one there to ask takes what is preset; what has no preset
and is required is refused with `modifier_missing`, which names the choices.

A line holds what was chosen as it was then: names, price and recipe. The price of the line is that of a unit with
its modifiers, so promotions, taxes, refunds and reports need no rule of their own. Kitchens, receipts, carts and
orders show them under the line.

Invariants. A shop without groups pays one look at an index a line. A line's price is the product's and that of
its modifiers, also when it is priced again for a customer's list. Nothing of a modifier's omitted goods goes below
what would have left the shelf. A price that is printed on the goods has nothing on top. What the kitchen was told
of can't be chosen anew: the line is struck.
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
