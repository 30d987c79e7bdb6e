"""The zero-knowledge virtual machine: its instruction set, programs, executable specification and proofs."""
