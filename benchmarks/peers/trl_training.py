"""Train an adapter with TRL's SFTTrainer: `trl_training.py REQUEST.json`; the results as one JSON line at the end.

Runs in an environment of its own, which has trl, peft and bitsandbytes, and knows nothing of Sunto. The request has the
checkpoint, the rows (`input_ids`, `labels`) in the order in which they are to be learned, the settings, and what
differs from TRL's defaults (`options`). The base is loaded once, and what the process then has in RAM is noted.
"""

import importlib.metadata
import json
import sys
import time
from pathlib import Path

import torch
from datasets import Dataset
from peft import LoraConfig
from resident import begin_peak, peak
from transformers import AutoModelForCausalLM, AutoTokenizer, TrainerCallback, set_seed
from trl import SFTConfig, SFTTrainer

PACKAGES = ("trl", "transformers", "peft", "accelerate", "bitsandbytes", "torch")


class Clock(TrainerCallback):
    """Of each optimizer step: when it began and ended (seconds), its tokens without padding, the loss logged."""

    def __init__(self):
        self.steps = []

    def on_step_begin(self, *_, **__):
        self.steps.append({"begin": time.perf_counter(), "tokens": 0})

    def on_step_end(self, *_, **__):
        self.steps[-1]["end"] = time.perf_counter()

    def on_log(self, *_, logs=None, **__):
        if logs and "loss" in logs:
            self.steps[-1]["loss"] = logs["loss"]


class Trainer(SFTTrainer):
    """With the learning rates of the request; its own schedule would spend the first step at a rate of zero."""

    def __init__(self, factors, clock, **usual):
        super().__init__(**usual, callbacks=[clock])
        self.factors, self.clock = factors, clock

    def create_scheduler(self, *, optimizer=None, **_):
        factors, last = self.factors, len(self.factors) - 1
        optimizer = optimizer or self.optimizer
        self.lr_scheduler = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: factors[min(step, last)])
        return self.lr_scheduler

    def training_step(self, model, inputs, *rest):
        mask = inputs.get("attention_mask")
        self.clock.steps[-1]["tokens"] += inputs["input_ids"].numel() if mask is None else int(mask.sum())
        return super().training_step(model, inputs, *rest)


def main(request):
    torch.set_num_threads(request["threads"])
    set_seed(request["seed"])
    checkpoint = request["checkpoint"]
    model = AutoModelForCausalLM.from_pretrained(checkpoint, dtype=torch.bfloat16)
    tokenizer = AutoTokenizer.from_pretrained(checkpoint)
    base_bytes = begin_peak()
    clock = Clock()
    trainer = Trainer(
        request["rate_factors"],
        clock,
        model=model,
        args=SFTConfig(
            output_dir=request["adapter"],
            learning_rate=request["learning_rate"],
            num_train_epochs=1,
            max_grad_norm=request["max_gradient_norm"],
            seed=request["seed"],
            train_sampling_strategy="sequential",  # the rows come in the order that both are to learn them in
            logging_steps=1,
            save_strategy="no",
            report_to="none",
            disable_tqdm=True,
            use_cpu=True,
            **request["options"],
        ),
        train_dataset=Dataset.from_list(request["rows"]),
        processing_class=tokenizer,
        peft_config=LoraConfig(
            r=request["r"],
            lora_alpha=request["lora_alpha"],
            lora_dropout=request["lora_dropout"],
            target_modules="all-linear",
            task_type="CAUSAL_LM",
        ),
    )
    trainer.train()
    peak_bytes = peak()
    trainer.save_model(request["adapter"])
    trained = {name: weight.dtype for name, weight in trainer.model.named_parameters() if weight.requires_grad}
    return {
        "steps": clock.steps,
        "base_bytes": base_bytes,
        "peak_bytes": peak_bytes,
        "rows": len(trainer.train_dataset),
        "trained_dtype": str(next(iter(trained.values()))),
        "trained_tensors": len(trained),
        "versions": {name: importlib.metadata.version(name) for name in PACKAGES},
    }


if __name__ == "__main__":
    print(json.dumps(main(json.loads(Path(sys.argv[1]).read_text(encoding="utf-8")))), flush=True)
