"""Arrays as they travel: a buffer with its shape and type. numpy is loaded by whoever asks for an array."""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING, Any

import msgspec

if TYPE_CHECKING:
    import numpy as np

Buffer = bytes | bytearray | memoryview
SIZES = {"uint8": 1, "int16": 2, "int32": 4, "int64": 8, "float16": 2, "float32": 4}


class Tensor:
    """An array in C order. `data` is bytes or any buffer of exactly that many; `dtype` a name of SIZES.

    What a worker gets may lie in memory shared with the asker: it is read-only, and gone when the request has ended.
    """

    __slots__ = ("data", "dtype", "shape")

    def __init__(self, data: Buffer, shape: tuple[int, ...], dtype: str = "uint8") -> None:
        self.data = memoryview(data).cast("B")
        self.shape = shape
        self.dtype = dtype
        if dtype not in SIZES or any(side < 0 for side in shape) or self.data.nbytes != prod(shape) * SIZES[dtype]:
            raise ValueError(f"{self.data.nbytes} bytes are no {dtype} array of shape {shape}")

    @classmethod
    def of(cls, array: np.ndarray[Any, Any]) -> Tensor:
        """A numpy array as it lies in memory; copied only where that is not in C order."""
        import numpy as np

        whole = np.ascontiguousarray(array)
        return cls(whole.reshape(-1).view(np.uint8).data, whole.shape, whole.dtype.name)

    @property
    def nbytes(self) -> int:
        return self.data.nbytes

    def array(self) -> np.ndarray[Any, Any]:
        """The same memory as a numpy array; read-only where the memory is."""
        import numpy as np

        return np.frombuffer(self.data, dtype=self.dtype).reshape(self.shape)


class Laid(msgspec.Struct, frozen=True, array_like=True):
    """A tensor in a message: its bytes, or where (`at`) they lie in the shared memory of the request."""

    shape: tuple[int, ...]
    dtype: str
    data: bytes | None = None
    at: int = 0
