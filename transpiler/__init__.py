"""From EVM bytecode to a program of the ZK-VM: one folder per stage, one immutable value per arrow."""
