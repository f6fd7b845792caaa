"""LaTeX source → text: sections, lists, tables and accents as a reader of the printed page sees them, formulas as
they are typed.

A small reader of its own: it runs nothing, reads no other file, and takes time in proportion to the text. Every
place in the text is looked up in tables made once (which brace closes which, where each environment ends).
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left
from pathlib import Path

from assistant.documents.encodings import decode_text
from assistant.documents.formats import tex_words as words
from assistant.documents.formats.draft import Draft, on_one_line
from assistant.documents.formats.tex_places import Span, closing_braces, delimiters, environment_ends
from assistant.safe_text import printable

_VERBATIM = re.compile(
    r"\\begin\{(verbatim|Verbatim|lstlisting|minted|alltt|comment)(\*?)\}(.*?)\\end\{\1\2\}", re.DOTALL
)
_VERB = re.compile(r"\\(?:verb\*?|lstinline)([^\w\s*{\[])([^\n]{0,500}?)\1")
_URL = re.compile(r"\\(url|path|nolinkurl|href)\s?\{([^{}\n]{0,2000})\}")
"""Taken out as well: its `%` begins no comment. Of a link only its text is printed, which follows."""
_CODE_OPTIONS = re.compile(r"(?:\[[^\]\n]{0,500}\])?(?:\{(\w{0,30})\})?[^\S\n]*\n?")
_COMMENT = re.compile(r"(?<!\\)((?:\\\\)*)%[^\n]*(?:\n[^\S\n]*)?")

_TOKEN = re.compile(
    r"\\(?P<command>[a-zA-Z@]+)\*?|\\(?P<sign>.)|(?P<blank>\n[^\S\n]*\n\s*)|(?P<open>\{)|(?P<close>\})"
    r"|(?P<math>\${1,2})|(?P<kept>\ue000\d+\ue001)|(?P<quote>``|''|,,|\"`|\"')|(?P<dash>---?)|(?P<tie>~)|(?P<amp>&)"
    r"|(?P<text>[^\\{}$~&`',\"\-\n\ue000]+|.)",
    re.DOTALL,
)
_SPACE = re.compile(r"[^\S\n]*\n?[^\S\n]*")
_INNER_LABEL = re.compile(r"\\label\s?\{[^{}]{0,200}\}")
_LONGEST_FORMULA = 10_000
_LONGEST_OPTION = 1_000
_MOST_NESTED = 30
"""Arguments inside arguments: deeper ones are written without a look inside."""


def read(path: Path, draft: Draft) -> None:
    text = "\n".join(printable(piece) for piece in decode_text(path.read_bytes()).split("\f"))
    kept: list[str] = []
    text = _VERBATIM.sub(lambda block: _keep(kept, _verbatim(block)), text)
    text = _VERB.sub(lambda verb: _keep(kept, verb[2]), text)
    text = _URL.sub(lambda url: "" if url[1] == "href" else _keep(kept, url[2]), text)
    _Writer(_COMMENT.sub(r"\1", text), kept, draft).write()


def _keep(kept: list[str], text: str) -> str:
    kept.append(text)
    return f"\ue000{len(kept) - 1}\ue001"


def _verbatim(block: re.Match[str]) -> str:
    """With a line end in front, which marks a block; nothing for a comment."""
    if block[1] == "comment":
        return ""
    options = _CODE_OPTIONS.match(block[3])
    language = (options[1] or "") if options and block[1] == "minted" else ""
    return f"\n{language}\n" + block[3][options.end() if options else 0 :]


class _Writer:
    def __init__(self, text: str, kept: list[str], draft: Draft) -> None:
        self._source = text
        self._kept = kept
        self._draft = draft
        self._closing = closing_braces(text)
        self._ends = environment_ends(text)
        self._delimiters = delimiters(text)
        self._top = _top_rank(text)
        self._text: list[str] = []
        self._nested = 0
        self._lists: list[int | None] = []
        """For each list we are in, the number of its next entry; None for one with bullets."""
        self._label = ""
        self._notes = 0

    def write(self) -> None:
        start = self._source.find(r"\begin{document}")
        end = self._source.find(r"\end{document}", max(start, 0))
        if start >= 0:
            self._preamble(start)
        self._run((start + len(r"\begin{document}") if start >= 0 else 0, end if end >= 0 else len(self._source)))
        self._flush()

    def _preamble(self, end: int) -> None:
        for name in ("title", "author"):
            found = re.compile(rf"\\{name}\s*(?:\[[^\]]{{0,300}}\])?\s*\{{").search(self._source, 0, end)
            if found:
                self._take_metadata(name, (found.end(), self._closing.get(found.end() - 1, found.end())))

    def _take_metadata(self, name: str, span: Span) -> None:
        if text := on_one_line(self._inline(span)):
            self._draft.metadata[name] = text

    # --- the stream -----------------------------------------------------------------------------------------------

    def _run(self, span: Span) -> None:
        here, end = span
        while here < end:
            token = _TOKEN.match(self._source, here, end)
            assert token is not None, "the last alternative takes any character"
            here = self._token(token, end)

    def _token(self, token: re.Match[str], end: int) -> int:
        """Write what it says; where to go on."""
        here = token.end()
        match token.lastgroup:
            case "command":
                return self._command(token["command"], here, end)
            case "sign":
                return self._sign(token["sign"], here, end)
            case "blank":
                self._flush()
            case "math":
                return self._math(token["math"], here, end)
            case "kept":
                self._verbatim(token["kept"])
            case "quote" | "dash" | "tie":
                self._text.append(words.TYPED[token[0]])
            case "amp":
                self._text.append(" ")
            case "text":
                self._text.append(token["text"])
            case _:
                pass
        return here

    def _flush(self) -> None:
        """End the paragraph; inside an argument, where there is none, a space."""
        if self._nested:
            self._text.append(" ")
            return
        text = re.sub(r"\s*\x00\s*", "\x00", "".join(self._text)).replace("\n", " ").replace("\x00", "\n")
        self._text.clear()
        if not text.strip():
            return
        if self._lists:
            self._draft.item(text, self._label, len(self._lists) - (1 if self._label else 0))
            self._label = ""
        else:
            self._draft.paragraph(text)

    def _inline(self, span: Span) -> str:
        """An argument's text."""
        if self._nested >= _MOST_NESTED:
            return self._source[slice(*span)]
        outer, self._text = self._text, []
        self._nested += 1
        self._run(span)
        text, self._text = "".join(self._text), outer
        self._nested -= 1
        return " ".join(text.replace("\x00", " ").split())

    # --- arguments ------------------------------------------------------------------------------------------------

    def _argument(self, here: int, end: int) -> tuple[Span, int]:
        """The next group in braces, or the next character, and where it ends."""
        space = _SPACE.match(self._source, here, end)
        here = space.end() if space else here
        if here >= end:
            return (here, here), here
        if self._source[here] == "{":
            closing = self._closing.get(here)
            return ((here, here), here + 1) if closing is None or closing > end else ((here + 1, closing), closing + 1)
        token = _TOKEN.match(self._source, here, end)
        stop = here + 1 if token is None or token.lastgroup == "text" else token.end()
        return (here, stop), stop

    def _option(self, here: int, end: int) -> tuple[Span | None, int]:
        """A group in brackets, if one stands here."""
        if here >= end or self._source[here] != "[":
            return None, here
        closing = self._closing.get(here, end)
        if closing >= end or closing - here > _LONGEST_OPTION:
            return None, here
        return (here + 1, closing), closing + 1

    def _without_options(self, here: int, end: int) -> int:
        option, after = self._option(here, end)
        while option is not None:
            here = after
            option, after = self._option(here, end)
        return here

    # --- commands -------------------------------------------------------------------------------------------------

    def _command(self, name: str, here: int, end: int) -> int:
        if name in words.RANKS:
            return self._heading(words.RANKS[name], here, end)
        if name in ("begin", "end"):
            return self._environment(name, here, end)
        if name in words.ACCENTS:
            return self._accent(words.ACCENTS[name], here, end)
        if name in words.LETTERS:
            self._text.append(words.LETTERS[name])
            return self._after_letters(here, end)
        if name in words.DROPPED:
            return self._skip(words.DROPPED[name], here, end)
        match name:
            case "item":
                return self._item(here, end)
            case "footnote" | "footnotetext":
                return self._footnote(here, end)
            case "bibitem":
                return self._bibitem(here, end)
            case "caption":
                return self._caption(here, end)
            case "par" | "newpage" | "clearpage" | "bigskip" | "medskip" | "smallskip" | "maketitle":
                self._flush()
            case "newline" | "linebreak":
                self._text.append("\x00")
            case "title" | "author" if not self._nested:
                span, here = self._argument(self._without_options(here, end), end)
                self._take_metadata(name, span)
                return here
            case _ if name in words.REFERENCES:
                return self._reference(here, end)
            case _:
                return self._after_letters(self._without_options(here, end), end)
        return here

    def _after_letters(self, here: int, end: int) -> int:
        """A command made of letters swallows the space behind it."""
        space = _SPACE.match(self._source, here, end)
        after = space.end() if space else here
        return here if self._source[after : after + 1] == "\n" else after  # a blank line still ends the paragraph

    def _sign(self, sign: str, here: int, end: int) -> int:
        if sign in words.ACCENTS:
            return self._accent(words.ACCENTS[sign], here, end)
        match sign:
            case "\\":
                _span, here = self._option(here + (self._source[here : here + 1] == "*"), end)
                self._text.append("\x00")
            case "(" | "[":
                return self._delimited(sign, here, end)
            case "-" | "/" | ")" | "]":
                pass
            case " " | "\n" | "," | ";" | ":" | "!" | ">":
                self._text.append("" if sign == "!" else " ")
            case _:
                self._text.append(sign)
        return here

    def _accent(self, combining: str, here: int, end: int) -> int:
        span, after = self._argument(here, end)
        letter = self._inline(span).translate({ord("ı"): "i", ord("ȷ"): "j"})
        composed = unicodedata.normalize("NFC", letter[:1] + combining) if letter[:1].isalpha() else letter[:1]
        self._text.append(composed + letter[1:])
        return after

    def _skip(self, arguments: int, here: int, end: int) -> int:
        here = self._without_options(here, end)
        for _argument in range(arguments):
            _span, here = self._argument(here, end)
            here = self._without_options(here, end)
        return here

    def _heading(self, rank: int, here: int, end: int) -> int:
        span, after = self._argument(self._without_options(here, end), end)
        title = self._inline(span)
        if self._nested:
            self._text.append(title)
        else:
            self._flush()
            self._lists.clear()
            self._draft.heading(title, rank - self._top + 1)
        return after

    def _item(self, here: int, end: int) -> int:
        self._flush()
        option, here = self._option(self._after_letters(here, end), end)
        if self._nested or not self._lists:
            self._text.append(f"{'' if option is None else self._inline(option)} ")
            return here
        count = self._lists[-1]
        self._label = "•" if count is None else f"{count}."
        if count is not None:
            self._lists[-1] = count + 1
        if option is not None:
            self._label = self._inline(option)
        return here

    def _footnote(self, here: int, end: int) -> int:
        span, after = self._argument(self._without_options(here, end), end)
        self._notes += 1
        mark = f"[{self._notes}]"
        self._draft.footnote(f"{mark} {self._inline(span)}")
        self._text.append(mark)
        return after

    def _bibitem(self, here: int, end: int) -> int:
        self._flush()
        span, after = self._argument(self._without_options(here, end), end)
        self._text.append(f"[{self._source[slice(*span)]}] ")
        return after

    def _caption(self, here: int, end: int) -> int:
        span, after = self._argument(self._without_options(here, end), end)
        self._flush()
        self._text.append(self._inline(span))
        self._flush()
        return after

    def _reference(self, here: int, end: int) -> int:
        """`\\cite[p. 3]{a,b}` → [a, b, p. 3]"""
        options: list[str] = []
        option, here = self._option(here, end)
        while option is not None:
            options.append(self._inline(option))
            option, here = self._option(here, end)
        span, after = self._argument(here, end)
        names = [name.strip() for name in self._source[slice(*span)][:_LONGEST_OPTION].split(",")]
        self._text.append(f"[{', '.join(filter(None, names + options))}]")
        return after

    # --- formulas and verbatim ------------------------------------------------------------------------------------

    def _math(self, dollars: str, here: int, end: int) -> int:
        stop = self._next(dollars, here, end)
        if stop is None:
            self._text.append(dollars)
            return here
        self._text.append(dollars + _formula(self._source[here:stop]) + dollars)
        return stop + len(dollars)

    def _delimited(self, sign: str, here: int, end: int) -> int:
        stop = self._next("\\)" if sign == "(" else "\\]", here, end)
        if stop is None:
            return here
        dollars = "$" if sign == "(" else "$$"
        self._text.append(dollars + _formula(self._source[here:stop]) + dollars)
        return stop + 2

    def _next(self, delimiter: str, here: int, end: int) -> int | None:
        """Where the formula that begins here ends."""
        places = self._delimiters[delimiter]
        index = bisect_left(places, here)
        return places[index] if index < len(places) and places[index] < min(end, here + _LONGEST_FORMULA) else None

    def _verbatim(self, token: str) -> None:
        text = self._kept[int(token[1:-1])]
        if text.startswith("\n") and not self._nested:
            self._flush()
            language, _, body = text[1:].partition("\n")
            self._draft.code(body, language)
        else:
            self._text.append(text)

    # --- environments ---------------------------------------------------------------------------------------------

    def _environment(self, command: str, here: int, end: int) -> int:
        span, after = self._argument(here, end)
        name = self._source[slice(*span)][:40].rstrip("*")
        if command == "end":
            self._leave(name)
            return after
        stop = self._end_of(self._source[slice(*span)][:40], after, end)
        if name in words.FORMULAS and stop is not None:
            body = _formula(self._source[after : stop[0]])
            plain = name in ("equation", "displaymath", "math")
            self._text.append(f"$${body}$$" if plain else f"$$\\begin{{{name}}}{body}\\end{{{name}}}$$")
            return stop[1]
        if name in words.PICTURES and stop is not None:
            return stop[1]
        if name in words.TABLES and stop is not None and not self._nested:
            self._table(self._skip(words.TABLES[name], after, stop[0]), stop[0])
            return stop[1]
        return self._enter(name, after, end)

    def _end_of(self, name: str, here: int, end: int) -> Span | None:
        ends = self._ends.get(name, [])
        index = bisect_left(ends, (here, 0))
        return ends[index] if index < len(ends) and ends[index][1] <= end else None

    def _enter(self, name: str, here: int, end: int) -> int:
        self._flush()
        if name in words.LISTS:
            self._lists.append(1 if words.LISTS[name] else None)
            return self._without_options(here, end)
        here = self._skip(words.ENVIRONMENT_ARGUMENTS.get(name, 0), here, end) if name not in words.THEOREMS else here
        if name in words.THEOREMS:
            option, here = self._option(here, end)
            self._text.append(words.THEOREMS[name] + (f" ({self._inline(option)}). " if option else ". "))
        return here

    def _leave(self, name: str) -> None:
        self._flush()
        self._label = ""
        if name in words.LISTS and self._lists:
            self._lists.pop()

    def _table(self, here: int, end: int) -> None:
        self._flush()
        row: list[str] = []
        start = here
        while here < end:
            token = _TOKEN.match(self._source, here, end)
            assert token is not None
            if token.lastgroup == "amp" or token[0] == r"\\":
                row.append(self._inline((start, here)))
                start = token.end()
                if token.lastgroup != "amp":
                    self._draft.row(row)
                    row = []
                    _option, start = self._option(start, end)
                here = start
            else:
                closing = self._closing.get(here, here) if token.lastgroup == "open" else here
                here = max(token.end(), closing)
        self._draft.row([*row, self._inline((start, end))])


def _formula(source: str) -> str:
    return " ".join(_INNER_LABEL.sub("", source).split())


def _top_rank(text: str) -> int:
    """Of the highest heading used: an article has no chapters."""
    used = {words.RANKS[found[1]] for found in re.finditer(r"\\([a-z]+)\*?\s*[\[{]", text) if found[1] in words.RANKS}
    return min(used, default=0)
