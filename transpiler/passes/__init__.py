"""Rewrites of a function, one file each; `transpiler/pipeline.py` holds their order."""
