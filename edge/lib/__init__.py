"""Libraries of the field, which know nothing of the appliance: money, codes, tables, taxes, sentences."""
