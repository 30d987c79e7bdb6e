"""From what people bring (sources, compiler output, raw code) to an `Artifact`, by an unmodified compiler where one is needed."""
