"""Language models in GGUF by xllamacpp: llama.cpp's own server inside the worker."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar, Literal

import msgspec

from models.engine import Model, Turn
from models.errors import Refused
from models.kinds import Complete, Completed, Token
from models.llm.gguf import read
from models.llm.llama_server import NO_REQUEST, TOO_LONG, Pieces, Refusal, serve
from models.llm.options import Options
from models.llm.prompt import Template, too_long
from models.llm.token_stream import TokenStream, grammar_for
from sandbox.landlock import Network


class _Choice(msgspec.Struct, frozen=True):
    text: str
    finish_reason: Literal["stop", "length"] | None = None


class _Progress(msgspec.Struct, frozen=True):
    total: int
    cache: int = 0


class _Usage(msgspec.Struct, frozen=True):
    completion_tokens: int


class _Piece(msgspec.Struct, frozen=True):
    """The fields we read from each streamed event."""

    choices: tuple[_Choice, ...] = ()
    prompt_progress: _Progress | None = None
    usage: _Usage | None = None
    error: Refusal | None = None


_decoder = msgspec.json.Decoder(_Piece)


class LlmXllamacpp:
    """A language model for one conversation at a time; the server caches their prefixes.

    It generates in separate threads that never pause, so it yields to the till only through their low priority and by
    avoiding one processor. If that isn't enough, llama-cpp-python pauses between tokens and uses fewer threads.
    """

    LIBRARY: ClassVar[str] = "xllamacpp"
    PARALLEL: ClassVar[int] = 1
    NETWORK: ClassVar[Network] = "listens"  # the library always opens a port

    Config = Options

    def __init__(self, config: Options, model: Model) -> None:
        self._config = config
        self._model = model

    def load(self) -> None:
        gguf = read(self._model.path)
        self._template = Template(gguf, self._config.template)
        self._context = self._config.fits(gguf.context)
        self._server = serve(self._model, self._context, self._config.batch, self._config.cache_mb)

    def run(self, request: Complete, turn: Turn[Token]) -> Completed:
        writing = TokenStream(request, turn)
        asked: dict[str, Any] = {
            "prompt": self._template.parts(request.messages, self._context),
            "n_predict": request.max_tokens,
            "temperature": request.temperature,
            "seed": request.seed,
            "cache_prompt": True,
            "stream": True,
            "return_progress": True,
        }
        if grammar := grammar_for(request):
            asked["grammar"] = grammar
        with Pieces(self._server, msgspec.json.encode(asked), turn) as pieces:
            return self._read_stream(pieces, writing)

    def _read_stream(self, pieces: Iterable[bytes], writing: TokenStream) -> Completed:
        tokens, progress = 0, _Progress(0)
        for said in pieces:
            piece = _decoder.decode(said)
            if piece.error:
                raise self._exception_for(piece.error)
            progress = piece.prompt_progress or progress
            choice = piece.choices[0]
            if choice.text:
                tokens += 1
                writing.write(choice.text)
            if writing.is_stopped or choice.finish_reason:
                tokens = piece.usage.completion_tokens if piece.usage else tokens
                ended: Literal["end", "length"] = "length" if choice.finish_reason == "length" else "end"
                return writing.finish(ended, progress.total, tokens, progress.cache)
        raise RuntimeError("llama.cpp's server ended without an answer")

    def close(self) -> None:
        pass  # its threads end with the process; the library's own shutdown waits for a batch

    def _exception_for(self, error: Refusal) -> Exception:
        if error.type == TOO_LONG:
            return too_long(self._context, error.n_prompt_tokens)
        if error.type == NO_REQUEST:
            return Refused(f"llama.cpp rejected this: {error.message}.", "Check the grammar.")
        return RuntimeError(error.message)
