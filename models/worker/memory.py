"""Memory shared by a caller and its worker: a memfd with slots, one for all tensors of a request.

The file has no name, so it disappears with the last process that has it open.
"""

from __future__ import annotations

import fcntl
import mmap
import os
from math import prod

import msgspec

from models.limits import INLINE_BYTES, SLOT_BYTES, SLOT_KEPT_BYTES
from models.tensor import SIZES, Laid, Tensor

_ALIGNED = 64
"""The alignment of tensors, for vector instructions."""


class Slots:
    """The caller's side: writes tensors. `fd` goes to the worker; unused pages take no memory."""

    def __init__(self, count: int) -> None:
        self.fd = os.memfd_create("models", os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING)
        os.ftruncate(self.fd, count * SLOT_BYTES)
        # seal it: shortening it under a reader would cause a SIGBUS (memfd_create(2))
        fcntl.fcntl(self.fd, fcntl.F_ADD_SEALS, fcntl.F_SEAL_SHRINK | fcntl.F_SEAL_GROW | fcntl.F_SEAL_SEAL)
        self._map = mmap.mmap(self.fd, count * SLOT_BYTES)
        self._free = list(range(count))

    def take(self) -> Slot:
        """Take a free slot. There are as many slots as requests that a worker may have."""
        return Slot(self._map, self._free.pop(), self._free)

    def close(self) -> None:
        self._map.close()
        os.close(self.fd)


class Slot:
    """The memory of one request's tensors."""

    def __init__(self, place: mmap.mmap, number: int, free: list[int]) -> None:
        self._map = place
        self._number = number
        self._free = free
        self._used = 0

    def lay(self, tensor: object) -> Laid:
        """Encode a tensor as msgspec's enc_hook: copy a large one to the slot, a small one into the message.

        Raises ValueError if there is no room.
        """
        if not isinstance(tensor, Tensor):
            raise TypeError(f"{type(tensor).__name__} can't be in a request")
        if tensor.nbytes <= INLINE_BYTES:
            return laid_inline(tensor)
        at = -(-self._used // _ALIGNED) * _ALIGNED
        if at + tensor.nbytes > SLOT_BYTES:
            raise ValueError(f"the arrays of a request have more than {SLOT_BYTES // 2**20} MiB")
        self._used = at + tensor.nbytes
        at += self._number * SLOT_BYTES
        self._map[at : at + tensor.nbytes] = tensor.data
        return Laid(tensor.shape, tensor.dtype, None, at)

    def give_back(self) -> None:
        """Release the slot when the worker is done."""
        if self._used > SLOT_KEPT_BYTES:
            start = self._number * SLOT_BYTES + SLOT_KEPT_BYTES
            self._map.madvise(mmap.MADV_REMOVE, start, self._used - SLOT_KEPT_BYTES)
        self._free.append(self._number)


class Shared:
    """The worker's side: reads tensors."""

    def __init__(self, fd: int) -> None:
        self._view = memoryview(mmap.mmap(fd, os.fstat(fd).st_size, prot=mmap.PROT_READ))

    def find(self, kind: type, raw: object) -> Tensor:
        """msgspec's dec_hook for tensors in requests."""
        laid = _tensor_layout(kind, raw)
        if laid.data is not None:
            return Tensor(laid.data, laid.shape, laid.dtype)
        size = prod(laid.shape) * SIZES.get(laid.dtype, 0)
        return Tensor(self._view[laid.at : laid.at + size], laid.shape, laid.dtype)


def laid_inline(tensor: object) -> Laid:
    """msgspec's enc_hook for answers, whose arrays are small."""
    if not isinstance(tensor, Tensor):
        raise TypeError(f"{type(tensor).__name__} can't be in an answer")
    return Laid(tensor.shape, tensor.dtype, tensor.data)  # type: ignore[arg-type]  # encoded like bytes


def found_inline(kind: type, raw: object) -> Tensor:
    """msgspec's dec_hook for answers."""
    laid = _tensor_layout(kind, raw)
    return Tensor(laid.data or b"", laid.shape, laid.dtype)


def _tensor_layout(kind: type, raw: object) -> Laid:
    if kind is not Tensor:
        raise TypeError(f"{kind.__name__} can't be in a message")
    return msgspec.convert(raw, Laid)
