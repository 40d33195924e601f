"""Tables written by a separate process and downloaded by the browser."""

from __future__ import annotations

import asyncio
import errno
import sys
import tempfile
from collections.abc import Callable, Sequence
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
    """Run `python -m MODULE LEDGER FILE FORMAT MORE...` and send its output as the file `name`. Raises `Problem` 404
    for an unknown format."""
    if form not in FORMATS:
        raise Problem(404, "not_found", path=request.path[:200])
    return await send_made(
        request, f"{name}.{form}", TYPES[form], lambda path: (module, str(ledger), str(path), form, *more)
    )


async def send_made(
    request: web.Request, name: str, kind: str, command: Callable[[Path], Sequence[str]]
) -> web.StreamResponse:
    """Run `python -m` with a `command` that writes a file, and send it as `name`. Raises `Problem` 503 if the disk is
    full."""
    with tempfile.TemporaryDirectory(prefix="edge-export-") as folder:
        path = Path(folder) / name
        await run_export(sys.executable, "-m", *command(path))
        response = web.StreamResponse(headers=headers_of(path.name, kind))
        await response.prepare(request)
        with path.open("rb") as file:
            while block := await asyncio.to_thread(file.read, CHUNK_BYTES):
                await response.write(block)
    await response.write_eof()
    return response


async def run_export(*command: str) -> None:
    """Run the command and kill it if the caller disconnects, or after `EXPORT_S` seconds. Raises `Problem` 503 for exit
    status ENOSPC."""
    writing = await asyncio.create_subprocess_exec(*command)
    try:
        async with asyncio.timeout(EXPORT_S):
            status = await writing.wait()
    except BaseException:
        with suppress(ProcessLookupError):
            writing.kill()
        await writing.wait()
        raise
    if status == errno.ENOSPC:
        raise Problem(503, "no_room_for_export")
    if status:
        raise RuntimeError(f"the process that writes an export ended with {status}")


def headers_of(name: str, kind: str) -> dict[str, str]:
    """Headers of a file download."""
    return {
        "Content-Type": kind,
        "Content-Disposition": f'attachment; filename="{name}"',
        "Cache-Control": "no-store",
    }
