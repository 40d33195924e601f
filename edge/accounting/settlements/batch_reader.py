"""The process that reads a provider's file: `python -m edge.accounting.settlements.batch_reader`.

Reads a `ReadBatches` as JSON from standard input and answers with one `BatchesRead` (reader_client.py). A malicious
file can't affect the till.
"""

from __future__ import annotations

import sys
from pathlib import Path

import msgspec

from edge.accounting.settlements.file_readers import READERS
from edge.accounting.settlements.reader_client import CPU_S, BatchesRead, ReadBatches
from edge.core.messages import Refusal
from edge.core.process import child
from edge.lib.errors import EdgeError
from edge.lib.tables import open_table, refusal

MEMORY_BYTES = 1024**3


def main() -> int:
    """Answer one request."""
    return child.answer(_answer, MEMORY_BYTES, CPU_S, _reads)


def _reads(asked: bytes) -> tuple[str]:
    return (msgspec.json.decode(asked, type=ReadBatches).path,)


def _answer(asked: bytes) -> bytes:
    wanted = msgspec.json.decode(asked, type=ReadBatches)
    path = Path(wanted.path)
    try:
        with open_table(path, wanted.language) as table:
            found = BatchesRead(READERS[wanted.profile](table.header, table.rows))
    except EdgeError as error:
        found = BatchesRead(why=error.what, key=error.key, values=dict(error.values))
    except Refusal as error:
        found = BatchesRead(refused=error.code, values=dict(error.refused.values))
    except MemoryError:
        failed = refusal("memory", file=path.name)
        found = BatchesRead(why=failed.what, key=failed.key, values=dict(failed.values))
    return msgspec.json.encode(found)


if __name__ == "__main__":
    sys.exit(main())
