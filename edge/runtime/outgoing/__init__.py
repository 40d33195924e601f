"""HTTP and mail to other servers, with limits, retries and circuit breakers.

What leaves the shop for a server of somebody else's, by HTTP or SMTP: a library of all services that call one
(messages and mail, webhooks, payments, feeds, authorities). It knows no shop words and keeps nothing: who asks
has an outbox and says what is to be tried again.

Outcomes. `Refused` by the server for good (`permanent`), or not now (`after_s`); `NotReached`: not a byte of it
was taken; `MaybeSent`: it was sent and no answer came, so nobody knows. Who asks decides what may be repeated: a
call with an idempotency key may, an SMS may not.
"""
