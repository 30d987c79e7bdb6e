"""Random call trees: generated contracts that call, create and destroy each other, run by our machines and by revm."""
