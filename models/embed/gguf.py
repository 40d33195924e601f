"""Text embeddings with a GGUF model: shared by both engines.

An embedding model defines how token vectors are pooled; for any other, including language models, the mean is used.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Literal

import msgspec

from models.engine import Turn
from models.errors import Refused
from models.kinds import Embed, Nothing, Vectors
from models.llm.gguf import Gguf
from models.tensor import Tensor

MOST_FLOATS = 900_000
"""The maximum floats per request, as all its vectors go into one message. More are refused."""
_MOST_BYTES_A_TOKEN = 32
_CUTS = 8
_NARROWER = 0.9


class Embedding(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Options of both engines."""

    query_prefix: Annotated[str, msgspec.Meta(description="prefix for queries, such as 'query: '")] = ""
    passage_prefix: Annotated[str, msgspec.Meta(description="prefix for documents")] = ""
    pool: Annotated[
        Literal["own", "mean", "first", "last"],
        msgspec.Meta(
            description="pooling of token vectors: mean, one token, or the model's own setting (mean if it has none)"
        ),
    ] = "own"
    most_tokens: Annotated[
        int, msgspec.Meta(ge=8, le=8_192, description="maximum length; the rest of a text is ignored")
    ] = 512

    def pooling(self, gguf: Gguf) -> str:
        """llama.cpp's name of the pooling; "" leaves it to the model."""
        own = "" if gguf.pools else "MEAN"
        return {"own": own, "mean": "MEAN", "first": "CLS", "last": "LAST"}[self.pool]

    def fits(self, trained: int) -> int:
        """The token limit, capped at the model's trained context (0: unknown)."""
        return min(self.most_tokens, trained) if trained else self.most_tokens


class TooLong(Exception):
    """Raised for a text with too many tokens."""

    def __init__(self, tokens: int) -> None:
        super().__init__(tokens)
        self.tokens = tokens


def embed_each(
    config: Embedding, request: Embed, turn: Turn[Nothing], size: int, one: Callable[[str], list[float]]
) -> Vectors:
    """Embed each text separately, so that other requests can run in between. `one` embeds a text, or raises TooLong."""
    import numpy as np

    if len(request.texts) * size > MOST_FLOATS:
        raise Refused(f"{len(request.texts)} texts are too many at once.", f"Send at most {MOST_FLOATS // size}.")
    values = np.zeros((len(request.texts), size), np.float32)
    before = config.query_prefix if request.purpose == "query" else config.passage_prefix
    for number, text in enumerate(request.texts):
        if before or text:
            values[number] = _beginning(before + text, config.most_tokens, one)
        turn.step()
    lengths = np.linalg.norm(values, axis=1, keepdims=True)
    if not np.isfinite(lengths).all() or not lengths.all():
        raise Refused("The model can't process an empty text.", "Remove empty texts.")
    return Vectors(Tensor.of(values / lengths))


def _beginning(text: str, most: int, one: Callable[[str], list[float]]) -> list[float]:
    """Embed as much of a text's beginning as fits the model."""
    text = text[: most * _MOST_BYTES_A_TOKEN]
    for _ in range(_CUTS):
        try:
            return one(text)
        except TooLong as error:
            text = text[: int(len(text) * most / error.tokens * _NARROWER)]
    raise Refused("The text is too long to be read.", "Split it into shorter texts.")
