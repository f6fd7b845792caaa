"""How much must be computed, whoever trains: the formulas of an ordinary LoRA and of one that begins with the answer.

A matrix product counts twice its weights for each token: once forward, once back to the input (the base's own weights
learn nothing; the adapter's do, once more). Causal attention over T tokens costs 2·d·T² forward in each layer, d the
width of all heads, and two and a half times that back. Softmax, norms and rotations are left out, as is usual.
"""

from __future__ import annotations

from dataclasses import dataclass

from adapters.training.formula import Shape

_BACK = 2.5
"""Attention backward, in forwards: five products instead of two."""


@dataclass(frozen=True)
class Work:
    """Floating-point operations of one example; `r` is the adapter's rank, nothing is computed again."""

    shape: Shape
    r: int
    prompt: int
    """Tokens up to where the adapter begins."""
    rest: int
    """Tokens from there on."""
    targets: int
    """Tokens with a label: only they need the output head."""

    @property
    def lora(self) -> float:
        tokens = self.prompt + self.rest
        return self._learned(tokens) + self._attention(0, tokens) * (1 + _BACK)

    @property
    def alora(self) -> float:
        """The prompt is only read, by the bare base."""
        return 2 * self.shape.linear_weights * self.prompt + self._attention(0, self.prompt) + self.alora_stored

    @property
    def alora_stored(self) -> float:
        """With the keys and values of the prompt still there."""
        return self._learned(self.rest) + self._attention(self.prompt, self.rest) * (1 + _BACK)

    def _learned(self, tokens: int) -> float:
        base = 4 * self.shape.linear_weights * tokens
        adapter = 6 * self.shape.adapter_weights(self.r) * tokens
        head = 4 * self.shape.vocabulary * self.shape.hidden * self.targets
        return base + adapter + head

    def _attention(self, before: int, tokens: int) -> float:
        """Forward, of so many tokens that see those before them as well."""
        pairs = (before + tokens) ** 2 - before**2
        return 2.0 * self.shape.layers * self.shape.queries * pairs
