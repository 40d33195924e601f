"""A line of CSV as tax offices in France and Germany expect it: semicolons, CR LF, quotes where needed."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence

_QUOTED = re.compile(r'["\r\n]')


def csv_line(cells: Sequence[str]) -> bytes:
    r"""Encode a line in UTF-8.

    >>> csv_line(["a;b", "", "2,00"])
    b'"a;b";;2,00\r\n'
    """
    line = ";".join(cells)
    if line.count(";") == len(cells) - 1 and not _QUOTED.search(line):
        return f"{line}\r\n".encode()
    target = io.StringIO()
    csv.writer(target, delimiter=";", lineterminator="\r\n").writerow(cells)
    return target.getvalue().encode()
