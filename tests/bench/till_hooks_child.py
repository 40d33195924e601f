"""A shop that takes webhooks of another till, as a process that can be killed: `FOLDER PORT`."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from aiohttp import web

from edge.backoffice.other_tills.service.hook_door import HookDoor
from edge.backoffice.other_tills.service.hook_files import HookFiles
from edge.backoffice.other_tills.service.part import OtherTillsPart
from edge.operations.ledger import Ledger
from edge.runtime.outgoing.breaker import Breakers
from edge.runtime.outgoing.http_client import OutgoingHttp
from edge.runtime.secrets import secrets_of
from tests.shop_fixture import config

LOOK_S = 0.05


async def main(folder: Path, port: int) -> None:
    """Until it is killed."""
    made = config(folder)
    ledger = Ledger(made)
    shop = ledger.shop()
    shop.start()
    secrets = secrets_of(made.folder)
    files = HookFiles(Path(made.folder), secrets)
    door = HookDoor(shop, secrets, files, "corner")

    async def take(request: web.Request) -> web.Response:
        till, body = door.find(request.match_info["pos"], request.match_info["store"]), await request.read()
        return web.Response(
            status=await asyncio.to_thread(door.take, till, dict(request.headers), body) if till else 404
        )

    app = web.Application()
    app.router.add_post("/v1/webhooks/{pos}/{store}", take)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    async with OutgoingHttp(Breakers()) as http:
        part = OtherTillsPart(made, shop, http, secrets, files)
        while True:
            await part.look()
            await asyncio.sleep(LOOK_S)


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), int(sys.argv[2])))
