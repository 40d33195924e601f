"""A language model server with OpenAI's wire (platform.openai.com/docs/api-reference/chat/create and
.../chat-streaming), which Ollama also implements (docs.ollama.com/api/openai-compatibility), read November 2026:
`POST /v1/chat/completions`, bearer token, streaming as server-sent events, with usage in a last event.

It has no model: its answer is a function of the request. `python -m sim.vendors.language_server` prints its port and
answers every request with a list of fruits.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import re
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import urlsplit

from aiohttp import web

from sim.http_service import serving
from sim.vendors.faults import Faults

Asked = dict[str, Any]
CONTEXT_CHARS = 3_000
"""The model's context; longer prompts get 400, as from real servers."""


class SimLanguageServer:
    """Serves only `model`. `asked`: the request bodies; `pause_s`: the pause between two events; `left`: how many
    clients disconnected in the middle."""

    def __init__(self, answer: Callable[[Asked], str], model: str = "small", key: str = "") -> None:
        self.answer, self.model, self.key = answer, model, key
        self.asked: list[Asked] = []
        self.pause_s = 0.0
        self.cut_behind: int | None = None
        self.left = 0
        self.faults = Faults()

    @asynccontextmanager
    async def serve(self) -> AsyncIterator[str]:
        """Serve it; yields the base URL of its API."""
        app = web.Application(client_max_size=16 * 1024 * 1024)
        app.router.add_post("/v1/chat/completions", self._complete)
        async with serving(app) as url:
            yield f"{url}/v1"

    async def _complete(self, request: web.Request) -> web.StreamResponse:
        if fault := await self.faults.stand_in(request):
            return fault
        if self.key and request.headers.get("Authorization") != f"Bearer {self.key}":
            return _fault(401, "Incorrect API key provided")
        asked = await request.json()
        self.asked.append(asked)
        if asked["model"] != self.model:
            return _fault(404, f"model '{asked['model']}' not found, try pulling it first")
        if sum(len(one["content"]) for one in asked["messages"]) > CONTEXT_CHARS:
            return _fault(400, "the prompt is longer than the context")
        pieces = re.findall(r"\S+\s*|\s+", self.answer(asked))
        return await self._stream_pieces(request, asked, pieces)

    async def _stream_pieces(self, request: web.Request, asked: Asked, pieces: list[str]) -> web.StreamResponse:
        answer = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        await answer.prepare(request)
        said = pieces[: asked["max_tokens"]]
        try:
            for number, piece in enumerate(said):
                if number == self.cut_behind:
                    assert request.transport is not None
                    request.transport.abort()
                    return answer
                await answer.write(_event(_choice({"content": piece})))
                await asyncio.sleep(self.pause_s)
            why = "stop" if len(said) == len(pieces) else "length"
            await answer.write(_event(_choice({}, why)))
            usage = {"prompt_tokens": 7, "completion_tokens": len(said), "prompt_tokens_details": {"cached_tokens": 2}}
            if asked.get("stream_options", {}).get("include_usage"):
                await answer.write(_event({"choices": [], "usage": usage}))
            await answer.write(b"data: [DONE]\n\n")
        except ConnectionError:
            self.left += 1
        return answer


def _choice(delta: dict[str, str], why: str | None = None) -> dict[str, Any]:
    return {"choices": [{"index": 0, "delta": delta, "finish_reason": why}]}


def _event(piece: dict[str, Any]) -> bytes:
    return f"data: {json.dumps(piece, ensure_ascii=False)}\n\n".encode()


def _fault(status: int, message: str) -> web.Response:
    return web.json_response({"error": {"message": message, "type": "invalid_request_error"}}, status=status)


async def _run() -> None:
    server = SimLanguageServer(lambda asked: "Apple, banana and cherry, and after these a pear, a plum and a fig")
    server.pause_s = 0.02
    async with server.serve() as url:
        sys.stdout.write(f"{urlsplit(url).port}\n")
        sys.stdout.flush()
        await asyncio.Event().wait()


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(_run())
