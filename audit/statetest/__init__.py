"""Conformance: the Ethereum Foundation's test vectors, run on our machines."""
