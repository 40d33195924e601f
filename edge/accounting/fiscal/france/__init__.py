"""France: the event log, archives of closed days, the accounting file and the attestation."""
