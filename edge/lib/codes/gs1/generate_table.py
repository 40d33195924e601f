"""Regenerate `table.py` from a newer GS1 Barcode Syntax Dictionary. No other file in this folder reads the dictionary.

python -m edge.lib.codes.gs1.generate_table gs1-syntax-dictionary.txt --version "release or commit"
"""

from __future__ import annotations

import argparse
import hashlib
import sys
from pathlib import Path

TABLE = Path(__file__).with_name("table.py")
_HEADER = '''\
"""The application identifiers of the GS1 Barcode Syntax Dictionary: each with its flags, its parts and its rules.

Made by `python -m edge.lib.codes.gs1.generate_table`; change nothing here. Rows are the dictionary's own, without its
comments and with single spaces.

    version  {version}
    SHA-256  {digest}

Copyright (c) 2020-2021 BWIPP project and Zint project. Copyright (c) 2021-2025 GS1 AISBL.
Licensed under the Apache License, Version 2.0 (the file LICENSE of this project).
"""

VERSION = "{version}"
ROWS = """\\
{rows}
"""
'''


def rows_of(dictionary: str) -> str:
    """Entries of the dictionary, one per line, with single spaces."""
    lines = (" ".join(line.split()) for line in dictionary.splitlines())
    return "\n".join(line for line in lines if line and not line.startswith("#"))


def table_of(dictionary: bytes, version: str) -> str:
    """Source of the module with a dictionary."""
    rows = rows_of(dictionary.decode())
    if "\\" in rows or '"""' in rows:
        raise ValueError("a row can't be written as Python text")
    return _HEADER.format(version=version, digest=hashlib.sha256(dictionary).hexdigest(), rows=rows)


def main() -> int:
    about = __doc__.splitlines()[0] if __doc__ else ""
    parser = argparse.ArgumentParser(prog="edge.lib.codes.gs1.generate_table", description=about)
    parser.add_argument("dictionary", type=Path)
    parser.add_argument("--version", required=True, help="which release or commit it is")
    args = parser.parse_args()
    TABLE.write_text(table_of(args.dictionary.read_bytes(), args.version), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
