"""X and Z reports: periods, closing, and signatures."""
