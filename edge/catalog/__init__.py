"""What the shop sells. See README.md."""

from edge.access.rights import BASKET, CATALOG, MANAGE, SELL
from edge.catalog import commands, queries
from edge.catalog.categories import queries as categories
from edge.catalog.categories.handlers import set_categories
from edge.catalog.categories.project import categories as category_rows
from edge.catalog.events import EVENTS, UPCASTERS
from edge.catalog.handlers import Catalog
from edge.catalog.prices import price_at, price_history
from edge.catalog.project import products
from edge.catalog.settings import CatalogSettings
from edge.catalog.undoing import undo_changes
from edge.core.shapes import Capability, CommandSpec, QuerySpec


def capability(settings: CatalogSettings) -> Capability:
    """The catalogue of a store with these settings."""
    catalog = Catalog(settings)
    return Capability(
        name="catalog",
        commands=(
            CommandSpec(commands.SetProducts, catalog.set_products, right=MANAGE, also=CATALOG),
            CommandSpec(commands.WithdrawWord, catalog.withdraw_word, right=MANAGE, ask_first=True, also=CATALOG),
            CommandSpec(commands.ChangePrice, catalog.change_price, right=MANAGE, ask_first=True, also=CATALOG),
            CommandSpec(commands.SetPrice, catalog.set_price, right=MANAGE, ask_first=True, also=CATALOG),
            CommandSpec(commands.RetireProducts, catalog.retire_products, right=MANAGE, ask_first=True, also=CATALOG),
            CommandSpec(commands.RestoreProducts, catalog.restore_products, right=MANAGE, also=CATALOG),
            CommandSpec(commands.UndoChanges, undo_changes, right=MANAGE, ask_first=True, also=CATALOG),
            CommandSpec(commands.SetCategories, set_categories, right=MANAGE, also=CATALOG),
        ),
        events=EVENTS,
        upcasters=UPCASTERS,
        projectors=(products, category_rows),
        queries=(
            QuerySpec("product_by_code", queries.find_by_code, right=SELL, also=BASKET),
            QuerySpec("product", queries.find_by_sku, right=SELL, also=BASKET),
            QuerySpec("product_count", queries.count_products, right=SELL, also=BASKET),
            QuerySpec("price_at", price_at, right=SELL, also=BASKET),
            QuerySpec("price_history", price_history, right=MANAGE, also=CATALOG),
            QuerySpec("categories", categories.read_categories, right=SELL, also=BASKET),
            QuerySpec("category_path", categories.category_path, right=SELL, also=BASKET),
        ),
    )
