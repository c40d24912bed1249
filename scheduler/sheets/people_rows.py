"""Companies, interpreters and rooms, line by line. Buyers have a file of their own."""

from collections.abc import Callable, Iterable

from scheduler.booking.people import Company, Contact, Interpreter, LanguagePair, Room
from scheduler.sheets.contacts import email_in, phone_in
from scheduler.sheets.draft import company_key, interpreter_key, is_nameless, room_key
from scheduler.sheets.fields import attendance_in, limit_in, minutes_at, suggest
from scheduler.sheets.languages import chains, language_of, legs_of
from scheduler.sheets.layout import Row
from scheduler.sheets.ledger import Ledger, Spot
from scheduler.sheets.overview import zone_in
from scheduler.sheets.person_hours import Frame, hours_of
from scheduler.sheets.reading import Expected
from scheduler.sheets.written import languages_text, pairs_text
from scheduler.wording import Phrase


def named_rows(
    rows: Iterable[Row], key_of: Callable[[str], str], ledger: Ledger
) -> Iterable[tuple[Row, str, str]]:
    """Each line with its name and key. A missing name, or one that came before, is asked for."""
    seen: dict[str, str] = {}
    for row in rows:
        spot = row.spot("name")
        name = row.line("name")
        key = key_of(name)
        if not name or is_nameless(key):
            if not ledger.is_refused(spot):
                wrong = Phrase("This line has no name.")
                ledger.ask(spot, wrong, Phrase("Write the name, or delete the line."))
            continue
        if key in seen:
            ledger.ask(
                spot,
                Phrase(
                    "“%(name)s” is in the list twice; it stands at %(place)s too.", name=name, place=seen[key]
                ),
                Phrase("Delete one of the lines, or give one another name."),
            )
            continue
        seen[key] = spot.key
        yield row, name, key


def read_companies(rows: Iterable[Row], frame: Frame, rooms: dict[str, Room]) -> tuple[Company, ...]:
    return tuple(
        _company(row, name, key, frame, rooms)
        for row, name, key in named_rows(rows, company_key, frame.ledger)
    )


def _company(row: Row, name: str, key: str, frame: Frame, rooms: dict[str, Room]) -> Company:
    ledger = frame.ledger
    attendance, preferred = attendance_in(row.spot("attendance"), ledger, rooms)
    return Company(
        id=key,
        name=name,
        name_en=row.line("name_en"),
        hours=hours_of(row, zone_at(row, frame), frame, may_be_blank=True),
        languages=languages_at(row.spot("languages"), ledger, blank=("ko",)),
        attendance=attendance,
        preferred_room_id=_preferred(row.spot("preferred_room"), ledger, rooms) or preferred,
        daily_limit=limit_in(row.spot("daily_limit"), ledger),
        products=row.spot("products").text,
        note=row.spot("note").text,
        contact=contact_of(row, ledger, language="ko", country="KR"),
    )


def _preferred(spot: Spot, ledger: Ledger, rooms: dict[str, Room]) -> str | None:
    if not spot:
        return None
    key = room_key(spot.text)
    if key in rooms:
        return key
    ledger.ask(
        spot,
        Phrase("There is no room “%(name)s”.", name=spot.text),
        Phrase("Write the name of a room that exists."),
        Expected.CHOICE,
        suggest(*(room.name for room in rooms.values())),
    )
    return None


def contact_of(
    row: Row, ledger: Ledger, *, language: str, country: str, is_mail_wanted: bool = True
) -> Contact:
    email = row.spot("email")
    return Contact(
        person=row.line("person"),
        email=email_in(email, ledger, is_wanted=is_mail_wanted and row.has("email")),
        phone=phone_in(row.spot("phone"), ledger, country=country),
        language=_written_to(row.spot("contact_language"), ledger, language),
    )


def _written_to(spot: Spot, ledger: Ledger, blank: str) -> str:
    if not spot:
        return blank
    code = language_of(spot.text)
    if code is None:
        _ask_language(spot, ledger)
    return code or blank


def languages_at(spot: Spot, ledger: Ledger, *, blank: tuple[str, ...]) -> tuple[str, ...]:
    """The languages somebody speaks, `한국어, 영어`."""
    if not spot:
        return blank
    found = chains(spot.text)
    if not found or any(len(chain) > 1 for chain in found):
        _ask_language(spot, ledger)
        return blank
    codes = tuple(chain[0] for chain in found)
    if spot.text not in (languages_text(codes, "ko"), languages_text(codes, "en")):
        ledger.note(spot, Phrase("Speaks %(languages)s", languages=LanguageNames(codes)))
    return codes


class LanguageNames(tuple[str, ...]):
    """Codes of languages that are said by their names in the reader's language."""

    def text(self, language: str) -> str:
        return languages_text(self, language)


class PairNames(tuple[LanguagePair, ...]):
    """Language pairs said by their names in the reader's language."""

    def text(self, language: str) -> str:
        return pairs_text(self, language)


def _ask_language(spot: Spot, ledger: Ledger) -> None:
    ledger.ask(
        spot,
        Phrase("“%(written)s” is no language we know.", written=spot.text),
        Phrase("Write the names of languages, such as “Korean, English”."),
        suggestions=suggest("한국어", "영어"),
    )


def zone_at(row: Row, frame: Frame) -> str:
    """The zone a line names, else the fair's."""
    spot = row.spot("zone")
    zone = zone_in(spot.text) if spot else frame.fair.zone
    if zone is None:
        frame.ledger.ask(
            spot,
            Phrase("“%(written)s” is no time zone.", written=spot.text),
            Phrase("Write a city or a zone, such as Asia/Seoul."),
            suggestions=suggest(frame.fair.zone),
        )
    return zone or frame.fair.zone


def read_interpreters(rows: Iterable[Row], frame: Frame) -> tuple[Interpreter, ...]:
    return tuple(
        Interpreter(
            id=key,
            name=name,
            name_en=row.line("name_en"),
            hours=hours_of(row, zone_at(row, frame), frame, may_be_blank=True),
            pairs=_pairs(row.spot("pairs"), frame.ledger),
            rest_minutes=minutes_at(row.spot("rest"), frame.ledger, blank=0),
            daily_limit=limit_in(row.spot("daily_limit"), frame.ledger),
            note=row.spot("note").text,
            contact=contact_of(row, frame.ledger, language="ko", country="KR"),
        )
        for row, name, key in named_rows(rows, interpreter_key, frame.ledger)
    )


def _pairs(spot: Spot, ledger: Ledger) -> tuple[LanguagePair, ...]:
    """`한-인니, 한-영` as pairs; one language alone is read as a pair with Korean, and noted."""
    found = chains(spot.text) if spot else None
    if not found or ("ko",) in found:
        ledger.ask(
            spot,
            Phrase("“%(written)s” does not say which languages are interpreted.", written=spot.text),
            Phrase("Write pairs, such as Korean-Indonesian, Korean-English."),
            suggestions=suggest("한국어-영어"),
        )
        return ()
    both = [chain if len(chain) > 1 else ("ko", *chain) for chain in found]
    pairs = tuple(dict.fromkeys(pair for chain in both for pair in legs_of(chain)))
    if spot.text not in (pairs_text(pairs, "ko"), pairs_text(pairs, "en")):
        ledger.note(spot, Phrase("Interprets %(pairs)s", pairs=PairNames(pairs)))
    return pairs


def read_rooms(rows: Iterable[Row], frame: Frame) -> tuple[Room, ...]:
    return tuple(
        Room(
            id=key,
            name=name,
            name_en=row.line("name_en"),
            hours=hours_of(row, zone_at(row, frame), frame, may_be_blank=True),
            change_over_minutes=minutes_at(
                row.spot("change_over"), frame.ledger, blank=frame.fair.break_minutes
            ),
            link=_link(row.spot("link"), frame.ledger),
            note=row.spot("note").text,
        )
        for row, name, key in named_rows(rows, room_key, frame.ledger)
    )


def _link(spot: Spot, ledger: Ledger) -> str:
    link = ledger.line(spot)
    if link and (not link.startswith(("https://", "http://")) or any(letter.isspace() for letter in link)):
        ledger.fault(
            spot.key, Phrase("This is no web address."), Phrase("Write one that begins with https://.")
        )
        return ""
    return link
