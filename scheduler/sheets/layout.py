"""Finding the lists in the sheets: which sheet is which, where its header row is, and which lines are rows."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from scheduler.sheets.cells import Sheet
from scheduler.sheets.columns import SheetKind, headers_of, kind_of_title, overview_labels, plain
from scheduler.sheets.ledger import Ledger, Spot
from scheduler.sheets.reading import Suggestion
from scheduler.wording import Phrase

_HEADER_WITHIN = 40
_TOTAL = re.compile(r"(?:합\s*계|총\s*계|소\s*계|총원|계|total|sum)\b.*", re.IGNORECASE | re.DOTALL)
_REMARK = re.compile(r"[※*]|주\s*[):]|비고\s*:|참고\s*:|note\s*:", re.IGNORECASE)
_COUNT = re.compile(r"(\d+)\s*(?:개\s*사|개\s*업체|개소|개\s*실|명|건|인|companies|buyers|people|rooms)")
_EXAMPLE = re.compile(r"(?:예시|예\s*[:)]|작성\s*예|\(예\)|example|e\.g\.)", re.IGNORECASE)
_LISTS = tuple(kind for kind in SheetKind if kind is not SheetKind.FAIR)
# A cell with two sides in it heads a matrix: 기업 \ 바이어.
_CORNER = re.compile(r"[\\/|]")


@dataclass(frozen=True, kw_only=True)
class Row:
    """One line of a list. A field whose column is missing is one blank spot for all lines."""

    number: int
    sheet: Sheet
    columns: Mapping[str, int]
    ledger: Ledger = field(repr=False)

    def spot(self, name: str) -> Spot:
        column = self.columns.get(name)
        if column is None:
            return self.ledger.spot_of(f"{self.sheet.title}!{name}")
        return self.ledger.spot(self.sheet, self.number, column)

    def line(self, name: str) -> str:
        return self.ledger.line(self.spot(name))

    def has(self, name: str) -> bool:
        return name in self.columns


@dataclass(frozen=True, kw_only=True)
class Table:
    """A list found in a sheet. `header` is its line, 0 when there is none (a matrix, an overview)."""

    kind: SheetKind
    sheet: Sheet
    header: int
    columns: Mapping[str, int]


def kind_of(sheet: Sheet, ledger: Ledger) -> SheetKind | None:
    """What a sheet holds: told by its title, else by its headers. An answer under its title decides first."""
    answered = ledger.answers.get(sheet.title)
    if answered is not None:
        return kind_of_title(answered)
    return kind_of_title(sheet.title) or _kind_by_headers(sheet) or _kind_by_words(sheet.title)


def _kind_by_headers(sheet: Sheet) -> SheetKind | None:
    scores: dict[SheetKind, int] = {kind: _best_header(sheet, kind)[1] for kind in _LISTS}
    scores[SheetKind.FAIR] = sum(
        _field_in(text, overview_labels()) is not None
        for row in sheet.rows[:_HEADER_WITHIN]
        for _, text in list(sheet.row_texts(row))[:1]
    )
    best = max(scores, key=lambda kind: scores[kind])
    return best if scores[best] >= 2 else None


def _kind_by_words(title: str) -> SheetKind | None:
    words = {
        SheetKind.MATCHES: ("매칭", "match"),
        SheetKind.INTERPRETERS: ("통역", "interpret"),
        SheetKind.BUYERS: ("바이어", "buyer"),
        SheetKind.COMPANIES: ("기업", "업체", "compan"),
        SheetKind.ROOMS: ("상담실", "room"),
        SheetKind.FAIR: ("개요", "상담회", "overview"),
    }
    bare = plain(title)
    return next((kind for kind, found in words.items() if any(word in bare for word in found)), None)


def table_in(sheet: Sheet, kind: SheetKind) -> Table | None:
    """The list in a sheet; None when no line looks like its header."""
    header, score = _best_header(sheet, kind)
    names = _columns_at(sheet, header, kind) if score else {}
    wanted = {"company", "buyer"} if kind in (SheetKind.MATCHES, SheetKind.PINS) else {_subject(kind)}
    if not wanted <= set(names):
        return None
    return Table(kind=kind, sheet=sheet, header=header, columns=names)


def _subject(kind: SheetKind) -> str:
    return "country" if kind is SheetKind.COUNTRIES else "name"


def _best_header(sheet: Sheet, kind: SheetKind) -> tuple[int, int]:
    scored = [
        (row, len(_columns_at(sheet, row, kind)))
        for row in sheet.rows[:_HEADER_WITHIN]
        if len(sheet.columns[row]) > 1
    ]
    return max(scored, key=lambda pair: pair[1], default=(0, 0))


def _columns_at(sheet: Sheet, row: int, kind: SheetKind) -> dict[str, int]:
    labels = headers_of(kind)
    columns: dict[str, int] = {}
    for column, text in sheet.row_texts(row):
        name = _field_in(text, labels)
        if name is not None and not (kind is SheetKind.MATCHES and _CORNER.search(text) and "·" not in text):
            columns.setdefault(name, column)
    return columns


def _field_in(text: str, labels: Mapping[str, str]) -> str | None:
    found = labels.get(plain(text))
    if found is None:
        found = labels.get(plain(re.sub(r"\(.*?\)|（.*?）|\*", "", text)))
    return found


def overview_in(sheet: Sheet) -> Iterator[tuple[str | None, tuple[int, int], tuple[int, int]]]:
    """The lines of an overview: the field (None when the label is unknown), the label's and the value's cell."""
    labels = overview_labels()
    for row in sheet.rows:
        columns = [at for at in sheet.columns[row] if not _EXAMPLE.match(sheet.text(row, at))]
        label = next((at for at in columns if _field_in(sheet.text(row, at), labels)), None)
        if label is None:
            if len(columns) == 2:
                yield None, (row, columns[0]), (row, columns[1])
            continue
        value = next((at for at in columns if at > label), label + 1)
        yield _field_in(sheet.text(row, label), labels), (row, label), (row, value)


def rows_of(table: Table, ledger: Ledger) -> list[Row]:
    """The rows of a list: blank lines, examples, totals and remarks left out, and said so."""
    _note_unread_columns(table, ledger)
    rows: list[Row] = []
    for number in table.sheet.rows:
        if number <= table.header:
            continue
        if _is_remark(table, number, ledger, len(rows)):
            continue
        row = Row(number=number, sheet=table.sheet, columns=table.columns, ledger=ledger)
        if any(row.spot(name) for name in table.columns if name != "number"):
            rows.append(row)
    return rows


def _is_remark(table: Table, number: int, ledger: Ledger, count: int) -> bool:
    column = table.sheet.columns[number][0]
    first = table.sheet.text(number, column)
    spot = ledger.spot(table.sheet, number, column)
    if _EXAMPLE.match(first):
        ledger.note(spot, Phrase("An example: this line is left out."))
        return True
    if _REMARK.match(first):
        ledger.note(spot, Phrase("A remark, not an entry: this line is left out."))
        return True
    if _TOTAL.fullmatch(first):
        _check_total(table, number, spot, ledger, count)
        return True
    return False


def _check_total(table: Table, number: int, spot: Spot, ledger: Ledger, count: int) -> None:
    texts = [spot.text, *(text for _, text in table.sheet.row_texts(number))]
    said = next((int(found[1]) for text in texts if (found := _COUNT.search(text))), None)
    if said is None or said == count or spot.is_answered:
        ledger.note(spot, Phrase("A total, not an entry: this line is left out."))
        return
    ledger.ask(
        spot,
        Phrase("The total says %(said)s, but the list has %(count)s entries.", said=said, count=count),
        Phrase("If the list is right, confirm it; else mend the list and send it again."),
        suggestions=(Suggestion(answer=f"합계 {count}", label=Phrase("The list is right: %(n)s", n=count)),),
    )


def _note_unread_columns(table: Table, ledger: Ledger) -> None:
    for column, text in table.sheet.row_texts(table.header):
        if column not in table.columns.values():
            spot = ledger.spot(table.sheet, table.header, column)
            ledger.note(spot, Phrase("The column “%(name)s” is not read.", name=text))
