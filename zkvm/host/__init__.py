"""What an executor is asked and what it answers (ISA 8), as values: `request`, `result`, and `reading` for their canonical JSON."""
