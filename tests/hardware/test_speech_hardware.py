"""The contract of all engines, with models of speech that no package carries: Vosk's, and voices for Piper."""

from __future__ import annotations

import pytest

from tests.contract.engines.test_engines import *  # noqa: F403 - its tests, with the rigs below
from tests.contract.rigs_speech import BROUGHT


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:  # type: ignore[no-redef]
    """In place of the rigs of those tests."""
    if "rig" in metafunc.fixturenames:
        ids = [f"{rig.kind}-{rig.engine}" for rig in BROUGHT]
        metafunc.parametrize("rig", BROUGHT, ids=ids, indirect=True, scope="module")
