"""The contract of all engines, with models of speech that no package carries: Vosk's, and voices for Piper."""

from __future__ import annotations

import pytest

from tests.contract.engine_rigs import Rig
from tests.contract.engines.test_engines import *  # noqa: F403 - its tests, with the rigs below
from tests.contract.rigs_speech import BROUGHT


@pytest.fixture(scope="module", params=BROUGHT, ids=lambda rig: f"{rig.kind}-{rig.engine}")  # type: ignore[no-redef]
def rig(request: pytest.FixtureRequest) -> Rig:
    """In place of the one of those tests."""
    made: Rig = request.param()
    return made
