"""Manager page of categories: the tree, and one category."""

from __future__ import annotations

from typing import get_args

import msgspec
from aiohttp import web

from edge.core.endpoints import Page
from edge.core.storage.database import Connection
from edge.foundation.access.rights import MANAGE
from edge.goods.catalog.categories.category import Attribute, Category
from edge.goods.catalog.categories.queries import read_category
from edge.goods.catalog.listing.category_tree import Branch, path_to, tree
from edge.lib.i18n import LANGUAGES
from edge.lib.regions.ages import Regulated
from edge.lib.units.quantity import THOUSANDTHS
from edge.web.api.resources import content_tag
from edge.web.context import SITE
from edge.web.pages.shell import page
from edge.web.problem import Problem
from edge.web.responses import answer_json

KINDS = ("text", "number", "range", "choice")
BETWEEN = "; "
"""Separator of an attribute's options in the input field."""


async def categories(request: web.Request) -> web.Response:
    """`GET /manager/categories?id=...`: a category; without `id` a new category, below `?parent=`."""
    id, parent = request.query.get("id", ""), request.query.get("parent", "")

    def read(db: Connection) -> tuple[list[Branch], tuple[Category, ...], Category | None]:
        return tree(db), path_to(db, id or parent), read_category(db, id) if id else None

    branches, path, category = await request.app[SITE].asker.read(read)
    if id and category is None:
        raise Problem(404, "category_not_found", category=id[:80])
    known = category or Category("", {}, parent)
    return page(
        request,
        "categories",
        tree=branches,
        path=path,
        category=category,
        written=msgspec.json.encode(category).decode() if category else "",
        parent=known.parent,
        parents=_outside(branches, id),
        regulated=get_args(Regulated),
        names={language: known.names.get(language, "") for language in (*LANGUAGES, *known.names)},
        attributes=[(name, attribute, _input_values(attribute)) for name, attribute in known.attributes.items()],
        empty=Attribute("text"),
        above=[(step, name, one) for step in path if step.id != id for name, one in step.attributes.items()],
        kinds=KINDS,
        named=_name_languages(known),
        etag=content_tag(answer_json(category)) if category else "",
    )


def _outside(branches: list[Branch], id: str) -> list[Branch]:
    """Possible parents of a category, which are outside its subtree."""
    found, depth = [], None
    for branch in branches:
        if depth is not None and branch.depth <= depth:
            depth = None
        if branch.category.id == id:
            depth = branch.depth
        if depth is None:
            found.append(branch)
    return found


def _name_languages(category: Category) -> tuple[str, ...]:
    """Languages of attribute names."""
    return tuple(
        dict.fromkeys((*LANGUAGES, *(code for one in category.attributes.values() for code in one.names or ())))
    )


def _input_values(attribute: Attribute) -> dict[str, str]:
    """An attribute's values as a user would type them."""
    bounds = {"low": attribute.low, "high": attribute.high, "most": attribute.most}
    typed = {key: "" if bound is None else f"{bound / THOUSANDTHS:.12g}" for key, bound in bounds.items()}
    return {**typed, "choices": BETWEEN.join(attribute.choices)}


PAGES = (
    Page(
        path="/manager/categories",
        name="categories",
        group="goods",
        place=20,
        handler=categories,
        right=MANAGE,
        fragments=("alerts", "clock"),
        menu="kinds.title",
        past=True,
        changed_by=("categories",),
    ),
)
