"""The llama.cpp state of a conversation, through llama-cpp-python's ctypes, with cached prefixes.

The functions are those of llama.h: https://github.com/ggml-org/llama.cpp/blob/master/include/llama.h.
"""

from __future__ import annotations

import codecs
import ctypes
import time
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any

from models.engine import Model, Turn
from models.errors import Refused, Unusable
from models.llm.prefix_cache import Beginnings, alike
from models.llm.prompt import Part

STEP_S = 0.1
"""Interval of cancellation checks during prompt evaluation."""
TOKEN_CACHE = 64
"""Number of tokenised texts to cache, as a shop's system prompt and conversation are part of every question."""
_LEAST_AT_ONCE = 8
_PIECE_BYTES = 256
_CHANCES = {"top_k": 40, "top_p": 0.95, "min_p": 0.05}
"""Sampling parameters at a temperature, as in llama.cpp's server."""


class Context:
    """A model's context in llama.cpp. `length`: the maximum tokens. Raises Unusable if the model doesn't load."""

    def __init__(self, model: Model, length: int, batch: int, cache_mb: int) -> None:
        import llama_cpp

        self.length = length
        self._c: Any = llama_cpp
        self._batch = self._at_once = batch
        self._threads = model.threads
        self._quiet = llama_cpp.llama_log_callback(_say_nothing)
        llama_cpp.llama_log_set(self._quiet, ctypes.c_void_p(0))
        llama_cpp.llama_backend_init()
        self._model = llama_cpp.llama_model_load_from_file(str(model.path).encode(), _on_the_processor(llama_cpp))
        self._context = self._create_context() if self._model else None
        if not self._context:
            advice = "Put the model's file there again, or give it less context."
            raise Unusable(f"llama.cpp can't load {model.path.name}.", advice)
        self._vocabulary = llama_cpp.llama_model_get_vocab(self._model)
        self._memory = llama_cpp.llama_get_memory(self._context)
        self._cut = lru_cache(TOKEN_CACHE)(self._tokens)
        self._held: list[int] = []
        self._beginnings = Beginnings(cache_mb * 2**20)

    def _create_context(self) -> Any:
        params = self._c.llama_context_default_params()
        params.n_ctx, params.n_batch, params.n_ubatch = self.length, self._batch, self._batch
        params.n_threads = params.n_threads_batch = self._threads
        params.flash_attn_type = self._c.LLAMA_FLASH_ATTN_TYPE_DISABLED  # slower on a CPU: see the package's docstring
        return self._c.llama_init_from_model(self._model, params)

    def tokens_of(self, parts: Iterable[Part]) -> list[int]:
        """Tokenise parts, with a cache of recent texts.

        Control tokens are given only as numbers; a text contains none.
        """
        found: list[int] = []
        for part in parts:
            found += [part] if isinstance(part, int) else self._cut(part)
        return found

    def _tokens(self, part: str) -> list[int]:
        text = part.encode()
        room = len(text) + 2
        tokens = (self._c.llama_token * room)()
        count = self._c.llama_tokenize(self._vocabulary, text, len(text), tokens, room, False, False)
        return list(tokens[: max(count, 0)])

    def bytes_of(self, token: int) -> bytes:
        """Return the bytes of a token's text; empty for a control token. A token may end within a character."""
        buffer = ctypes.create_string_buffer(_PIECE_BYTES)
        count = self._c.llama_token_to_piece(self._vocabulary, token, buffer, _PIECE_BYTES, 0, False)
        return buffer.raw[: max(count, 0)]

    def characters(self) -> codecs.IncrementalDecoder:
        """A decoder that turns tokens' bytes into whole characters."""
        return codecs.getincrementaldecoder("utf-8")("replace")

    def ends(self, token: int) -> bool:
        return bool(self._c.llama_vocab_is_eog(self._vocabulary, token))

    def read(self, tokens: Sequence[int], turn: Turn[Any]) -> int:
        """Evaluate a prompt. Returns the number of its tokens that were cached."""
        known = self._recall(tokens)
        at = known
        while at < len(tokens):
            began_s = time.monotonic()
            count = next_piece(len(tokens) - at, self._at_once, self._batch)
            self._decode(tokens[at : at + count], turn)
            at += count
            pace = count / max(time.monotonic() - began_s, 1e-6)
            self._at_once = max(_LEAST_AT_ONCE, min(self._batch, int(pace * STEP_S)))
            turn.step()
        return known

    def go_on(self, token: int, turn: Turn[Any]) -> None:
        """Evaluate the chosen token."""
        self._decode([token], turn)

    def sampler(self, grammar: str, temperature: float, seed: int) -> Sampler:
        return Sampler(self._c, self._context, self._vocabulary, grammar, temperature, seed)

    def _recall(self, tokens: Sequence[int]) -> int:
        """Restore the longest known prefix and return its length.

        Its last token is evaluated again, to predict the next one.
        """
        known, state = alike(self._held, tokens), self._beginnings.best(tokens)
        if known < len(self._held) // 2 or (state and state.alike > known):
            self._keep()
        if state and state.alike > known:
            self._c.llama_memory_clear(self._memory, True)
            if self._c.llama_state_seq_set_data(self._context, state.data, len(state.data), 0):
                self._held, known = list(state.tokens), state.alike
            else:
                self._held, known = [], 0
        known = min(known, len(tokens) - 1)
        if not self._c.llama_memory_seq_rm(self._memory, 0, known, -1):
            self._c.llama_memory_clear(self._memory, True)  # models of this kind can't go back
            known = 0
        del self._held[known:]
        return known

    def _keep(self) -> None:
        size = self._c.llama_state_seq_get_size(self._context, 0)
        if self._held and self._beginnings.has_room(size):
            data = (ctypes.c_uint8 * size)()
            self._c.llama_state_seq_get_data(self._context, data, size, 0)
            self._beginnings.keep(self._held, data)

    def _decode(self, tokens: Sequence[int], turn: Turn[Any]) -> None:
        if turn.threads != self._threads:
            self._threads = turn.threads
            self._c.llama_set_n_threads(self._context, self._threads, self._threads)
        array = (self._c.llama_token * len(tokens))(*tokens)
        if code := self._c.llama_decode(self._context, self._c.llama_batch_get_one(array, len(tokens))):
            self._c.llama_memory_clear(self._memory, True)
            self._held = []
            raise RuntimeError(f"llama_decode returned {code}")
        self._held += tokens


class Sampler:
    """Chooses the next token. Raises Refused for an invalid grammar; close it to free its memory."""

    def __init__(self, c: Any, context: Any, vocabulary: Any, grammar: str, temperature: float, seed: int) -> None:
        self._c = c
        self._context = context
        bound = c.llama_sampler_init_grammar(vocabulary, grammar.encode(), b"root") if grammar else None
        if grammar and not bound:
            raise Refused("llama.cpp rejected this grammar.", "Check the grammar.")
        self._chain = c.llama_sampler_chain_init(c.llama_sampler_chain_default_params())
        for sampler in (bound, *self._sampler_chain(temperature, seed)):
            if sampler:
                c.llama_sampler_chain_add(self._chain, sampler)

    def _sampler_chain(self, temperature: float, seed: int) -> list[Any]:
        c = self._c
        if not temperature:
            return [c.llama_sampler_init_greedy()]
        return [
            c.llama_sampler_init_top_k(int(_CHANCES["top_k"])),
            c.llama_sampler_init_top_p(_CHANCES["top_p"], 1),
            c.llama_sampler_init_min_p(_CHANCES["min_p"], 1),
            c.llama_sampler_init_temp(temperature),
            c.llama_sampler_init_dist(seed),
        ]

    def next(self) -> int:
        return int(self._c.llama_sampler_sample(self._chain, self._context, -1))

    def __enter__(self) -> Sampler:
        return self

    def __exit__(self, *_: object) -> None:
        self._c.llama_sampler_free(self._chain)


def next_piece(left: int, at_once: int, most: int) -> int:
    """Return the length of the next of equal pieces, each about `at_once` long.

    A remainder of one or two tokens would take as long as five.
    """
    return min(-(-left // max(1, round(left / at_once))), most)


def _on_the_processor(c: Any) -> Any:
    params = c.llama_model_default_params()
    params.n_gpu_layers = 0
    return params


def _say_nothing(level: int, text: bytes, data: object) -> None:
    """Discard the library's log, as it isn't actionable. Errors are reported in other ways."""
