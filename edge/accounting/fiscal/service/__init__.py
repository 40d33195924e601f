"""Services of tax authorities, called in the background.

Sends the outbox items of the capability fiscal to tax authorities in the background, in order, each until it's
answered. A sale never waits for them.

At most once in effect. A transaction is resent until answered, with the same number and signature, by which the service
recognises it. One that is finally refused isn't resent; an alert says so, and the chain continues as signed. Simulated
by `sim/fiscal/`: the real services accept only registered partners.
"""
