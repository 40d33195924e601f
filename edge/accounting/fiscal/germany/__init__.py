"""Germany: the security device (TSE) and the DSFinV-K export."""
