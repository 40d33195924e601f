"""Payouts, fetched from the providers.

What providers pay out, asked of themselves, so that nobody brings a file: each batch becomes a `TakeBatch`, as
out of a file.

- A batch is taken whole or not at all, once: what was taken before is not asked for again, and how far it got is
  a cursor that moves only behind what was taken. What cannot be understood stops there, and stands on the page of
  payouts until it can be.
- Stripe: automatic payouts alone have their transactions, and only once Stripe says that they are complete. Two
  providers of ours under one key are one account: a payout is taken under the first, and finds the payments of
  both.
- Adyen: reports are numbered without gaps, so that the next one is asked for until it is there; no webhook is
  needed. The key is that of a report user ("user:password"), or an API key. The first number is the provider's
  `payouts_from`.
- Clover publishes no address for what it pays out, nor do terminals by ZVT: files.

Tried on simulators alone (`sim/payouts`), written from those pages.
"""
