"""What the shop sells. See README.md."""

from edge.access.rights import MANAGE, SELL
from edge.catalog.commands import ChangePrice, ImportCatalog, SetProducts
from edge.catalog.events import EVENTS, UPCASTERS
from edge.catalog.handlers import IMPORT_JOB, change_price, import_catalog, set_products
from edge.catalog.importing import CatalogSettings, import_chunks, import_total
from edge.catalog.project import products, search
from edge.catalog.queries import count_products, find_by_code, find_by_sku, search_products
from edge.core.shapes import Capability, CommandSpec, JobKind, QuerySpec


def capability(settings: CatalogSettings) -> Capability:
    """The catalogue of a store with these settings."""
    return Capability(
        name="catalog",
        commands=(
            CommandSpec(SetProducts, set_products, right=MANAGE),
            CommandSpec(ChangePrice, change_price, right=MANAGE, ask_first=True),
            CommandSpec(ImportCatalog, import_catalog, right=MANAGE),
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
        jobs=(JobKind(IMPORT_JOB, import_total(settings), import_chunks(settings)),),
    )
