"""Does any damaged file break the reading? Mutants of real documents, read as a person would open them."""
