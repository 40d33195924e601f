"""Faults that any simulated vendor's system can produce on demand."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from aiohttp import web

Fault = Literal["401", "429", "500", "cut", "silent"]


@dataclass
class Faults:
    """Faults of a server.

    `next`: a fault for each of the next requests; `down`: all requests fail. `asked`: paths of requests.
    """

    next: list[Fault] = field(default_factory=list)
    down: bool = False
    asked: list[str] = field(default_factory=list)

    async def stand_in(self, request: web.Request) -> web.StreamResponse | None:
        """Record a request and return its error answer; None if there is no fault."""
        self.asked.append(request.path)
        fault: Fault | None = "500" if self.down else self.next.pop(0) if self.next else None
        if fault is None:
            return None
        if fault == "429":
            return web.json_response({"errors": []}, status=429, headers={"Retry-After": "1"})
        if fault in ("401", "500"):
            return web.json_response({"errors": []}, status=int(fault))
        assert request.transport is not None
        if fault == "cut":
            answer = web.StreamResponse(headers={"Content-Length": "1000", "Content-Type": "application/json"})
            await answer.prepare(request)
            await answer.write(b'{"orders": [')
        request.transport.abort()
        return web.Response()
