"""How often pickup codes were typed wrong: in memory, for a code is guessed within minutes or not at all."""

from __future__ import annotations

from collections import OrderedDict, deque

from edge.core.messages import Refusal

TRIES_MOST = 5
"""Wrong tries for one order; then its code opens nothing, and staff hand it over by name or phone."""
WRONG_MOST = 20
WITHIN_US = 600 * 1_000_000
"""So many wrong codes at one register within this time close its field for as long."""
ORDERS_KEPT = 1000
REGISTERS_KEPT = 100


class CodeTries:
    """The wrong tries of a shop."""

    def __init__(self) -> None:
        self._of_order: OrderedDict[str, int] = OrderedDict()
        self._at: OrderedDict[str, deque[int]] = OrderedDict()

    def refusal(self, register: str, at_us: int, order: str = "", said: str = "") -> None:
        """`Refusal`: why no code is looked at now: too many were wrong here, or for this order."""
        wrong = self._at.get(register, deque())
        while wrong and wrong[0] <= at_us - WITHIN_US:
            wrong.popleft()
        if len(wrong) >= WRONG_MOST:
            raise Refusal("pickup_code_wait", {"minutes": -(-(wrong[0] + WITHIN_US - at_us) // 60_000_000)})
        if self.is_dead(order):
            raise Refusal("pickup_code_dead", {"said": said})

    def is_dead(self, order: str) -> bool:
        """Whether an order's code was guessed at too often."""
        return self._of_order.get(order, 0) >= TRIES_MOST

    def wrong(self, register: str, at_us: int, order: str = "") -> None:
        """A code was wrong."""
        self._at.setdefault(register, deque(maxlen=WRONG_MOST)).append(at_us)
        self._at.move_to_end(register)
        if order:
            self._of_order[order] = self._of_order.get(order, 0) + 1
            self._of_order.move_to_end(order)
        while len(self._of_order) > ORDERS_KEPT:
            self._of_order.popitem(last=False)
        while len(self._at) > REGISTERS_KEPT:
            self._at.popitem(last=False)
