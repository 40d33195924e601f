"""Looks into the mailbox to which suppliers send invoices: the capability's hands outside of the shop."""
