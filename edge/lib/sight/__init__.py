"""Pictures of shelves as states of their facings: pure functions of arrays, and the process that runs them."""
