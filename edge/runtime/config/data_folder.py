"""Moves a configuration of another machine to this one's data folder."""

from __future__ import annotations

import json
import re


def set_data_folder(text: str, data: str) -> str:
    """The configuration `text` with its ledger in the folder `data`. Only the key before the first table is replaced.

    >>> set_data_folder('data = "/srv/old"\\n[store]', "data"), set_data_folder("[store]", "data")
    ('data = "data"\\n[store]', 'data = "data"\\n[store]')
    """
    lines = text.splitlines(keepends=True)
    tables = next((at for at, line in enumerate(lines) if line.lstrip().startswith("[")), len(lines))
    own = [line for line in lines[:tables] if not re.match(r"\s*data\s*=", line)]
    return "".join([f"data = {json.dumps(data)}\n", *own, *lines[tables:]])
