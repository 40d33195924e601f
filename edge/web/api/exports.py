"""Tables that a process of its own writes, beside a till, and that a browser then downloads."""

from __future__ import annotations

import asyncio
import sys
import tempfile
from contextlib import suppress
from pathlib import Path

from aiohttp import web

from edge.lib.tables import FORMATS
from edge.web.limits import EXPORT_S
from edge.web.problem import Problem

CHUNK_BYTES = 256 * 1024
TYPES = {
    "csv": "text/csv",
    "tsv": "text/tab-separated-values",
    "json": "application/json",
    "jsonl": "application/jsonl",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "xml": "application/xml",
}


async def send_table(
    request: web.Request, name: str, form: str, module: str, ledger: Path, *more: str
) -> web.StreamResponse:
    """What `python -m MODULE LEDGER FILE FORMAT MORE...` writes, as the file `name`. `Problem` 404: no such format."""
    if form not in FORMATS:
        raise Problem(404, "not_found", path=request.path[:200])
    with tempfile.TemporaryDirectory(prefix="edge-export-") as folder:
        path = Path(folder) / f"{name}.{form}"
        await _written(sys.executable, "-m", module, str(ledger), str(path), form, *more)
        response = web.StreamResponse(headers=headers_of(path.name, TYPES[form]))
        await response.prepare(request)
        with path.open("rb") as file:
            while block := await asyncio.to_thread(file.read, CHUNK_BYTES):
                await response.write(block)
    await response.write_eof()
    return response


async def _written(*command: str) -> None:
    """A process does it; it ends with whoever asked, and after `EXPORT_S` seconds."""
    writing = await asyncio.create_subprocess_exec(*command)
    try:
        async with asyncio.timeout(EXPORT_S):
            status = await writing.wait()
    except BaseException:
        with suppress(ProcessLookupError):
            writing.kill()
        await writing.wait()
        raise
    if status:
        raise RuntimeError(f"the process that writes an export ended with {status}")


def headers_of(name: str, kind: str) -> dict[str, str]:
    """Of a file that is downloaded."""
    return {
        "Content-Type": kind,
        "Content-Disposition": f'attachment; filename="{name}"',
        "Cache-Control": "no-store",
    }
