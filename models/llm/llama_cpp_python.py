"""Language models in GGUF by llama-cpp-python, where it's compiled: it can pause between any two tokens."""

from __future__ import annotations

from typing import ClassVar

from models.engine import Model, Turn
from models.errors import Refused
from models.kinds import Complete, Completed, Token
from models.llm.context import Context
from models.llm.gguf import read
from models.llm.options import Options
from models.llm.prompt import Template, too_long
from models.llm.token_stream import TokenStream, grammar_for


class LlmLlamaCppPython:
    """A language model by llama-cpp-python, for one conversation at a time."""

    LIBRARY: ClassVar[str] = "llama_cpp"
    PARALLEL: ClassVar[int] = 1

    Config = Options

    def __init__(self, config: Options, model: Model) -> None:
        self._config = config
        self._model = model

    def load(self) -> None:
        gguf = read(self._model.path)
        self._template = Template(gguf, self._config.template)
        length = self._config.fits(gguf.context)
        self._context = Context(self._model, length, self._config.batch, self._config.cache_mb)

    def run(self, request: Complete, turn: Turn[Token]) -> Completed:
        context = self._context
        grammar = grammar_for(request)
        writing = TokenStream(request, turn)
        tokens = context.tokens_of(self._template.parts(request.messages, context.length))
        if not tokens:
            raise Refused("The conversation is empty.", "Say something.")
        if len(tokens) >= context.length:
            raise too_long(context.length, len(tokens))
        with context.sampler(grammar, request.temperature, request.seed) as sampler:
            cached = context.read(tokens, turn)
            most = min(request.max_tokens, context.length - len(tokens))
            text = context.characters()
            for number in range(1, most + 1):
                token = sampler.next()
                if context.ends(token):
                    return writing.finish("end", len(tokens), number, cached)
                if piece := text.decode(context.bytes_of(token)):
                    writing.write(piece)
                if writing.is_stopped:
                    return writing.finish("end", len(tokens), number, cached)
                if number < most:
                    context.go_on(token, turn)
        return writing.finish("length", len(tokens), most, cached)

    def close(self) -> None:
        pass  # the process ends after this
