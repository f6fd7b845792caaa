"""The words of questions made without a model, in the language of the sentences they ask about."""

from __future__ import annotations

from dataclasses import dataclass

from assistant.summaries.own.definitions import Definition


@dataclass(frozen=True)
class Wording:
    singular: str
    plural: str
    past_singular: str
    past_plural: str
    meaning: str
    """Of a term whose number and gender are not known."""
    which_term: str
    complete: str
    about_section: str
    about_question: str
    """A section whose title is a question."""

    def what_is(self, definition: Definition, term: str) -> str:
        """`term` as it is written inside a sentence."""
        if not definition.verb and not definition.article:
            return self.meaning.format(term=term)
        if definition.past:
            asked = self.past_plural if definition.plural else self.past_singular
        else:
            asked = self.plural if definition.plural else self.singular
        article = definition.article[:1].lower() + definition.article[1:]
        return asked.format(term=f"{article}{term}")


WORDINGS = {
    "it": Wording(
        singular="Che cos'è {term}?",
        plural="Che cosa sono {term}?",
        past_singular="Che cos'era {term}?",
        past_plural="Che cosa erano {term}?",
        meaning="Che cosa si intende per “{term}”?",
        which_term="Quale termine corrisponde a questa definizione: “{definition}”?",
        complete="Che cosa completa la frase: “{sentence}”?",
        about_section="Che cosa dice il testo su “{title}”?",
        about_question="{title}?",
    ),
    "en": Wording(
        singular="What is {term}?",
        plural="What are {term}?",
        past_singular="What was {term}?",
        past_plural="What were {term}?",
        meaning="What does “{term}” mean?",
        which_term="Which term fits this definition: “{definition}”?",
        complete="What completes the sentence: “{sentence}”?",
        about_section="What does the text say about “{title}”?",
        about_question="What does the text say about {small}?",
    ),
}
