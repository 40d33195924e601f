"""Letters to customers about their accounts and wish lists."""

from __future__ import annotations

from edge.foundation.outbox.messages import LetterKind
from edge.foundation.outbox.service.letters.letter import LetterSource
from edge.ordering.customer_accounts.service.account_letters import account_letters
from edge.ordering.customer_accounts.service.wish_news import wish_news

LETTERS: dict[LetterKind, LetterSource] = {
    "account": lambda config, shop: account_letters(config, shop.now_us),
    "wish": lambda config, shop: wish_news(config, shop.now_us),
}
