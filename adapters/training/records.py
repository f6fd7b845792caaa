"""What the loop works with, what it says after each thing it did, and how it ends. Knows no torch."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, Protocol

from adapters.dataset.tokens import TokenizedExample
from adapters.evaluation.report import Light

if TYPE_CHECKING:
    import torch
    from torch import nn

    Weights = Mapping[str, tuple[torch.Tensor, torch.Tensor]]
    """Module → (A of shape (r, in), B of shape (out, r))."""

OptimizerKind = Literal["adamw", "adamw8bit"]
Change = Literal["diverged", "no_learning", "overfitting", "forgetting", "memory", "power", "disk"]
End = Literal["done", "stopped", "overfitting", "forgetting", "diverged"]


@dataclass(frozen=True, kw_only=True)
class Stepped:
    """An optimizer step was made."""

    step: int
    """Counted from 1."""
    total: int
    loss: float
    """Mean over the target tokens of this step, in nats, before it was made."""
    learning_rate: float
    gradient_norm: float
    """Before clipping."""
    tokens: int
    """Of this step's examples, prompts included."""
    seconds: float
    outside_seconds: float
    """Of those, neither forward, nor backward, nor the optimizer's."""
    seconds_left: float
    """For all that is still to be done, if nothing ends it early."""
    epoch: float
    """How often all examples have been seen so far."""
    held_out_loss: float | None
    """Of the last evaluation."""


@dataclass(frozen=True, kw_only=True)
class EvaluationDone:
    """The adapter as it is now, on examples it is not trained on; step 0 is the bare base.

    The adapter is on the model while this is handed out: whoever wants samples of it takes them now.
    """

    step: int
    loss: float
    """Mean over target tokens, in nats."""
    best: bool
    """The lowest so far."""
    seconds: float


@dataclass(frozen=True, kw_only=True)
class Forgot:
    """What an evaluation found of what the base knew."""

    light: Light
    """See `adapters.evaluation.forgetting`."""
    change: float
    """Of the mean loss of general texts, in nats a token: in the language in which it rose most."""


@dataclass(frozen=True, kw_only=True)
class Adjustment:
    """The training changed its course by itself."""

    step: int
    kind: Change
    message: str
    hint: str = ""


Told = Stepped | EvaluationDone | Adjustment


@dataclass(frozen=True, kw_only=True)
class Room:
    """What is given up so that the training fits into memory again."""

    message: str
    hint: str = ""
    plan: Any
    """For `Forward.set_plan`."""
    optimizer: OptimizerKind = "adamw"
    examples: Sequence[TokenizedExample] | None = None
    """The same ones in the same order, with shorter sources; None where they stay as they are. So with the next."""
    held_out: Sequence[TokenizedExample] | None = None
    record: Mapping[str, Any] = field(default_factory=dict[str, Any])
    """What JSON can hold of it; stays with the run (`Run.rungs`), so that who resumes begins as low."""


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """How the training ended. The adapter holds the best weights, unless it was stopped."""

    end: End
    steps: int
    """The last one made."""
    kept_step: int
    """Whose weights the adapter has."""
    base_loss: float | None
    """Held-out loss of the bare base; None where nothing was held out."""
    best_loss: float | None
    """The lowest held-out loss of the trained adapter; None where there was no evaluation after a step."""
    rollbacks: int
    rungs: tuple[Mapping[str, Any], ...]


class ForwardPass(Protocol):
    """What `adapters.training.forward` does for the loop."""

    def micro_batches(self, examples: Sequence[TokenizedExample]) -> list[list[TokenizedExample]]:
        """All of them, as many at a time as memory allows."""
        ...

    def backward(self, micro: Sequence[TokenizedExample], scale: float) -> float:
        """The sum of the loss over the target tokens, in nats; gradients of `scale` times it are added."""
        ...

    def losses(self, examples: Sequence[TokenizedExample]) -> list[tuple[float, int]]:
        """(sum of the loss in nats, target tokens) of each; no dropout, no gradients."""
        ...

    def set_plan(self, plan: Any) -> None: ...


class Watch(Protocol):
    """Looked with at evaluations, for whether the adapter unlearns what the base knew."""

    def __call__(self) -> Forgot | None:
        """None where it could not be seen. Raises Stopped."""
        ...


class TrainableAdapter(Protocol):
    """What `adapters.training.lora` is for the loop."""

    @property
    def parameters(self) -> Sequence[nn.Parameter]:
        """Always in the same order."""
        ...

    def weights(self) -> Weights: ...

    def load(self, weights: Weights) -> None: ...


class Ladder(Protocol):
    """Asked when memory ran out; decides what to give up, or raises OutOfMemoryError where nothing is left."""

    def __call__(self, error: BaseException) -> Room: ...
