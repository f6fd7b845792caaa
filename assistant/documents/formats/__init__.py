"""Everything that is neither a PDF nor plain text: word processors, slides, e-books, web pages, notebooks, tables."""
