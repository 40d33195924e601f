"""Payments on providers' pages.

A customer pays for an order on their own phone, anywhere. Card data is entered only on the provider's page.

- The provider decides whether a payment succeeded, never the return address or a webhook: those only trigger a check.
  Open pages are checked every few seconds.
- A page without a known address can't be paid: if creating one fails, the payment hasn't started, and the next attempt
  uses the next key. The same key returns the same page.
- A page ends after `[payments] page_minutes` or once the amount due changes: it's expired at the provider and checked
  once more, as it may have been paid meanwhile. If that check fails, the outcome is unknown and checked again later.
- Payments that match nothing are refunded automatically: a second page of an order, one of a changed order, a wrong
  amount (`edge/ordering/orders/paying/order_payments.py`).
- Cards are stored on a page in mode `setup`, which ends like any other. A card without a customer, because they were
  forgotten or have enough cards, is detached again.
- Stored cards are charged here too, by off-session payment intents with a key each. After a lost answer the customer's
  intents are searched; only one still missing after two minutes certainly didn't start. Revoked cards are detached,
  retrying as needed.
- Refunds go by payment, also partial ones; each has its own key, by which an interrupted one is looked up.
- A provider that doesn't answer is left alone for up to half a minute: payments made meanwhile are found soon after.
- A key of the wrong mode (`sk_test_...` with live payments) is never used.

- Adyen's links tell whether they were paid, but not by which payment: that arrives in the signed webhook (`HearNews`),
  and refunds need it. Without it a refund waits, and a person is alerted.

Tested with simulators only (`sim/checkout`), written from Stripe's and Adyen's public pages.
"""
