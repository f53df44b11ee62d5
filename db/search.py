"""Full-text search of product titles. The database keeps the words of titles up to date."""

from collections.abc import Sequence


def match_text(words: Sequence[str]) -> str:
    """Return the query for titles with all of the words, ignoring case and accents.

    Each word is quoted, so that none is read as query syntax. Without words nothing matches.

    >>> match_text(["slip-on", '5"'])
    '"slip-on" "5 "'
    """
    return " ".join('"' + word.replace('"', " ") + '"' for word in words or [""])
