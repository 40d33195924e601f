"""Catalogues in layouts that authorities publish. See README.md."""

from edge.goods.ingest.published.adapter import LayoutChanged, Published, find_published

__all__ = ["LayoutChanged", "Published", "find_published"]
