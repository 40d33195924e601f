"""Parts that write entries to an accounting system."""

from __future__ import annotations

from collections.abc import Iterator

from edge.backoffice.books_out.service.part import BooksOutPart
from edge.core.process.parts import Part, Stage
from edge.runtime.shop_context import ShopContext


def parts(context: ShopContext) -> Iterator[Part]:
    """The background parts of the accounting export."""
    yield Part("books_out", BooksOutPart.of(context.config, context.shop).run, stage=Stage.BACKGROUND)
