"""A random Llama of a few hundred kilobytes with a real tokenizer: all of a model except what it knows."""

from __future__ import annotations

from pathlib import Path

SPECIAL_TOKENS = ("<|endoftext|>", "<|im_start|>", "<|im_end|>")

CHAT_TEMPLATE = (
    "{% for message in messages %}"
    "{{ '<|im_start|>' + message['role'] + '\\n' + message['content'] + '<|im_end|>' + '\\n' }}"
    "{% endfor %}"
    "{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}"
)
"""ChatML, as SmolLM2 and Qwen speak it."""

_CORPUS = """
Photosynthesis turns light, water and carbon dioxide into sugar and oxygen in the leaves of green plants.
The derivative of a function measures how fast its value changes when its argument changes a little.
La fotosintesi trasforma la luce, l'acqua e l'anidride carbonica in zucchero e ossigeno nelle piante verdi.
La derivata di una funzione misura quanto cambia il suo valore quando l'argomento cambia: perché è così?
Summarize the following text in a few sentences. Riassumi il testo seguente in poche frasi.
The French Revolution began in 1789. La Rivoluzione francese iniziò nel 1789.
"""


def make_tiny_llama(
    directory: Path,
    *,
    seed: int = 0,
    vocab: int = 512,
    layers: int = 2,
    context_tokens: int = 2048,
    chat_template: str = CHAT_TEMPLATE,
) -> Path:
    """Save a random bfloat16 model and its byte-level BPE tokenizer in `directory`, as on the hub.

    The same arguments give the same files. Every linear layer has input and output sizes divisible by 32, so
    that bitsandbytes can pack it on a CPU; the head is tied to the embeddings, as in the catalogue's bases.
    """
    import torch
    from transformers import LlamaConfig, LlamaForCausalLM

    tokenizer = make_tiny_tokenizer(vocab=vocab, chat_template=chat_template)
    end = tokenizer.convert_tokens_to_ids("<|im_end|>")
    config = LlamaConfig(
        hidden_size=64,
        intermediate_size=128,
        num_hidden_layers=layers,
        num_attention_heads=4,
        num_key_value_heads=2,
        vocab_size=-(-len(tokenizer) // 64) * 64,
        max_position_embeddings=context_tokens,
        tie_word_embeddings=True,
        bos_token_id=tokenizer.convert_tokens_to_ids("<|im_start|>"),
        eos_token_id=end,
        pad_token_id=end,
    )
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        model = LlamaForCausalLM(config).to(torch.bfloat16)
    directory.mkdir(parents=True, exist_ok=True)
    model.save_pretrained(directory)
    tokenizer.save_pretrained(directory)
    return directory


def make_tiny_tokenizer(*, vocab: int = 512, chat_template: str = CHAT_TEMPLATE):
    """A `PreTrainedTokenizerFast` of at most `vocab` tokens that can write any text."""
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
    from transformers import PreTrainedTokenizerFast

    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.train_from_iterator(
        _CORPUS.splitlines(),
        trainers.BpeTrainer(
            vocab_size=vocab,
            special_tokens=list(SPECIAL_TOKENS),
            initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
            show_progress=False,
        ),
    )
    wrapped = PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        bos_token="<|im_start|>",
        eos_token="<|im_end|>",
        pad_token="<|im_end|>",
        unk_token="<|endoftext|>",
    )
    wrapped.chat_template = chat_template
    return wrapped
