"""Real devices, from the configuration that EDGE_HARDWARE names."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from edge.runtime.config import Device, load


@pytest.fixture(scope="session")
def devices() -> tuple[Device, ...]:
    """The devices to try; skips where none are named."""
    named = os.environ.get("EDGE_HARDWARE")
    if not named:
        pytest.skip("missing: real devices (EDGE_HARDWARE=config.toml, see tests/hardware/README.md)")
    return load(Path(named)).devices
