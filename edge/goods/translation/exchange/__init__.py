"""Export and import of texts in the formats of translation programs. Pure.

XLIFF 1.2 and 2.1 (OASIS), PO (GNU gettext) and CSV. The id of a line is its field's key in all formats.
"""

from edge.goods.translation.exchange.files import FILE_BYTES, FORMATS, FileFormat, read, write
from edge.goods.translation.exchange.lines import TextFile, TextLine

__all__ = ["FILE_BYTES", "FORMATS", "FileFormat", "TextFile", "TextLine", "read", "write"]
