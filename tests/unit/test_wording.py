import pickle

import jinja2
import pytest
from babel.messages.pofile import PoFileError

from scheduler.wording import (
    LANGUAGE_NAMES,
    LANGUAGES,
    Phrase,
    catalogue,
    direction,
    gettext_callables,
    joined,
    msgid,
    pick_language,
)
from scheduler.wording.catalogue import read_catalogue

HEADER = 'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=utf-8\\n"\n\n'


def a_part(folder, name, entries, language="ko"):
    """A .po file of a language with the entries given."""
    file = folder / language / f"{name}.po"
    file.parent.mkdir(exist_ok=True)
    file.write_text(HEADER + entries, encoding="utf-8")
    return file


ROOM = 'msgid "Room %(room)s is closed"\nmsgstr "상담실 %(room)s: 이용 시간 아님"\n'
COUNTED = 'msgid "%(num)s room"\nmsgid_plural "%(num)s rooms"\nmsgstr[0] "상담실 %(num)s곳"\n'


def test_a_sentence_is_said_in_the_language_with_its_facts(tmp_path):
    korean = read_catalogue("ko", [a_part(tmp_path, "booking", ROOM)])

    assert korean.language == "ko"
    assert korean.say("Room %(room)s is closed", room=1) == "상담실 1: 이용 시간 아님"
    assert korean.gettext("Room %(room)s is closed") == "상담실 %(room)s: 이용 시간 아님"


def test_a_sentence_without_translation_is_said_in_english(tmp_path):
    korean = read_catalogue("ko", [a_part(tmp_path, "booking", ROOM)])

    assert korean.say("%(share)s%% of Room %(room)s", room=1, share=90) == "90% of Room 1"
    assert korean.say_plural("%(num)s buyer", "%(num)s buyers", 2) == "2 buyers"
    assert read_catalogue("vi", []).say("Room %(room)s is closed", room=1) == "Room 1 is closed"


def test_nothing_said_is_nothing_and_not_the_head_of_the_catalogue(tmp_path):
    korean = read_catalogue("ko", [a_part(tmp_path, "booking", ROOM)])

    assert korean.say("") == ""
    assert korean.gettext("") == ""


def test_a_number_chooses_the_wording(tmp_path):
    korean = read_catalogue("ko", [a_part(tmp_path, "booking", COUNTED)])
    english = catalogue("en")

    assert korean.say_plural("%(num)s room", "%(num)s rooms", 1) == "상담실 1곳"
    assert korean.ngettext("%(num)s room", "%(num)s rooms", 2) == "상담실 %(num)s곳"
    assert english.say_plural("%(num)s room", "%(num)s rooms", 1) == "1 room"
    assert english.say_plural("%(num)s room", "%(num)s rooms", 4) == "4 rooms"


def test_arabic_has_six_forms(tmp_path):
    forms = "".join(f'msgstr[{number}] "form {number}"\n' for number in range(6))
    arabic = read_catalogue(
        "ar", [a_part(tmp_path, "booking", f'msgid "room"\nmsgid_plural "rooms"\n{forms}', "ar")]
    )

    said = [arabic.say_plural("room", "rooms", number) for number in (0, 1, 2, 5, 100, 11)]
    assert said == [f"form {number}" for number in range(6)]


def test_the_parts_of_a_language_are_one_catalogue(tmp_path):
    rooms, other = (
        a_part(tmp_path, "booking", ROOM),
        a_part(tmp_path, "web", 'msgid "Buyer"\nmsgstr "바이어"\n'),
    )
    korean = read_catalogue("ko", [rooms, other])

    assert [korean.say("Buyer"), korean.say("Room %(room)s is closed", room=2)] == [
        "바이어",
        "상담실 2: 이용 시간 아님",
    ]


def test_a_doubtful_translation_is_not_used(tmp_path):
    korean = read_catalogue("ko", [a_part(tmp_path, "web", '#, fuzzy\nmsgid "Buyer"\nmsgstr "구매자"\n')])

    assert korean.say("Buyer") == "Buyer"


def test_a_broken_catalogue_is_an_error(tmp_path):
    broken = a_part(tmp_path, "web", 'mgsid "Buyer"\nmsgstr "바이어"\n')

    with pytest.raises(PoFileError, match="keyword"):
        read_catalogue("ko", [broken])


def test_a_phrase_waits_for_its_language():
    phrase = Phrase("%(time)s is outside the years %(first)s to %(last)s.", time="x", first="1", last="2")

    assert phrase.text("en") == "x is outside the years 1 to 2."
    assert phrase.text("ko") == "x: 1년부터 2년까지만 쓸 수 있습니다."
    assert str(phrase) == phrase.text("en")


def test_phrases_with_the_same_facts_are_equal():
    phrase = Phrase("Room %(room)s is closed", room="1")

    assert phrase == Phrase("Room %(room)s is closed", {"room": "1"})
    assert phrase != Phrase("Room %(room)s is closed", room="2")
    assert len({phrase, Phrase("Room %(room)s is closed", room="1")}) == 1
    assert pickle.loads(pickle.dumps(phrase)) == phrase  # noqa: S301
    with pytest.raises(AttributeError):
        phrase.msgid = "other"


def test_facts_can_be_phrases_themselves():
    inner = Phrase("the next day %(time)s", time="00:20")
    phrase = Phrase("until %(end)s, %(names)s", end=inner, names=("A", Phrase("every day")))

    assert phrase.text("ko") == "until 다음 날 00:20, A, 매일"
    assert phrase.text("en") == "until the next day 00:20, A, every day"
    assert joined([1, Phrase("every day")], "ar") == "1، كل يوم"


def test_a_counted_phrase_takes_its_number():
    phrase = Phrase.counted("%(num)s room in %(city)s", "%(num)s rooms in %(city)s", 3, city="인천")

    assert phrase.text("en") == "3 rooms in 인천"
    assert Phrase.counted("%(num)s room", "%(num)s rooms", 1).text("en") == "1 room"
    with pytest.raises(TypeError, match="whole number"):
        Phrase.counted("%(num)s room", "%(num)s rooms", 3, num="three").text("en")


def test_a_sentence_of_a_table_gets_its_facts_later():
    table = {"room": msgid("There is no room %(key)s")}

    assert Phrase(table["room"], key="R1").text("en") == "There is no room R1"


def test_a_missing_fact_is_an_error_and_no_half_sentence():
    with pytest.raises(KeyError):
        Phrase("Room %(room)s is closed").text("en")


def test_templates_speak_the_language_of_the_moment():
    language = ["ko"]
    environment = jinja2.Environment(autoescape=True, extensions=["jinja2.ext.i18n"])
    environment.install_gettext_callables(*gettext_callables(lambda: language[0]), newstyle=True)
    template = environment.from_string(
        "{{ _('the next day %(time)s', time=clock) }} {{ ngettext('%(num)s room', '%(num)s rooms', 2) }}"
    )

    assert template.render(clock="<09:00>") == "다음 날 &lt;09:00&gt; 2 rooms"
    language[0] = "en"
    assert template.render(clock="09:00") == "the next day 09:00 2 rooms"


def test_only_arabic_runs_from_right_to_left():
    assert [direction(language) for language in LANGUAGES] == ["ltr", "ltr", "ltr", "ltr", "rtl"]
    assert tuple(LANGUAGE_NAMES) == LANGUAGES


@pytest.mark.parametrize(
    ("wanted", "language"),
    [
        ("ko-KR,ko;q=0.9,en-US;q=0.8", "ko"),
        ("en-US,en;q=0.9,ko;q=0.8", "en"),
        ("fr-FR,fr;q=0.9,vi;q=0.2,ar;q=0.5", "ar"),
        ("en;q=0,id", "id"),
        ("in-ID", "id"),
        ("ko;q=high,en;q=0.1", "en"),
        ("fr", "ko"),
        ("*", "ko"),
        ("", "ko"),
        (None, "ko"),
        (["fr", "vi_VN"], "vi"),
        ([], "ko"),
    ],
)
def test_the_first_language_we_share_is_taken(wanted, language):
    assert pick_language(wanted) == language


def test_the_fallback_can_be_another():
    assert pick_language("fr", default="en") == "en"
