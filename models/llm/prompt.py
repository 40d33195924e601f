"""A conversation in the model's format: its chat template, in which no content can become a control token.

The template is a Jinja2 program in the model's file, as in transformers
(https://huggingface.co/docs/transformers/chat_templating); it runs in Jinja2's sandbox.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterable, Iterator
from typing import Any

from models.errors import Refused, Unusable
from models.kinds import Message
from models.llm.gguf import Gguf

Part = int | str
"""A control token's number, or text without control tokens."""

_CUT = "\ufdd0"
"""A noncharacter (Unicode, section 23.7) that marks where a text is split."""
_MOST_BYTES_A_TOKEN = 32
"""A text with more bytes per token of context is too long without tokenising it."""


class Template:
    """A model's chat template. Raises Unusable if it's missing or unsupported."""

    def __init__(self, gguf: Gguf, own: str = "") -> None:
        from jinja2 import TemplateError
        from jinja2.sandbox import ImmutableSandboxedEnvironment

        source = own or gguf.template
        if not source:
            advice = "Give it one in its options (template), or take the instruct version of the model."
            raise Unusable("The model has no chat template.", advice)
        self._gguf = gguf
        self._fault = TemplateError
        texts = sorted(gguf.control, key=len, reverse=True)
        any_text = "|".join(map(re.escape, texts)) or r"(?!)"
        self._starts = re.compile(f"(?=(?:{any_text}))")
        self._control = re.compile(f"({any_text})")
        jinja = ImmutableSandboxedEnvironment(
            trim_blocks=True, lstrip_blocks=True, extensions=["jinja2.ext.loopcontrols"]
        )
        jinja.globals.update(raise_exception=_raise, strftime_now=time.strftime)
        try:
            self._template = jinja.from_string(source)
        except TemplateError as error:
            raise Unusable(f"The model's chat template isn't supported ({error}).", "Use another model.") from error

    def parts(self, messages: Iterable[Message], context: int) -> list[Part]:
        """The model's prompt. Raises Refused for an unsupported or too long conversation."""
        said = [{"role": one.role, "content": self._harmless(one.content)} for one in messages]
        if sum(len(one["content"].encode()) for one in said) > context * _MOST_BYTES_A_TOKEN:
            raise too_long(context)
        try:
            text = self._template.render(messages=said, **self._template_values())
        except self._fault as error:
            raise Refused(f"The model doesn't accept this conversation ({error}).", "Rephrase the request.") from error
        except (TypeError, ValueError, LookupError, ArithmeticError) as error:
            raise Refused(f"The model's chat template failed ({error!r}).", "Rephrase the request.") from error
        parts = list(self._cut(text))
        bos = self._gguf.bos
        if not any(isinstance(part, int) for part in parts) and not self._gguf.adds_bos:
            return [" ".join(map(str, parts))]  # a template without control tokens
        return [bos, *parts] if self._gguf.adds_bos and bos >= 0 and parts[:1] != [bos] else parts

    def _template_values(self) -> dict[str, Any]:
        gguf = self._gguf
        begins, ends = gguf.text_of(gguf.bos), gguf.text_of(gguf.eos)
        return {"add_generation_prompt": True, "enable_thinking": False, "bos_token": begins, "eos_token": ends}

    def _harmless(self, content: str) -> str:
        """Split content wherever it would be read as a control token."""
        clean = content.replace(_CUT, "\ufffd")
        places = [found.start() + 1 for found in self._starts.finditer(clean)]
        return _CUT.join(clean[start:end] for start, end in zip([0, *places], [*places, None], strict=True))

    def _cut(self, text: str) -> Iterator[Part]:
        for piece in text.split(_CUT):
            for part in self._control.split(piece):
                if part:
                    yield self._gguf.control.get(part, part)


def too_long(context: int, tokens: int = 0) -> Refused:
    """The refusal of a conversation that is too long."""
    said = f"with {tokens} tokens " if tokens else ""
    return Refused(
        f"The conversation {said}is longer than the model's limit of {context} tokens.",
        "Remove its oldest messages, or set a longer context in the model's options.",
    )


def _raise(message: str) -> None:
    from jinja2 import TemplateError

    raise TemplateError(message)
