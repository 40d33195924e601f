"""Models' files: the manifest, whether they are here, and whether they all fit into the box."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import pytest

from models.manifest import BadEntry, Entry, entries
from models.manifest.availability import damaged_files, find, package_folder, place_of, usual_threads
from models.manifest.memory_plan import box_mb, plan_memory, usual_mb
from models.registry import ENGINES, BadOptions, check_options, engine_class, engines_of
from models.runtime import Absent
from models.runtime.worker_host import Plan
from tests.toy_engines import ENGINES as TOYS

CONTENT = b"weights"
SHA256 = hashlib.sha256(CONTENT).hexdigest()
TOY: dict[str, Any] = {
    "name": "toy",
    "kind": "llm",
    "engine": "toy",
    "size_mb": 1,
    "memory_mb": 64,
    "licence": "MIT",
    "languages": ["en"],
}


def entry(**more: Any) -> Entry:
    return entries([{**TOY, **more}])["toy"]


def found(made: Entry, folder: Path) -> Plan | Absent:
    return find(made, folder, 2, TOYS)


def test_the_shipped_manifest_is_sound_and_names_no_address() -> None:
    for made in entries().values():
        assert not made.address
        assert made.licence
        assert made.memory_mb >= made.size_mb or not made.files
        check_options(engine_class(made.kind, made.engine), made.options)
        assert all(made.files.values()) or not made.package, "what a package carries has a known checksum"


def test_every_shipped_model_of_a_package_is_here_and_sound(tmp_path: Path) -> None:
    for made in entries().values():
        if made.package:
            place = place_of(made, tmp_path)
            if place is None:
                pytest.skip(f"missing: {made.package}")
            assert list(damaged_files(made, place)) == []


def test_a_shop_says_otherwise_and_adds_its_own() -> None:
    made = entry(options={"load": "well"}, threads=3)
    assert made.options == {"load": "well"}
    shipped = next(iter(entries()), None)
    if shipped:
        ours = entries([{"name": shipped, "address": "https://models.example/x"}])
        assert ours[shipped].address == "https://models.example/x"
        assert ours[shipped].kind == entries()[shipped].kind


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"name": "../etc"}, "name"),
        ({"kind": "oracle"}, "oracle"),
        ({"colour": 1}, "colour"),
        ({"address": "ftp://x"}, "addr"),
    ],
)
def test_a_wrong_entry_is_named_by_its_number(wrong: dict[str, Any], said: str) -> None:
    with pytest.raises(BadEntry, match=said) as caught:
        entries([TOY, {**TOY, "name": "other", **wrong}])
    assert caught.value.number == 1


def test_the_shops_folder_comes_before_the_package(tmp_path: Path) -> None:
    made = entry(files={"__init__.py": ""}, package="msgspec")
    plan = found(made, tmp_path)
    assert isinstance(plan, Plan)
    assert plan.folder == str(package_folder("msgspec"))
    (tmp_path / "toy").mkdir()
    (tmp_path / "toy" / "__init__.py").touch()
    plan = found(made, tmp_path)
    assert isinstance(plan, Plan)
    assert (plan.folder, plan.files) == (str(tmp_path / "toy"), (str(tmp_path / "toy" / "__init__.py"),))
    assert (plan.place, plan.threads, plan.memory_mb) == ("tests.toy_engines:ToyWriter", 2, 64)


def test_what_is_missing_is_a_state_with_what_to_do(tmp_path: Path) -> None:
    without = found(entry(files={"a.gguf": ""}), tmp_path)
    assert isinstance(without, Absent)
    assert without.what == "toy is not here."
    assert without.advice == f"Put a.gguf into {tmp_path / 'toy'}."
    address = found(entry(files={"a.gguf": SHA256}, address="https://x.example"), tmp_path)
    assert isinstance(address, Absent)
    assert address.advice.endswith("or run: edge models fetch toy.")
    program = found(entry(program="no-such-program"), tmp_path)
    assert isinstance(program, Absent)
    assert program.keys["why"] == "program"


def test_a_model_that_was_unpacked_one_folder_too_deep_or_in_part_is_told_apart_from_none(tmp_path: Path) -> None:
    made = entry(files={"am/final.mdl": "", "graph": ""})
    deeper = tmp_path / "toy" / "vosk-model-small-en-us-0.15"
    (deeper / "am").mkdir(parents=True)
    (deeper / "am" / "final.mdl").touch()
    none = found(made, tmp_path)
    assert isinstance(none, Absent)
    assert none.what == "toy is not here."
    (deeper / "graph").mkdir()
    deep = found(made, tmp_path)
    assert isinstance(deep, Absent)
    assert deep.advice == f"Move the contents of {deeper} up to {tmp_path / 'toy'}."
    (deeper / "graph").rename(tmp_path / "toy" / "graph")
    part = found(made, tmp_path)
    assert isinstance(part, Absent)
    assert (part.what, part.advice) == ("toy is here in part.", f"Put am/final.mdl into {tmp_path / 'toy'}.")


def test_a_library_that_is_missing_is_a_state(tmp_path: Path) -> None:
    toys = {**TOYS, ("llm", "toy"): "tests.toy_engines:ToyWithoutLibrary"}
    absent = find(entry(), tmp_path, 2, toys)
    assert isinstance(absent, Absent)
    assert absent.keys["thing"] == "a_library_that_nobody_has"


def test_a_damaged_file_is_found(tmp_path: Path) -> None:
    (tmp_path / "toy").mkdir()
    (tmp_path / "toy" / "good").write_bytes(CONTENT)
    (tmp_path / "toy" / "bad").write_bytes(b"weight5")
    made = entry(files={"good": SHA256, "bad": SHA256, "own": ""})
    (tmp_path / "toy" / "own").write_bytes(b"whatever")
    place = place_of(made, tmp_path)
    assert place
    assert list(damaged_files(made, place)) == ["bad"]


def test_an_unknown_engine_or_option_is_named_with_what_there_is() -> None:
    with pytest.raises(BadOptions, match="Did you mean 'toy'"):
        engine_class("llm", "tiy", TOYS)
    with pytest.raises(BadOptions, match="Did you mean 'load'"):
        check_options(engine_class("llm", "toy", TOYS), {"lod": "well"})
    with pytest.raises(BadOptions, match="isn't valid") as caught:
        check_options(engine_class("llm", "toy", TOYS), {"load": 3})
    assert caught.value.key == "load"
    assert engines_of("llm", TOYS) == ["toy"]
    assert engines_of("oracle", TOYS) == []
    assert set(ENGINES.values()).isdisjoint(TOYS.values())


MODELS = (("llm", "llm", 1_200), ("stt", "stt", 400), ("tts", "tts", 150), ("ocr", "ocr", 500), ("huge", "llm", 9_000))


def test_a_plan_for_a_box_of_four_gigabytes() -> None:
    plan = plan_memory(MODELS, ("stt", "tts"), 4_096, usual_mb(4_096))
    assert plan.models_mb == 1_843
    assert plan.kept_mb == 550
    assert {row.name: row.how for row in plan.rows} == {
        "llm": "on demand",
        "stt": "kept",
        "tts": "kept",
        "ocr": "on demand",
        "huge": "too large",
    }
    assert plan.crowded == ()
    assert not plan.fits
    assert plan_memory(MODELS[:4], ("stt", "tts"), 4_096, 1_843).fits


def test_a_plan_says_what_it_cannot_keep_and_what_pushes_others_out() -> None:
    plan = plan_memory(MODELS[:4], ("llm", "ocr", "stt"), 4_096, 1_700)
    assert plan.dropped == ("stt",)
    assert plan.crowded == ("stt", "tts")


def test_this_box() -> None:
    assert box_mb() > 500
    assert usual_mb(100) == 256
    assert 1 <= usual_threads() <= 4
