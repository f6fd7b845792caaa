"""Files of rows, as people and other tools write them, to examples and back.

reading    a file to examples, whatever its format is         writing    examples to a file of the format asked for
text       bytes to text: how large, which encoding           objects    JSON Lines and JSON: one object after the other
table      CSV and TSV, with what spreadsheets do to them      columns    which column, or key, holds what
row        what every format says of an example               wording    the instructions that stand before a text

One module for each format: canonical (Sunto's own, all that is known), messages, sharegpt, alpaca, prompt_completion,
document_summary.
"""

from adapters.dataset.formats.reading import ROW_SUFFIXES, Rows, read_rows
from adapters.dataset.formats.writing import FORMATS, write_rows

__all__ = ["FORMATS", "ROW_SUFFIXES", "Rows", "read_rows", "write_rows"]
