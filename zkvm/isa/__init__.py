"""The instruction set: the table, its encodings, its text form."""
