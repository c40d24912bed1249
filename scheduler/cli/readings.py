"""What a workbook leaves open, on the screen."""

from scheduler.cli.call import Call
from scheduler.sheets.reading import Question, Reading
from scheduler.wording import Phrase


def show_reading(call: Call, reading: Reading) -> None:
    """Every fault and every question with its cell; nothing has been written."""
    language = call.screen.language
    faults = [fault.text(language) for fault in reading.faults]
    if call.options.json:
        asked = [_facts(question, language) for question in reading.questions]
        call.screen.emit({"fair": call.options.fair, "faults": faults, "questions": asked})
        return
    for fault in faults:
        call.screen.show(fault)
    for question in reading.questions:
        call.screen.show(question.text(language))
        for suggestion in question.suggestions:
            label = call.screen.text(suggestion.label)
            call.screen.show(f"    --answer '{question.key}={suggestion.answer}'  ({label})")
    call.screen.tell(
        Phrase(
            "%(faults)s faults, %(questions)s questions. Nothing was imported. Mend the file, or answer with "
            "--answer 'CELL=TEXT'.",
            faults=len(faults),
            questions=len(reading.questions),
        )
    )


def _facts(question: Question, language: str) -> dict[str, object]:
    return {
        "key": question.key,
        "place": question.place,
        "original": question.original,
        "wrong": question.wrong.text(language),
        "right": question.right.text(language),
        "expected": str(question.expected),
        "suggestions": [one.answer for one in question.suggestions],
    }
