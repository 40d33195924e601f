"""Catalogue pages: products, a product, categories; counts, edits and pictures."""

from __future__ import annotations

from edge.core.command_bus import COMMITTED
from edge.foundation.settings.pages.beside import CATEGORY_NAMES
from edge.goods.catalog.categories.queries import read_categories
from edge.goods.catalog.pages import catalogue_edits_api, categories, pictures_api, products
from edge.goods.catalog.queries import count_products
from edge.web.live.fragments import Fragment, FragmentSource, Values


def catalog(views: FragmentSource, register: str) -> Values:
    """Number of products."""
    return {"products": count_products(views.shop.reader)}


PAGES = (*products.PAGES, *categories.PAGES)
ENDPOINTS = (*products.ENDPOINTS, *catalogue_edits_api.ENDPOINTS, *pictures_api.ENDPOINTS)
FRAGMENTS = (Fragment("catalog", catalog, follows=(COMMITTED,)),)
PROVIDES = ((CATEGORY_NAMES, lambda db: {one.id: one.names for one in read_categories(db)}),)
