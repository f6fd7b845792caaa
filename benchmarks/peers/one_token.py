"""Import torch and transformers, load a checkpoint, generate one token: `one_token.py CHECKPOINT IDS.json`."""

import json
import sys
from pathlib import Path

import torch
from transformers import AutoModelForCausalLM

checkpoint, ids = sys.argv[1:]
model = AutoModelForCausalLM.from_pretrained(checkpoint)
prompt = torch.tensor([json.loads(Path(ids).read_text(encoding="utf-8"))])
with torch.inference_mode():
    answer = model.generate(prompt, attention_mask=torch.ones_like(prompt), max_new_tokens=1, do_sample=False)
print(int(answer[0, -1]), flush=True)
