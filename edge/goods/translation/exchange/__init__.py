"""Texts to translate as files that translators' programs read, and back. Pure.

XLIFF 1.2 and 2.1 (OASIS), PO (GNU gettext) and CSV. The id of a line is its field's key, and stays through any of them.
"""

from edge.goods.translation.exchange.files import FILE_BYTES, FORMATS, FileFormat, read, write
from edge.goods.translation.exchange.lines import TextFile, TextLine

__all__ = ["FILE_BYTES", "FORMATS", "FileFormat", "TextFile", "TextLine", "read", "write"]
