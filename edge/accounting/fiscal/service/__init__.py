"""Services of tax authorities, called in the background.

The outbox items of the fiscal capability are sent to tax authorities in order, each until it's answered. A sale never
waits for them.

Each item takes effect at most once. A transaction is resent until answered, with the same number and signature, by
which the service recognises it. A finally refused transaction isn't resent; an alert says so, and the chain continues
as signed. Simulated by `sim/fiscal/`, as the real services accept only registered partners.
"""
