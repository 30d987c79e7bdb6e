"""The main job: transpile, check, prove, verify and report in one run."""
