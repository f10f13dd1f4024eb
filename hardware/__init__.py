"""Everything that needs the real world: voice modems, and the simulated world that stands in for it."""
