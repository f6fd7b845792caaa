"""Loss of held-out rows with adapters loaded by PEFT: `peft_losses.py REQUEST.json`; one JSON line at the end.

Whoever trained them, all are judged here, by the same few lines: one row at a time, no padding, float32 logits.
"""

import json
import sys
from pathlib import Path

import torch
from bitsandbytes.nn import Linear4bit
from peft import PeftModel
from transformers import AutoModelForCausalLM


def main(request):
    torch.set_num_threads(request["threads"])
    model = AutoModelForCausalLM.from_pretrained(request["checkpoint"], dtype=torch.bfloat16).eval()
    for module in model.modules():
        if isinstance(module, Linear4bit):
            module.support_avx512bf16_for_cpu = False  # it would lay the weights out anew, and PEFT could not use them
    found = {}
    for name, directory in request["adapters"].items():
        judged = PeftModel.from_pretrained(model, directory).eval() if directory else model
        found[name] = [loss(judged, row) for row in request["rows"]]
        model = judged.unload() if directory else model
    return found


@torch.inference_mode()
def loss(model, row):
    """Sum of the cross-entropy over the targets, in nats."""
    labels = torch.tensor(row["labels"])
    targets = (labels != -100).nonzero().squeeze(1)
    logits = model(input_ids=torch.tensor([row["input_ids"]])).logits[0, targets - 1].float()
    return float(torch.nn.functional.cross_entropy(logits, labels[targets], reduction="sum"))


if __name__ == "__main__":
    print(json.dumps(main(json.loads(Path(sys.argv[1]).read_text(encoding="utf-8")))), flush=True)
