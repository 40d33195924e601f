"""The contract of language models, with one that is installed: what the small model of the tests can't show."""

from __future__ import annotations

import os
from pathlib import Path

import msgspec
import pytest

from edge.runtime.config import load
from models.manifest.availability import find
from models.runtime.worker_host import Plan
from tests.contract.engines.test_llm import *  # noqa: F403 - its tests, with the rig below
from tests.contract.rigs_llm import CONTEXT, LlmRig


class InstalledRig(LlmRig):
    """A model of the configuration that EDGE_HARDWARE names: the one in `[models.use]`, or the first that is here."""

    def plan(self, folder: Path) -> Plan:
        named = os.environ.get("EDGE_HARDWARE")
        if not named:
            pytest.skip("missing: a language model (EDGE_HARDWARE=config.toml, see tests/hardware/README.md)")
        config = load(Path(named))
        entries = [entry for entry in config.models.entries().values() if entry.kind == "llm"]
        for entry in sorted(entries, key=lambda entry: entry.name != config.models.use.get("llm")):
            found = find(entry, config.folder / "models", config.models.threads)
            if isinstance(found, Plan):
                return msgspec.structs.replace(found, options={**found.options, "context": CONTEXT})
        pytest.skip("missing: a language model whose files are here")


@pytest.fixture(scope="module")  # type: ignore[no-redef]  # in place of the one of those tests
def rig() -> LlmRig:
    return InstalledRig()
