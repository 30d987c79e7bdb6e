"""What people give besides contracts: call files, and what they say about addresses, words and rule sets."""
