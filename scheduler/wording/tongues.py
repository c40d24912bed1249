"""The names of languages, in the reader's own."""

from dataclasses import dataclass
from functools import lru_cache

from babel import Locale


@lru_cache(maxsize=1024)
def tongue(code: str, language: str) -> str:
    """``인도네시아어`` for "id" in Korean; a code that nobody knows stands for itself."""
    return str(Locale.parse(language).languages.get(code, code))


@dataclass(frozen=True, kw_only=True)
class TonguesText:
    """Languages as a fact of a Phrase: ``한국어–베트남어``."""

    codes: tuple[str, ...]

    def text(self, language: str) -> str:
        return "–".join(tongue(code, language) for code in self.codes)
