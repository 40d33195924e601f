"""A decoder that is made when first used decodes as any other."""

from __future__ import annotations

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
