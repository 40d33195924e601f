"""The follower's copy of the ledger: shipped, checked, and put in the leader's place."""
