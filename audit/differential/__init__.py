"""Both versions of a contract side by side: inputs, observations, mismatches, reproducers."""
