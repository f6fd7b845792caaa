"""How the PDFs of the corpus are made, and the true text of each, from one and the same source."""
