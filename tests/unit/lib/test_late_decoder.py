"""A decoder that is made when first used decodes as any other."""

from __future__ import annotations

import subprocess
import sys

import msgspec
import pytest

from edge.lib.late_decoder import late_decoder


class Drawer(msgspec.Struct):
    register: str
    sum_minor: int = 0


def test_it_decodes_each_time() -> None:
    decode = late_decoder(Drawer)
    assert decode(b'{"register": "1", "sum_minor": 5}') == Drawer("1", 5)
    assert decode('{"register": "2"}') == Drawer("2")


def test_what_is_wrong_is_refused() -> None:
    with pytest.raises(msgspec.ValidationError, match="register"):
        late_decoder(Drawer)(b'{"register": 1}')


def test_a_type_that_nothing_decodes_is_found_by_its_first_use() -> None:
    decode = late_decoder(object())
    with pytest.raises(TypeError):
        decode(b"1")


THREADS = """
import sys, threading, msgspec
from edge.lib.late_decoder import late_decoder
sys.setswitchinterval(1e-5)
kind = int
for number in range(60):
    kind = msgspec.defstruct(f"Struct{number}", [("inner", kind | None, None), ("names", dict[str, int] | None, None)])
data = b'{"inner":' * 20 + b"null" + b"}" * 20
begin = threading.Barrier(4)
def decode():
    begin.wait()
    late_decoder(kind)(data)
threads = [threading.Thread(target=decode) for _ in range(4)]
[one.start() for one in threads], [one.join() for one in threads]
"""


def test_threads_that_use_a_type_for_the_first_time_at_once_all_decode() -> None:
    """Without turns the process ends here (msgspec 0.22)."""
    done = subprocess.run([sys.executable, "-c", THREADS], capture_output=True, text=True, check=False, timeout=60)
    assert (done.returncode, done.stderr) == (0, "")
