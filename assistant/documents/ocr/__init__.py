"""Pages that are images → text, with tesseract where it is installed."""
