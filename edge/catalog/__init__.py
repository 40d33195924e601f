"""What the shop sells. See README.md."""

from edge.access.rights import MANAGE, SELL
from edge.catalog.commands import ChangePrice, SetProducts
from edge.catalog.events import EVENTS, UPCASTERS
from edge.catalog.handlers import change_price, set_products
from edge.catalog.project import products, search
from edge.catalog.queries import count_products, find_by_code, find_by_sku, search_products
from edge.core.shapes import Capability, CommandSpec, QuerySpec

capability = Capability(
    name="catalog",
    commands=(
        CommandSpec(SetProducts, set_products, right=MANAGE),
        CommandSpec(ChangePrice, change_price, right=MANAGE, ask_first=True),
    ),
    events=EVENTS,
    upcasters=UPCASTERS,
    projectors=(products, search),
    queries=(
        QuerySpec("product_by_code", find_by_code, right=SELL),
        QuerySpec("product", find_by_sku, right=SELL),
        QuerySpec("search_products", search_products, right=SELL),
        QuerySpec("product_count", count_products, right=SELL),
    ),
)
