"""What is asked for where the answer is a text: points, sentences, paragraphs.

Each task is short and stands after the text: a model of 135M parameters follows nothing longer. Points are sentences
that stand alone, because each is looked up in the source by itself.
"""

from __future__ import annotations

import re
from typing import Literal

from assistant.prompts.wording import Worded, Wording

TextTask = Literal["brief", "part", "points", "section", "whole", "outline", "detailed", "describe", "topic", "rewrite"]

NOTHING = {"en": "NOTHING", "it": "NIENTE"}
"""What a model writes on a part that has nothing to be said about: an index, a bibliography."""
_NOTHING = re.compile(r"[\s\-*•\"“«'`.]*(?:nothing|niente|nulla)[\s.!*\"”»'`]*", re.IGNORECASE)

TEXT_TASKS: dict[TextTask, Worded] = {
    "brief": {
        "en": Wording(
            "Summarize the text above in {amount}. Use only what the text says.",
            "1 short sentence",
            "{count} short sentences",
            "3 to 5 short sentences",
        ),
        "it": Wording(
            "Riassumi il testo qui sopra in {amount}. Usa solo ciò che dice il testo.",
            "1 frase breve",
            "{count} frasi brevi",
            "3-5 frasi brevi",
        ),
    },
    # A piece of a text too long for one prompt, for models that cannot merge: what they write on the parts is the
    # summary. Of four sentences the starter has more that are whole and found in the text than asked for "points":
    # in English 38 % against 32 %, on ten parts (`benchmarks/prompts.py`); in Italian, which it hardly knows, both few.
    # Said that it is a piece, or that these are notes, the starter writes about pieces and notes.
    "part": {
        "en": Wording(
            "Summarize the text above in {amount}. Use only what the text says.",
            "1 short sentence",
            "{count} short sentences",
            "2 to 4 short sentences",
        ),
        "it": Wording(
            "Riassumi il testo qui sopra in {amount}. Usa solo ciò che dice il testo.",
            "1 frase breve",
            "{count} frasi brevi",
            "2-4 frasi brevi",
        ),
    },
    "points": {
        "en": Wording(
            'List {amount} of the text above, one per line, each starting with "- ". Each is one sentence that makes '
            "one statement and can be understood by itself. Copy definitions, formulas, names and numbers exactly. "
            "Use only what the text says. If the text is only an index or a bibliography, write NOTHING.",
            "the most important point",
            "the {count} most important points",
            "the 3 to 7 most important points",
        ),
        "it": Wording(
            'Elenca {amount} del testo qui sopra, uno per riga, ognuno inizia con "- ". Ognuno è una frase che '
            "afferma una sola cosa e si capisce da sola. Copia alla lettera definizioni, formule, nomi e numeri. "
            "Usa solo ciò che dice il testo. Se il testo è solo un indice o una bibliografia, scrivi NIENTE.",
            "il punto più importante",
            "i {count} punti più importanti",
            "i 3-7 punti più importanti",
        ),
    },
    "section": {
        "en": Wording(
            "The text above lists points of one section, in order. Put together those that say the same, leave out "
            'the least important, and list {amount}, in the same order, one per line, each starting with "- ". Copy '
            "definitions, formulas, names and numbers exactly. Add nothing.",
            "1 point",
            "{count} points",
            "3 to 7 points",
        ),
        "it": Wording(
            "Il testo qui sopra elenca i punti di una sezione, in ordine. Unisci quelli che dicono la stessa cosa, "
            "tralascia i meno importanti ed elenca {amount}, nello stesso ordine, uno per riga, ognuno inizia con "
            '"- ". Copia alla lettera definizioni, formule, nomi e numeri. Non aggiungere nulla.',
            "1 punto",
            "{count} punti",
            "3-7 punti",
        ),
    },
    "whole": {
        "en": Wording(
            "The text above lists the main points of a document, section by section. Write from them one summary of "
            "the whole document in {amount}: first what it is about, then what matters most. Copy names, numbers and "
            "formulas exactly. Add nothing.",
            "1 short sentence",
            "{count} short sentences",
            "3 to 5 short sentences",
        ),
        "it": Wording(
            "Il testo qui sopra elenca i punti principali di un documento, sezione per sezione. Scrivine un solo "
            "riassunto dell'intero documento in {amount}: prima di che cosa parla, poi ciò che conta di più. Copia "
            "alla lettera nomi, numeri e formule. Non aggiungere nulla.",
            "1 frase breve",
            "{count} frasi brevi",
            "3-5 frasi brevi",
        ),
    },
    "outline": {
        "en": Wording(
            "List the main points of the text above: {amount}, one per line, each starting with "
            '"- ". Use only what the text says.',
            "1 short sentence",
            "{count} short sentences",
            "3 to 7 short sentences",
        ),
        "it": Wording(
            "Elenca i punti principali del testo qui sopra: {amount}, una per riga, ognuna inizia "
            'con "- ". Usa solo ciò che dice il testo.',
            "1 frase breve",
            "{count} frasi brevi",
            "da 3 a 7 frasi brevi",
        ),
    },
    "detailed": {
        "en": Wording(
            "Summarize the text above in detail, in {amount}, with its important ideas, definitions, "
            "names and numbers. Use only what the text says.",
            "1 paragraph",
            "{count} short paragraphs",
            "short paragraphs",
        ),
        "it": Wording(
            "Riassumi il testo qui sopra in modo esteso, in {amount}, con le idee importanti, le "
            "definizioni, i nomi e i numeri. Usa solo ciò che dice il testo.",
            "1 paragrafo",
            "{count} brevi paragrafi",
            "brevi paragrafi",
        ),
    },
    # Asked what a text is about "in one or two sentences", small models write one that says little more than its title.
    "describe": {
        "en": Wording("Describe the text above in two sentences: what it is about, and what it says about it."),
        "it": Wording("Descrivi il testo qui sopra in due frasi: di che cosa parla, e che cosa ne dice."),
    },
    "topic": {
        "en": Wording(
            "The text above lists what several documents say about one topic. Say it once, in {amount}, one per line, "
            'each starting with "- ". Where the documents disagree, say both in separate points. Copy definitions, '
            "formulas, names and numbers exactly. Add nothing.",
            "1 point",
            "{count} points",
            "2 to 5 points",
        ),
        "it": Wording(
            "Il testo qui sopra elenca ciò che più documenti dicono di uno stesso argomento. Dillo una volta sola, in "
            '{amount}, uno per riga, ognuno inizia con "- ". Dove i documenti non concordano, riporta entrambe le cose '
            "in punti separati. Copia alla lettera definizioni, formule, nomi e numeri. Non aggiungere nulla.",
            "1 punto",
            "{count} punti",
            "2-5 punti",
        ),
    },
    # The sentence stands between the marks too, after the passage: it comes from a document by way of a model.
    "rewrite": {
        "en": Wording(
            "The last line of the text above is a sentence with a mistake. Write it again as one sentence that says "
            "only what the lines before it say. Write only the sentence."
        ),
        "it": Wording(
            "L'ultima riga del testo qui sopra è una frase con un errore. Riscrivila in una sola frase che dica solo "
            "ciò che dicono le righe precedenti. Scrivi solo la frase."
        ),
    },
}


def says_nothing(text: str) -> bool:
    """Whether a model's whole answer is that there is nothing to be said."""
    return _NOTHING.fullmatch(text) is not None
