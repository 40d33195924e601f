"""Text embeddings by llama-cpp-python, with any GGUF model."""

from __future__ import annotations

from typing import Any, ClassVar

from models.embed.gguf import Embedding, TooLong, embed_each
from models.engine import Model, Turn
from models.errors import Unusable
from models.kinds import Embed, Nothing, Vectors
from models.llm.gguf import read


class EmbedLlamaCppPython:
    """Text embedding by llama-cpp-python, whose `Llama` handles one text at a time."""

    LIBRARY: ClassVar[str] = "llama_cpp"
    PARALLEL: ClassVar[int] = 1

    Config = Embedding

    def __init__(self, config: Embedding, model: Model) -> None:
        self._config = config
        self._model = model

    def load(self) -> None:
        import llama_cpp

        gguf = read(self._model.path)
        self._most = self._config.fits(gguf.context)
        pooling = self._config.pooling(gguf) or "UNSPECIFIED"
        more: dict[str, Any] = dict.fromkeys(("n_ctx", "n_batch", "n_ubatch"), self._most)
        more |= dict.fromkeys(("n_threads", "n_threads_batch"), self._model.threads)
        more["pooling_type"] = getattr(llama_cpp, f"LLAMA_POOLING_TYPE_{pooling}")
        try:
            self._llama = llama_cpp.Llama(str(self._model.path), embedding=True, verbose=False, **more)
        except ValueError as error:
            raise Unusable(f"llama.cpp can't load {self._model.path.name}.", "Copy it again.") from error

    def run(self, request: Embed, turn: Turn[Nothing]) -> Vectors:
        return embed_each(self._config, request, turn, self._llama.n_embd(), self._one)

    def close(self) -> None:
        pass  # the process ends after this

    def _one(self, text: str) -> list[float]:
        tokens = len(self._llama.tokenize(text.encode()))
        if tokens > self._most:
            raise TooLong(tokens)
        if not tokens:
            return [0.0] * int(self._llama.n_embd())
        return list(self._llama.embed(text))
