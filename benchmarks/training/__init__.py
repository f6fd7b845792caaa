"""Training beside TRL: speed, memory, what is learned, and what `alora` saves."""
