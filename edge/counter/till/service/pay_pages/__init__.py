"""Payments on providers' pages.

Payments on pages of providers: a customer pays for an order on their own phone, wherever they are. Cards are
typed on the provider's page alone.

- Whether it was paid the provider is asked, never the address that a browser comes back to, nor a webhook: that
  only says "look". Open pages are looked at every few seconds.
- A page that nobody has the address of cannot be paid: where making one fails, whatever broke off, the payment is
  not begun, and the next try goes out under the next key. The same key makes the same page.
- Over after `[payments] page_minutes`, or as soon as another sum is due: the page is ended at the provider, and
  looked at once more, for it may have been paid meanwhile. What cannot be asked then is unknown, and is looked up
  on.
- What fits nothing goes back by itself: a second page of an order, one of an order that changed, another sum
  (`edge/ordering/orders/order_payments.py`).
- A card is given on a page in mode `setup`, which ends like any other. What is given there for nobody, as its
  customer was forgotten or has cards enough, is detached again.
- Stored cards are charged here, too: by payment intents with nobody there, each under its key; of a lost answer
  the customer's intents are looked through, and only what is not among them two minutes later surely did not
  begin. Revoked ones are detached, as often as it takes.
- Refunds go by the payment, in parts too; each under a key of its own, and one that broke off is looked up by
  that.
- A provider that does not answer is asked nothing for half a minute at most: what was paid meanwhile is found
  soon behind it.
- A key of the wrong mode (`sk_test_...` at a provider that is live) is asked nothing.

- Adyen's links say whether they were paid, and not by which payment: that comes with the signed webhook
  (`HearNews`), and money goes back by it. Without it a refund waits, and a person is told.

Tried on simulators alone (`sim/checkout`), written from Stripe's and Adyen's public pages.
"""
