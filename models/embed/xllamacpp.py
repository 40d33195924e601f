"""Text embeddings by xllamacpp, with any GGUF model."""

from __future__ import annotations

from typing import ClassVar

import msgspec

from models.embed.gguf import Embedding, TooLong, embed_each
from models.engine import Model, Turn
from models.errors import Refused
from models.kinds import Embed, Nothing, Vectors
from models.llm.gguf import read
from models.llm.llama_server import TOO_LONG, Refusal, serve
from sandbox.landlock import Network


class _Vector(msgspec.Struct, frozen=True):
    embedding: list[float]


class _Said(msgspec.Struct, frozen=True):
    data: tuple[_Vector, ...] = ()
    error: Refusal | None = None


_decoder = msgspec.json.Decoder(_Said)


class EmbedXllamacpp:
    """Runs llama.cpp's own server inside the worker."""

    LIBRARY: ClassVar[str] = "xllamacpp"
    PARALLEL: ClassVar[int] = 1
    NETWORK: ClassVar[Network] = "listens"  # the library always opens a port

    Config = Embedding

    def __init__(self, config: Embedding, model: Model) -> None:
        self._config = config
        self._model = model

    def load(self) -> None:
        gguf = read(self._model.path)
        most, pooling = self._config.fits(gguf.context), self._config.pooling(gguf)
        self._server = serve(self._model, most, batch=most, vectors=True, pooling=pooling)
        self._size = len(self._one("a"))

    def run(self, request: Embed, turn: Turn[Nothing]) -> Vectors:
        return embed_each(self._config, request, turn, self._size, self._one)

    def close(self) -> None:
        pass  # its threads end with the process

    def _one(self, text: str) -> list[float]:
        said = _decoder.decode(self._server.handle_embeddings(msgspec.json.encode({"input": text})))
        if said.error and said.error.type == TOO_LONG:
            raise TooLong(said.error.n_prompt_tokens)
        if said.error:
            raise Refused(f"llama.cpp can't create a vector: {said.error.message}.", "Remove empty texts.")
        return said.data[0].embedding
