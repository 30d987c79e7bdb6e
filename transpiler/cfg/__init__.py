"""Control flow: which block follows which, with the stack's code pointers resolved (windowed pushdown reachability)."""
