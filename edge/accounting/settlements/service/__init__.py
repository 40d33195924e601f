"""Payouts, fetched from the providers.

Fetches payouts from the providers, so that no files need to be imported by hand: each batch becomes a `TakeBatch`, as
from a file.

- A batch is imported entirely or not at all, and once: a cursor moves only past imported ones, which aren't fetched
  again. An unreadable batch stops there and is shown on the payouts page until it can be read.
- Stripe: only automatic payouts have transactions, once Stripe marks them as complete. Two of our providers with one
  key are one account: a payout is imported under the first, and matches payments of both.
- Adyen: reports are numbered without gaps, so the next one is requested until it exists; no webhook is needed. The key
  is a report user's ("user:password"), or an API key. The first number is the provider's `payouts_from`.
- Clover has no public payout API, nor have ZVT terminals: use files.

Tested with simulators only (`sim/payouts`), written from those pages.
"""
