"""Text embeddings with an ONNX sentence model and its tokenizer: BERT and similar."""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal

import msgspec

from models.engine import Model, Turn
from models.errors import Refused, Unusable
from models.kinds import Embed, Nothing, Vectors
from models.onnx_session import Session, onnx_file
from models.tensor import Tensor

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, Any]

TOKENIZER = "tokenizer.json"
MOST_TEXTS = 4_096
"""Texts per request: their vectors go into one message."""
_MESSAGE_FLOATS = 900_000


class EmbedOnnx:
    """The model's files are its .onnx and its tokenizer.json, as written by Hugging Face's libraries."""

    LIBRARY: ClassVar[str] = "tokenizers"
    PARALLEL: ClassVar[int] = 1

    class Config(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
        query_prefix: Annotated[str, msgspec.Meta(description="prefix for queries, such as 'query: '")] = ""
        passage_prefix: Annotated[str, msgspec.Meta(description="prefix for documents")] = ""
        pool: Annotated[
            Literal["mean", "first"],
            msgspec.Meta(description="pooling of token vectors: mean or the first token"),
        ] = "mean"
        most_tokens: Annotated[
            int, msgspec.Meta(ge=8, le=8_192, description="maximum length; the rest of a text is ignored")
        ] = 512
        batch: Annotated[int, msgspec.Meta(ge=1, le=256, description="texts per batch")] = 16

    def __init__(self, config: Config, model: Model) -> None:
        self._config = config
        self._model = model

    def load(self) -> None:
        tokenizers = importlib.import_module(self.LIBRARY)
        self._session = Session(onnx_file(self._model), self._model.threads)
        self._takes = self._session.inputs
        if unknown := set(self._takes) - {"input_ids", "attention_mask", "token_type_ids"}:
            what = f"{self._session.name} needs {', '.join(sorted(unknown))}, which the tokenizer doesn't provide."
            raise Unusable(what, "Use a sentence embedding model.")
        self._words = self._tokenizer(tokenizers)
        try:
            self._dimensions = self._of(["warm"]).shape[1]
        except Refused as error:
            raise Unusable(error.what, error.advice) from error

    def _tokenizer(self, tokenizers: Any) -> Any:
        file = next((file for file in self._model.files if file.name == TOKENIZER), Path(TOKENIZER))
        try:
            words = tokenizers.Tokenizer.from_file(str(file))
        except Exception as error:  # the library raises no specific class, whatever is wrong with the file
            raise Unusable(f"{file} isn't a tokenizer ({error}).", "Use the one that came with the model.") from error
        words.enable_truncation(max_length=self._config.most_tokens)
        words.enable_padding()
        return words

    def run(self, request: Embed, turn: Turn[Nothing]) -> Vectors:
        import numpy as np

        texts = request.texts
        if len(texts) > MOST_TEXTS or len(texts) * self._dimensions > _MESSAGE_FLOATS:
            raise Refused(f"{len(texts)} texts are too many at once.", "Send fewer.")
        config = self._config
        prefix = config.query_prefix if request.purpose == "query" else config.passage_prefix
        values = np.zeros((len(texts), self._dimensions), np.float32)
        # batch similar lengths, as each batch takes as long as its longest text
        order = sorted(range(len(texts)), key=lambda number: len(texts[number]))
        for start in range(0, len(order), config.batch):
            numbers = order[start : start + config.batch]
            values[numbers] = self._of([prefix + texts[number] for number in numbers])
            turn.step()
        return Vectors(Tensor.of(values))

    def close(self) -> None:
        pass

    def _of(self, texts: list[str]) -> Array:
        """Embed texts: float32 (texts, dimensions), each of length 1. Raises Refused."""
        import numpy as np

        found = self._words.encode_batch(texts)
        mask = np.array([one.attention_mask for one in found], np.int64)
        given = {
            "input_ids": np.array([one.ids for one in found], np.int64),
            "attention_mask": mask,
            "token_type_ids": np.array([one.type_ids for one in found], np.int64),
        }
        answer = self._session.run({name: given[name].astype(kind) for name, (_, kind) in self._takes.items()})[0]
        if answer.ndim == 3:
            answer = answer[:, 0] if self._config.pool == "first" else _mean(answer, mask)
        if answer.ndim != 2 or len(answer) != len(texts):
            raise Refused(
                f"{self._session.name} answers {answer.shape} instead of one vector per text.", "Use another model."
            )
        vectors: Array = answer / np.maximum(np.linalg.norm(answer, axis=1, keepdims=True), 1e-12)
        return vectors


def _mean(answer: Array, mask: Array) -> Array:
    """The mean over each text's tokens, without padding."""
    counted = mask[..., None].astype(answer.dtype)
    mean: Array = (answer * counted).sum(1) / counted.sum(1).clip(min=1)
    return mean
