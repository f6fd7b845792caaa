"""What is wrong with an adapter, by name (`adapters.evaluation.faults`). A good one has no fault.

files    before anything is measured: its files, beside what they were when it was saved, and beside this base
model    what it makes of prompts, and of itself at another strength
report   what the figures and texts of a report show
"""

from adapters.evaluation.diagnosis.files import of_files
from adapters.evaluation.diagnosis.model import of_model
from adapters.evaluation.diagnosis.report import of_report

__all__ = ["of_files", "of_model", "of_report"]
