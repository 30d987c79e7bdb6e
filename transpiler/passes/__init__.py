"""Rewrites of a function, one file each; `transpiler/pipeline.py` holds their order. `algebra.py` is no pass: it holds the rules of `fold`."""
