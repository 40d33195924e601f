"""Metadata of a GGUF file: its chat template, control tokens, and context length.

The format: https://github.com/ggml-org/ggml/blob/master/docs/gguf.md (versions 2 and 3, little-endian).
"""

from __future__ import annotations

import mmap
import struct
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import msgspec

from models.errors import Unusable

_MAGIC = b"GGUF"
_VERSIONS = (2, 3)
_MOST_KEYS = 10_000
_MOST_VALUES = 4_000_000
"""The maximum array length: the largest vocabularies have 260,000 tokens, each with a score and a type."""
_NUMBERS = dict(zip(range(8), "BbHhIif?", strict=True)) | {10: "Q", 11: "q", 12: "d"}
_STRING, _ARRAY = 8, 9
_UNKNOWN, _CONTROL, _USERS = 2, 3, 4


class Gguf(msgspec.Struct, frozen=True):
    """Metadata of a GGUF file.

    `control`: the texts of control tokens, such as `<|im_end|>`, with their numbers. `bos` and `eos`: tokens that begin
    and end a text, -1 if none. `context` (tokens) and `size` (of a vector): 0 if the file doesn't state them. `pools`:
    whether the file defines the pooling.
    """

    template: str
    control: dict[str, int]
    bos: int
    eos: int
    adds_bos: bool
    context: int
    size: int
    pools: bool = False

    def text_of(self, token: int) -> str:
        """A control token's text; "" for any other."""
        return next((text for text, number in self.control.items() if number == token), "")


def read(path: Path) -> Gguf:
    """Read a file's metadata. Raises Unusable if it's missing, damaged, or not GGUF."""
    try:
        with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
            said = _Reader(data).keys()
    except (OSError, ValueError, struct.error, IndexError) as error:
        advice = "Put the model's file there again, whole."
        raise Unusable(f"{path.name} can't be read as a GGUF model ({error}).", advice) from error
    return _from_metadata(said)


def _from_metadata(said: Mapping[str, Any]) -> Gguf:
    family = said.get("general.architecture", "")
    texts, kinds = said.get("tokenizer.ggml.tokens", ()), said.get("tokenizer.ggml.token_type", ())
    control = {
        text: number
        for number, (text, kind) in enumerate(zip(texts, kinds, strict=False))
        if kind in (_UNKNOWN, _CONTROL) or (kind == _USERS and text.startswith("<") and text.endswith(">"))
    }
    return Gguf(
        template=said.get("tokenizer.chat_template", ""),
        control={text: number for text, number in control.items() if len(text) > 1},
        bos=said.get("tokenizer.ggml.bos_token_id", -1),
        eos=said.get("tokenizer.ggml.eos_token_id", -1),
        adds_bos=said.get("tokenizer.ggml.add_bos_token", said.get("tokenizer.ggml.model") == "llama"),
        context=said.get(f"{family}.context_length", 0),
        size=said.get(f"{family}.embedding_length", 0),
        pools=bool(said.get(f"{family}.pooling_type", 0)),
    )


class _Reader:
    """A sequential reader. Raises ValueError or struct.error for a malformed file."""

    def __init__(self, data: mmap.mmap) -> None:
        self._data = data
        self._at = 0

    def keys(self) -> dict[str, Any]:
        if self._bytes(4) != _MAGIC:
            raise ValueError("it isn't a GGUF file")
        version = self._number("I")
        if version not in _VERSIONS:
            raise ValueError(f"its version is {version}")
        self._number("Q")  # skip the number of tensors
        count = self._number("Q")
        if count > _MOST_KEYS:
            raise ValueError(f"it claims to have {count} keys")
        return {self._string(): self._value(self._number("I")) for _ in range(count)}

    def _value(self, kind: int) -> Any:
        if kind == _STRING:
            return self._string()
        if kind == _ARRAY:
            return self._array(self._number("I"), self._number("Q"))
        if kind not in _NUMBERS:
            raise ValueError(f"it has a value of the kind {kind}")
        return self._number(_NUMBERS[kind])

    def _array(self, kind: int, count: int) -> list[Any]:
        if count > _MOST_VALUES:
            raise ValueError(f"it claims to have a list of {count} values")
        if kind in _NUMBERS:
            form = f"<{count}{_NUMBERS[kind]}"
            return list(struct.unpack(form, self._bytes(struct.calcsize(form))))
        read: Callable[[], Any] = self._string if kind == _STRING else lambda: self._value(kind)
        return [read() for _ in range(count)]

    def _number(self, form: str) -> Any:
        form = f"<{form}"
        return struct.unpack(form, self._bytes(struct.calcsize(form)))[0]

    def _string(self) -> str:
        return self._bytes(self._number("Q")).decode("utf-8", "replace")

    def _bytes(self, count: int) -> bytes:
        end = self._at + count
        if end > len(self._data):
            raise ValueError("it ends too early")
        found = self._data[self._at : end]
        self._at = end
        return found
