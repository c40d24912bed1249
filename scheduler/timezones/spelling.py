"""One spelling for what people write in many."""

import unicodedata


def folded(text: str) -> str:
    """Without case, accents, blanks and punctuation: ``São Paulo`` and ``SAO-PAULO`` are one."""
    # Letters are taken apart to drop the accents and put together again, or Hangul would stay in pieces.
    apart = unicodedata.normalize("NFKD", text.casefold())
    bare = (letter for letter in apart if letter.isalnum() and not unicodedata.combining(letter))
    return unicodedata.normalize("NFC", "".join(bare))
