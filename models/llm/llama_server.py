"""llama.cpp's server from xllamacpp, for one model: silent, one conversation, inaccessible to other users here.

It also listens on 127.0.0.1, which can't be disabled; without the secret key it answers nothing there.
"""

from __future__ import annotations

import queue
import secrets
import threading
from collections.abc import Iterator
from typing import Any

import msgspec

from models.engine import Model, Turn
from models.errors import Unusable

TOO_LONG = "exceed_context_size_error"
NO_REQUEST = "invalid_request_error"
LOOK_S = 0.05
"""The interval of cancellation checks while the server is silent."""


class Refusal(msgspec.Struct, frozen=True):
    """An error instead of an answer; `type` may be TOO_LONG or NO_REQUEST."""

    message: str
    type: str = ""
    n_prompt_tokens: int = 0


def serve(
    model: Model, context: int, batch: int, cache_mb: int = 0, *, vectors: bool = False, pooling: str = ""
) -> Any:
    """Start a server with the model loaded, to generate text or `vectors`. Raises Unusable.

    `context` and `batch` are in tokens.
    """
    import xllamacpp

    params = xllamacpp.CommonParams()
    params.model.path = str(model.path)
    params.n_ctx = context
    params.n_parallel = 1
    params.n_batch = params.n_ubatch = batch
    params.cpuparams.n_threads = params.cpuparams_batch.n_threads = model.threads
    params.flash_attn_type = xllamacpp.llama_flash_attn_type.LLAMA_FLASH_ATTN_TYPE_DISABLED  # slower on a CPU
    params.cache_ram_mib = cache_mb
    params.fit_params = False
    params.ui = params.endpoint_slots = False
    params.n_threads_http = 1
    params.api_keys = [secrets.token_hex()]
    params.verbosity = -1
    params.embedding = vectors
    if pooling:
        params.pooling_type = getattr(xllamacpp.llama_pooling_type, f"LLAMA_POOLING_TYPE_{pooling}")
    try:
        return xllamacpp.Server(params)
    except RuntimeError as error:
        advice = "Put the model's file there again, or give it less context."
        raise Unusable(f"llama.cpp can't load {model.path.name}.", advice) from error


class Pieces:
    """The server's answer piece by piece (bytes of JSON), checking for cancellation in between.

    The server is called in a separate thread, so that the caller learns of an end in time even during a long batch. If
    left early, the server stops at its next piece.
    """

    def __init__(self, server: Any, asked: bytes, turn: Turn[Any]) -> None:
        self._said: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
        self._left = threading.Event()
        self._turn = turn
        self._thread = threading.Thread(target=self._ask, args=(server, asked), daemon=True)

    def __enter__(self) -> Iterator[bytes]:
        self._thread.start()
        return self._pieces()

    def __exit__(self, *_: object) -> None:
        self._left.set()

    def _ask(self, server: Any, asked: bytes) -> None:
        try:
            server.handle_completions(asked, self._take)
        finally:
            self._said.put(None)

    def _take(self, piece: bytes) -> bool:
        """Queue a piece; returns whether the server should stop."""
        self._said.put(piece)
        return self._left.is_set()

    def _pieces(self) -> Iterator[bytes]:
        while True:
            try:
                piece = self._said.get(timeout=LOOK_S)
            except queue.Empty:
                self._turn.step()
                continue
            if piece is None:
                return
            yield piece
