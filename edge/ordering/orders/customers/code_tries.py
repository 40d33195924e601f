"""Counts wrong pickup codes in memory, because a code is guessed within minutes or never."""

from __future__ import annotations

from collections import OrderedDict, deque

from edge.core.messages import Refusal

TRIES_MOST = 5
"""Maximum wrong attempts per order. After that its code is disabled, and staff hand it over by name or phone."""
WRONG_MOST = 20
WITHIN_US = 600 * 1_000_000
"""Time window for counting wrong codes at a register. Too many block code entry there for as long."""
ORDERS_KEPT = 1000
REGISTERS_KEPT = 100


class CodeTries:
    """A shop's wrong attempts."""

    def __init__(self) -> None:
        self._of_order: OrderedDict[str, int] = OrderedDict()
        self._at: OrderedDict[str, deque[int]] = OrderedDict()

    def refusal(self, register: str, at_us: int, order: str = "", said: str = "") -> None:
        """Raise `Refusal` if too many codes were wrong at this register or for this order."""
        wrong = self._at.get(register, deque())
        while wrong and wrong[0] <= at_us - WITHIN_US:
            wrong.popleft()
        if len(wrong) >= WRONG_MOST:
            raise Refusal("pickup_code_wait", {"minutes": -(-(wrong[0] + WITHIN_US - at_us) // 60_000_000)})
        if self.is_dead(order):
            raise Refusal("pickup_code_dead", {"said": said})

    def is_dead(self, order: str) -> bool:
        """Whether an order's code is disabled after too many attempts."""
        return self._of_order.get(order, 0) >= TRIES_MOST

    def wrong(self, register: str, at_us: int, order: str = "") -> None:
        """Record a wrong code."""
        self._at.setdefault(register, deque(maxlen=WRONG_MOST)).append(at_us)
        self._at.move_to_end(register)
        if order:
            self._of_order[order] = self._of_order.get(order, 0) + 1
            self._of_order.move_to_end(order)
        while len(self._of_order) > ORDERS_KEPT:
            self._of_order.popitem(last=False)
        while len(self._at) > REGISTERS_KEPT:
            self._at.popitem(last=False)
