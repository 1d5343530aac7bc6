"""Texts as models write them and as they are compared: lower case, letters and apostrophes."""

import re
import unicodedata


def normalise(text: str) -> str:
    """A text in lower case with only a to z, apostrophes and single spaces; of accented letters the letter stays."""
    plain = unicodedata.normalize("NFKD", text.replace("’", "'")).lower()
    bare = "".join(character for character in plain if not unicodedata.combining(character))
    return " ".join(re.sub(r"[^a-z' ]+", " ", bare).split())
