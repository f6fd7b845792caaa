"""The token ids that `sunto describe DOCUMENT` sends to the starter: `prompt_ids.py DOCUMENT IDS.json`.

Also says where the checkpoint is, for the script that loads it without Sunto.
"""

import json
import sys
from pathlib import Path

from assistant.catalogue import find_base
from assistant.documents import load_document
from assistant.engine import load_engine
from assistant.generation import never_stop
from assistant.summaries.desk import Desk
from assistant.summaries.options import SummaryOptions
from assistant.weights import ensure_model


def main() -> None:
    path, target = map(Path, sys.argv[1:])
    document = load_document(path)
    kept = ensure_model("starter")
    engine = load_engine(kept, "cpu")
    base = find_base(kept.name)
    options = SummaryOptions(task="describe", merge=base.merges if base else True)
    units = Desk("", engine, [document], options, None, never_stop).part_units()
    assert len(units) == 1, "the document must fit into one prompt"
    target.write_text(json.dumps(engine.encode_prompt(units[0].ask.messages(False))), encoding="utf-8")
    print(kept.directory)


main()
