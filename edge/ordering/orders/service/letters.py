"""Letters to customers about their orders, and the codes they sign in with."""

from __future__ import annotations

from edge.foundation.outbox.messages import LetterKind
from edge.foundation.outbox.service.letters.letter import LetterSource
from edge.ordering.orders.service.order_news import order_news
from edge.ordering.orders.service.sign_in_codes import sign_in_codes

LETTERS: dict[LetterKind, LetterSource] = {
    "order": lambda config, shop: order_news(config, shop.now_us),
    "code": lambda config, shop: sign_in_codes(config, shop.now_us),
}
