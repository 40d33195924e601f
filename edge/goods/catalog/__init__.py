"""The product catalogue. See README.md."""

from functools import partial

from edge.core.registry import Capability, CommandSpec, QuerySpec
from edge.core.surfaces import EVERYBODY, STAFF
from edge.foundation.access.rights import BASKET, CATALOG, MANAGE, SELL
from edge.goods.catalog import commands, queries
from edge.goods.catalog.categories import queries as categories
from edge.goods.catalog.categories.handlers import remove_categories, set_categories
from edge.goods.catalog.categories.project import categories as category_rows
from edge.goods.catalog.events import EVENTS
from edge.goods.catalog.figures import FIGURES
from edge.goods.catalog.handlers import CatalogHandlers, MadeOf, no_components
from edge.goods.catalog.prices import price_at, price_history
from edge.goods.catalog.product_reversal import undo_changes
from edge.goods.catalog.project import products
from edge.goods.catalog.settings import CatalogSettings


def capability(
    settings: CatalogSettings, named: categories.NamedElsewhere = (), made_of: MadeOf = no_components
) -> Capability:
    """Return the catalogue capability with these settings.

    `named`: queries for categories that other capabilities refer to. `made_of`: returns the components in bills of
    materials.
    """
    catalog = CatalogHandlers(settings, made_of)
    return Capability(
        name="catalog",
        commands=(
            CommandSpec(commands.SetProducts, catalog.set_products, right=MANAGE, also=CATALOG, surfaces=STAFF),
            CommandSpec(
                commands.WithdrawWord, catalog.withdraw_word, right=MANAGE, ask_first=True, also=CATALOG, surfaces=STAFF
            ),
            CommandSpec(
                commands.ChangePrice, catalog.change_price, right=MANAGE, ask_first=True, also=CATALOG, surfaces=STAFF
            ),
            CommandSpec(
                commands.SetPrice, catalog.set_price, right=MANAGE, ask_first=True, also=CATALOG, surfaces=STAFF
            ),
            CommandSpec(
                commands.RetireProducts,
                catalog.retire_products,
                right=MANAGE,
                ask_first=True,
                also=CATALOG,
                surfaces=STAFF,
            ),
            CommandSpec(commands.RestoreProducts, catalog.restore_products, right=MANAGE, also=CATALOG, surfaces=STAFF),
            CommandSpec(commands.UndoChanges, undo_changes, right=MANAGE, ask_first=True, also=CATALOG, surfaces=STAFF),
            CommandSpec(commands.SetCategories, set_categories, right=MANAGE, also=CATALOG, surfaces=STAFF),
            CommandSpec(
                commands.RemoveCategories,
                partial(remove_categories, named=named),
                right=MANAGE,
                ask_first=True,
                also=CATALOG,
                surfaces=STAFF,
            ),
        ),
        events=EVENTS,
        projectors=(products, category_rows),
        queries=(
            QuerySpec("product_by_code", queries.find_by_code, right=SELL, also=BASKET, surfaces=EVERYBODY),
            QuerySpec("product", queries.find_by_sku, right=SELL, also=BASKET, surfaces=EVERYBODY),
            QuerySpec("product_count", queries.count_products, right=SELL, also=BASKET, surfaces=EVERYBODY),
            QuerySpec("price_at", price_at, right=SELL, also=BASKET, surfaces=EVERYBODY),
            QuerySpec("price_history", price_history, right=MANAGE, also=CATALOG, surfaces=STAFF),
            QuerySpec("categories", categories.read_categories, right=SELL, also=BASKET, surfaces=EVERYBODY),
            QuerySpec("category_path", categories.category_path, right=SELL, also=BASKET, surfaces=EVERYBODY),
        ),
        figures=FIGURES,
    )
