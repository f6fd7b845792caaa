"""What letters look like matters where it means something: 10²³ is not 1023."""

from __future__ import annotations

_RAISED = dict(zip("0123456789+-−=()ni", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁼⁽⁾ⁿⁱ", strict=True))
_LONGEST_RAISED = 12


def raised(text: str) -> str:
    """In superscript characters where there is one for each ("²³"), as it is where there is not ("2ème")."""
    stripped = text.strip()
    if not stripped or len(stripped) > _LONGEST_RAISED or any(letter not in _RAISED for letter in stripped):
        return text
    return text.replace(stripped, "".join(_RAISED[letter] for letter in stripped))


def lowered(text: str) -> str:
    """H₂O is searched for as H2O, so digits stay digits; a letter becomes an index: x_i."""
    stripped = text.strip()
    return f"_{stripped}" if len(stripped) == 1 and stripped.isalpha() and stripped.isascii() else text


def alphabetic(number: int) -> str:
    """1 → a, 26 → z, 27 → aa (as lists count), "" below 1."""
    if not 1 <= number <= 18_278:
        return str(number) if number > 0 else ""
    letters = ""
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(ord("a") + rest) + letters
    return letters


def roman(number: int) -> str:
    """In small letters; digits beyond what Romans wrote."""
    if not 1 <= number < 4_000:
        return str(number)
    letters = ""
    for value, sign in (
        (1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"), (40, "xl"),
        (10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"),
    ):  # fmt: skip
        while number >= value:
            letters += sign
            number -= value
    return letters


def counted(number: int, style: str) -> str:
    """A list's or page's number as Word, OpenDocument and HTML name the styles."""
    match style:
        case "lowerLetter" | "a":
            return alphabetic(number)
        case "upperLetter" | "A":
            return alphabetic(number).upper()
        case "lowerRoman" | "i":
            return roman(number)
        case "upperRoman" | "I":
            return roman(number).upper()
        case "decimalZero":
            return f"{number:02}"
        case _:
            return str(number)
