"""Arrays in messages: a buffer with its shape and type. numpy is loaded only when an array is requested."""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING, Any

import msgspec

if TYPE_CHECKING:
    import numpy as np

Buffer = bytes | bytearray | memoryview
SIZES = {"uint8": 1, "int16": 2, "int32": 4, "int64": 8, "float16": 2, "float32": 4}


class Tensor:
    """An array in C order. `data`: bytes or a buffer of exactly that size; `dtype`: a name in SIZES.

    In a worker it may be in memory shared with the caller: read-only, and invalid after the request.
    """

    __slots__ = ("data", "dtype", "shape")

    def __init__(self, data: Buffer, shape: tuple[int, ...], dtype: str = "uint8") -> None:
        self.data = memoryview(data).cast("B")
        self.shape = shape
        self.dtype = dtype
        if dtype not in SIZES or any(side < 0 for side in shape) or self.data.nbytes != prod(shape) * SIZES[dtype]:
            raise ValueError(f"{self.data.nbytes} bytes aren't a {dtype} array of shape {shape}")

    @classmethod
    def of(cls, array: np.ndarray[Any, Any]) -> Tensor:
        """A tensor over a numpy array's memory; copied only if that isn't in C order."""
        import numpy as np

        whole = np.ascontiguousarray(array)
        return cls(whole.reshape(-1).view(np.uint8).data, whole.shape, whole.dtype.name)

    @property
    def nbytes(self) -> int:
        return self.data.nbytes

    def array(self) -> np.ndarray[Any, Any]:
        """A numpy array over the same memory; read-only if that is."""
        import numpy as np

        return np.frombuffer(self.data, dtype=self.dtype).reshape(self.shape)


class Laid(msgspec.Struct, frozen=True, array_like=True):
    """A tensor in a message: its bytes, or their offset (`at`) in the request's shared memory."""

    shape: tuple[int, ...]
    dtype: str
    data: bytes | None = None
    at: int = 0
