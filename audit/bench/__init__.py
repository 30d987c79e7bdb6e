"""Measurements of named workloads: execution, proving and verifying, beside revm in the same process."""
