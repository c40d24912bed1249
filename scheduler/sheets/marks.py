"""The marks of a matching table: ◎ ○ △ ×, words, numbers, and the legend that says what they mean."""

import re
import unicodedata

from scheduler.booking.match import Priority

_MARKS = {
    Priority.MUST: "◎⊙●★",
    Priority.WANTED: "○〇◯oov✓✔☆",
    Priority.IF_TIME_ALLOWS: "△▲∆",
    Priority.NEVER: "×✕✖✗xㄨ",
}
_BY_MARK = {mark: priority for priority, marks in _MARKS.items() for mark in marks} | {
    "1": Priority.MUST,
    "2": Priority.WANTED,
    "3": Priority.IF_TIME_ALLOWS,
    "9": Priority.NEVER,
}
_WORDS = {
    Priority.MUST: ("필수", "최우선", "반드시", "must", "required", "1순위", "상", "high"),
    Priority.WANTED: ("희망", "우선", "원함", "wanted", "want", "yes", "2순위", "중", "medium", "예", "가능"),
    Priority.IF_TIME_ALLOWS: (
        *("시간되면", "시간이되면", "시간되면가능", "가능하면", "여유시", "여유있으면", "3순위", "하"),
        *("iftimeallows", "iftime", "maybe", "optional", "low"),
    ),
    Priority.NEVER: ("불가", "제외", "금지", "never", "no", "불가능", "안함", "notpossible"),
}  # fmt: skip
_BY_WORD = {word: priority for priority, words in _WORDS.items() for word in words}
_NOTHING = frozenset({"", "-", "–", "—", ".", "/", "해당없음", "n/a"})
_SIGNS = "".join(_MARKS.values())
_LEGEND = re.compile(rf"(?P<mark>[{_SIGNS}O1-3X])\s*[:=\-]?\s*(?P<word>[가-힣A-Za-z][가-힣A-Za-z ]*)")


def legend_in(text: str) -> dict[str, Priority]:
    """What a legend says of each mark: `◎ 필수, ○ 희망, △ 시간되면, × 불가`. Empty when the text is none."""
    legend: dict[str, Priority] = {}
    for found in _LEGEND.finditer(text):
        priority = _by_word(found["word"])
        if priority is not None:
            legend[_plain(found["mark"])] = priority
    return legend if len(legend) > 1 else {}


def priority_of(text: str, legend: dict[str, Priority]) -> Priority | None:
    """What a mark means; None for a mark nobody knows. Ask `is_no_match` first."""
    mark = _plain(text)
    if mark in legend:
        return legend[mark]
    if mark in _BY_MARK:
        return _BY_MARK[mark]
    word = _by_word(text)
    if word is not None:
        return word
    # "◎ 필수": the mark and the word must agree.
    first, rest = legend.get(mark[:1], _BY_MARK.get(mark[:1])), _by_word(mark[1:])
    return first if first is not None and first is rest else None


def is_no_match(text: str) -> bool:
    return _plain(text) in _NOTHING


def _by_word(text: str) -> Priority | None:
    return _BY_WORD.get(re.sub(r"[\s,.()]", "", _plain(text)))


def _plain(text: str) -> str:
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text).casefold())
