"""The network: bytes to events, endpoints, retries, tokens."""
