"""Countries and their parts: provinces with their ages and taxes, postal codes, addresses. Pure."""
