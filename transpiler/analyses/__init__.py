"""Facts about a function that passes and the lowering read."""
