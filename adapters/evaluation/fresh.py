"""A saved adapter as somebody else finds it: read by a process that was not there when it was trained.

    python -m adapters.evaluation.fresh TASK.json

The child loads the base anew and the adapter from its files, and writes one line of JSON: what `look` found, or
`{"error", "reason"}`. It judges nothing (`adapters.evaluation.verification` does). Texts come in a file, since the
arguments of a process can be read by everybody on the machine.
"""

from __future__ import annotations

import dataclasses
import json
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypedDict

from adapters.evaluation.saved import tensor_digests
from assistant.children import leave_with_the_parent
from assistant.generation import ChatMessage, Completion, GenerationConfig

if TYPE_CHECKING:
    import torch

    from assistant.engine.engine import Engine
    from assistant.weights import KeptModel

Item = tuple[list[ChatMessage], str]
"""A prompt, and the answer that is wanted."""

COMPARED_TOKENS = 64
"""Of each answer: their logits are compared with the base's and PEFT's."""
_MOST_NEW_TOKENS = 256


class Seen(TypedDict):
    """With the adapter, with the bare base, and with PEFT; of each item where it is a list."""

    digests: dict[str, str]
    """See `saved.tensor_digests`."""
    template_sha256: str
    losses: list[float]
    """Nats of each answer."""
    largest_change: float
    """Of a logit, by the adapter."""
    end_losses: list[float]
    """Nats of the token that ends the answer; so with the base."""
    base_end_losses: list[float]
    ends: bool
    """An answer of its own came to an end, or the end is the likeliest token after a wanted one."""
    base_ends: bool
    """False too where the adapter's do."""
    peft_error: str
    """Why PEFT could not load it; empty where it could."""
    peft_losses: list[float]
    peft_gap: float
    """Largest difference of a logit, as a share of the range of logits."""


def look(kept: KeptModel, directory: Path, items: Sequence[Item], device: str) -> Seen:
    """Raises AdapterError, ModelError, and what PEFT raises."""
    from assistant.engine import load_engine, packing
    from assistant.engine.adapter_files import read_adapter
    from assistant.weights.checkpoint import chat_template_sha256

    adapter = read_adapter(directory)
    engine = load_engine(kept, device)
    base = [_answered(engine, item) for item in items]
    placed = engine.place(adapter)
    engine.select(placed)
    ours = [_answered(engine, item) for item in items]
    ends = _ends(engine, items, ours)
    engine.select(None)
    base_ends = not ends and _ends(engine, items, base)  # asked only where it matters: it takes a while
    engine.remove(placed)
    packing.unpack(engine.model)
    theirs, peft_error = _in_peft(engine, directory, items)
    return Seen(
        digests=tensor_digests(adapter.weights),
        template_sha256=chat_template_sha256(kept.directory),
        losses=[answer.loss for answer in ours],
        largest_change=_largest_difference(ours, base),
        end_losses=[answer.end_loss for answer in ours],
        base_end_losses=[answer.end_loss for answer in base],
        ends=ends,
        base_ends=base_ends,
        peft_error=peft_error,
        peft_losses=[answer.loss for answer in theirs],
        peft_gap=_largest_difference(ours, theirs) / max(_range(answer.logits) for answer in ours),
    )


@dataclass(frozen=True)
class _Answered:
    """A wanted answer, as one model sees it."""

    loss: float
    end_loss: float
    """Of its last token alone."""
    end_is_likeliest: bool
    logits: torch.Tensor
    """Of its first `COMPARED_TOKENS` tokens; shape (tokens, vocabulary), float32."""

    @classmethod
    def of(cls, logits: torch.Tensor, completion: Sequence[int]) -> _Answered:
        import torch

        losses = torch.nn.functional.cross_entropy(logits, torch.tensor(completion), reduction="none")
        return cls(
            loss=float(losses.sum()),
            end_loss=float(losses[-1]),
            end_is_likeliest=int(logits[-1].argmax()) == completion[-1],
            logits=logits[:COMPARED_TOKENS].clone(),
        )


def _answered(engine: Engine, item: Item) -> _Answered:
    import torch

    from assistant.engine.scoring import Scorer

    question = engine.question(*item)
    pieces = [piece.cpu() for piece in Scorer(engine.model, engine.slots).logits(question)]
    return _Answered.of(torch.cat(pieces), question.completion)


def _in_peft(engine: Engine, directory: Path, items: Sequence[Item]) -> tuple[list[_Answered], str]:
    """Through PEFT's own code, on the same base, which has its modules in it afterwards; or why that could not be.

    Raises what torch does when memory runs out.
    """
    import torch
    from peft import PeftModel

    from assistant.engine.memory import is_out_of_memory

    try:
        model: Any = PeftModel.from_pretrained(engine.model, directory).eval()
    except Exception as error:  # the seam: another library reads files as it likes
        if is_out_of_memory(error):
            raise
        return [], _reason(error)
    found: list[_Answered] = []
    for item in items:
        question = engine.question(*item)
        start, tokens = len(question.prompt) - 1, [*question.prompt, *question.completion[:-1]]
        with torch.inference_mode():
            output = model(
                input_ids=torch.tensor([tokens], device=engine.device),
                logits_to_keep=torch.arange(start, len(tokens), device=engine.device),
            )
        found.append(_Answered.of(output.logits[0].float().cpu(), question.completion))
    return found, ""


def _ends(engine: Engine, items: Sequence[Item], answered: Sequence[_Answered]) -> bool:
    return any(answer.end_is_likeliest for answer in answered) or any(_comes_to_an_end(engine, item) for item in items)


def _comes_to_an_end(engine: Engine, item: Item) -> bool:
    from assistant.catalogue import find_base

    messages, wanted = item
    base = find_base(engine.name)
    room = engine.context_tokens - engine.count_prompt_tokens(messages)
    config = GenerationConfig(
        max_new_tokens=min(_MOST_NEW_TOKENS, 2 * len(engine.encode_completion(wanted)) + 32, room),
        repetition_penalty=base.repetition_penalty if base else 1.0,
    )
    return any(
        isinstance(event, Completion) and event.finish_reason == "stop" for event in engine.stream(messages, config)
    )


def _largest_difference(some: Sequence[_Answered], others: Sequence[_Answered]) -> float:
    """Of a logit; 0 where there are no others."""
    pairs = zip(some, others, strict=False)
    return max((float((one.logits - other.logits).abs().max()) for one, other in pairs), default=0.0)


def _range(logits: torch.Tensor) -> float:
    return float(logits.max() - logits.min())


# --- the task in a file, and what was found ------------------------------------------------------------------------


def write_task(path: Path, kept: KeptModel, directory: Path, items: Sequence[Item], device: str) -> None:
    """Raises OSError."""
    task = {
        "kept": {**dataclasses.asdict(kept), "directory": str(kept.directory)},
        "directory": str(directory),
        "items": [[[[message.role, message.content] for message in messages], text] for messages, text in items],
        "device": device,
    }
    path.write_text(json.dumps(task), encoding="utf-8")


def _look_as_told(path: Path) -> Seen:
    from assistant.weights import KeptModel

    task = json.loads(path.read_text(encoding="utf-8"))
    fields: dict[str, Any] = task["kept"]
    fields |= {"directory": Path(fields["directory"]), "languages": tuple(fields["languages"])}
    items = [([ChatMessage(role, content) for role, content in messages], text) for messages, text in task["items"]]
    return look(KeptModel(**fields), Path(task["directory"]), items, task["device"])


def found_by(looking: Callable[[], Seen]) -> Mapping[str, Any]:
    """`Seen`, or `error` and `reason`."""
    from assistant.engine.memory import is_out_of_memory

    try:
        return looking()
    except Exception as error:  # the seam: whatever a library raises is told to the parent
        kind = "OutOfMemoryError" if is_out_of_memory(error) else type(error).__name__
        return {"error": kind, "reason": _reason(error)}


def main(arguments: list[str]) -> int:
    lines = os.fdopen(os.dup(1), "w", encoding="utf-8", buffering=1)
    os.dup2(2, 1)  # what a library prints goes to the log
    leave_with_the_parent()
    found = found_by(lambda: _look_as_told(Path(arguments[0])))
    lines.write(json.dumps(found) + "\n")
    return 0


def _reason(error: Exception) -> str:
    return str(error).strip().split("\n")[0][:300]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
