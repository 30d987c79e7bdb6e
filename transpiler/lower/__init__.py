"""SSA to programs of the ZK-VM: regions, selection, registers, layout, emission; and the generic tier."""
