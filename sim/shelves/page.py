"""A separate page with a drawn bay: press a place to empty it, press it again to fill it."""

from __future__ import annotations

from importlib.resources import files

from aiohttp import web

from sim.counter import local_only
from sim.http_service import HttpService
from sim.shelves.camera import SimShelfCamera
from sim.shelves.scene import Light, View


class ShelfPage(HttpService):
    """Serves the page on 127.0.0.1; `port` 0 takes a free one. An async context manager."""

    def __init__(self, camera: SimShelfCamera, port: int = 0) -> None:
        super().__init__(port)
        self._camera = camera
        self._page = files("sim.shelves").joinpath("shelf.html").read_text(encoding="utf-8")

    def _app(self) -> web.Application:
        app = web.Application(client_max_size=4096, middlewares=[local_only])
        app.add_routes(
            [
                web.get("/", self._show),
                web.get("/picture.jpg", self._picture),
                web.post("/places/{row:\\d+}/{place:\\d+}", self._press),
                web.post("/{what:refill|person|nobody|dark|light|cover|knock|unplug|plug}", self._do),
            ]
        )
        return app

    async def _show(self, request: web.Request) -> web.Response:
        places = [
            f'<button data-place="{row}/{place}" aria-label="row {row + 1}, place {place + 1}"></button>'
            for row, kept in enumerate(self._camera.full.rows)
            for place in range(len(kept))
        ]
        columns = max(len(kept) for kept in self._camera.full.rows)
        text = self._page.replace("<!--PLACES-->", "".join(places)).replace("COLUMNS", str(columns))
        return web.Response(text=text, content_type="text/html", headers={"Cache-Control": "no-store"})

    async def _picture(self, request: web.Request) -> web.Response:
        return web.Response(
            body=await self._camera.picture(), content_type="image/jpeg", headers={"Cache-Control": "no-store"}
        )

    async def _press(self, request: web.Request) -> web.Response:
        row, place = (int(request.match_info[name]) for name in ("row", "place"))
        try:
            empty = self._camera.bay.rows[row][place].state == "gap"
        except IndexError:
            raise web.HTTPNotFound(text="There is no such place.") from None
        if empty:
            self._camera.put_back(row, place)
        else:
            self._camera.take(row, place)
        return web.Response(status=204)

    async def _do(self, request: web.Request) -> web.Response:
        camera = self._camera
        match request.match_info["what"]:
            case "refill":
                camera.refill()
            case "person":
                camera.stand(0.5)
            case "nobody":
                camera.stand(-1)
            case "dark":
                camera.light(Light(level=0.04))
            case "light":
                camera.view = View()
            case "cover":
                camera.cover()
            case "knock":
                camera.knock(camera.full.width * 2 // 3, camera.full.height // 2)
            case "unplug":
                camera.unplug()
            case "plug":
                await camera.replug()
        return web.Response(status=204)
