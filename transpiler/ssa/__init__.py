"""SSA form of one code object: types, construction from the control-flow graph, text, verifier, interpreter."""
