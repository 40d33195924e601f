"""What the table of engines promises, without any of them being loaded."""

from __future__ import annotations

import subprocess
import sys

import msgspec
import pytest

from models.registry import ENGINES, load_class
from tests.contract.engines.test_engines import RIGS
from tests.contract.rigs_speech import BROUGHT

SLOW_LIBRARIES = {"cv2", "llama_cpp", "numpy", "onnxruntime", "piper", "pocketsphinx", "rapidocr", "vosk", "xllamacpp"}


def test_no_engines_module_loads_anything_slow() -> None:
    modules = sorted({place.partition(":")[0] for place in ENGINES.values()})
    program = f"import sys, {', '.join(modules)}; print(*{{name.partition('.')[0] for name in sys.modules}})"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60)
    assert not SLOW_LIBRARIES & set(done.stdout.split())


@pytest.mark.parametrize("place", ENGINES.values(), ids=lambda place: place.partition(":")[2])
def test_an_engines_options_explain_themselves(place: str) -> None:
    config = load_class(place).Config
    assert config()
    assert config.__struct_config__.forbid_unknown_fields
    _, parts = msgspec.json.schema_components([config])
    for name, schema in parts[config.__name__].get("properties", {}).items():
        assert schema.get("description"), name


def test_every_engine_of_the_registry_has_a_rig() -> None:
    rigged = {(rig.kind, rig.engine) for rig in (*RIGS, *BROUGHT)}
    assert set(ENGINES) <= rigged
