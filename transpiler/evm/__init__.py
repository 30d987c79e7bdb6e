"""The EVM as data: the opcode table by fork, the disassembler and a small assembler."""
