"""LoRA adapters: registry, training, and the jobs that tie everything together. Knows nothing of Textual."""
