"""A workbook comes in through the pages: read, asked about, corrected, taken over; or refused."""

import io
import re
import zipfile

import pytest

from scheduler.services.export import export_fair
from tests.web.visitors import Visitor, a_site

CSV_OF_COMPANIES = '기업명,담당자,이메일\n가람식품,김견본,"sample@company,example"\n'


def upload(visitor, data, name, page="/imports/"):
    return visitor.post(page, page=page, file=(io.BytesIO(data), name), follow_redirects=False)


def test_a_workbook_is_shown_before_it_changes_anything_and_then_imported(tmp_path):
    site = a_site(tmp_path)
    visitor = site.logged_in()
    workbook = export_fair(site.stage.db, "sample", language="ko")

    answer = upload(visitor, workbook, "견본.xlsx")

    assert answer.status_code == 303
    page = visitor.get(answer.location)
    text = Visitor.text(page)
    assert "파일 내용을 모두 읽었습니다" in text
    assert "견본.xlsx" in text
    taken = visitor.post(f"{answer.location}/import", page=answer.location)
    assert (taken.status_code, taken.location) == (303, "/fairs/sample/")
    assert "엑셀을 가져왔습니다." in Visitor.text(visitor.get(taken.location))


def test_importing_twice_doubles_nothing(tmp_path):
    site = a_site(tmp_path)
    visitor = site.logged_in()
    workbook = export_fair(site.stage.db, "sample", language="en")
    answer = upload(visitor, workbook, "sample.xlsx", "/fairs/sample/import")

    def taken_over() -> str:
        assert visitor.post(f"{answer.location}/import", page="/imports/").status_code == 303
        return Visitor.text(visitor.get("/fairs/"))

    assert taken_over() == taken_over()


def test_a_template_comes_in_both_languages(tmp_path):
    visitor = a_site(tmp_path).logged_in()

    korean, english = (visitor.get(f"/imports/template.xlsx?lang={one}") for one in ("ko", "en"))

    assert korean.data.startswith(b"PK")
    assert english.data.startswith(b"PK")
    assert korean.data != english.data


def a_bomb() -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * 99_000_000)
    return packed.getvalue()


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (b"<html><script>alert(1)</script></html>", "list.xlsx"),
        (b"", "empty.xlsx"),
        (b"PK\x03\x04 not really", "list.xlsx"),
        (b"\x00\x01\x02", "../../instance/config.py"),
        (b"MZ" + b"\x00" * 100, "program.exe"),
    ],
)
def test_a_file_that_is_no_workbook_is_refused_and_not_kept(tmp_path, data, name):
    site = a_site(tmp_path)
    visitor = site.logged_in()

    answer = upload(visitor, data, name)

    assert answer.status_code == 400
    assert "읽을 수 없는 파일입니다" in Visitor.text(answer)
    assert not any('INSERT INTO "upload"' in line for line in site.contents())


def test_a_bomb_is_refused_before_it_is_unpacked(tmp_path):
    assert upload(a_site(tmp_path).logged_in(), a_bomb(), "list.xlsx").status_code == 400


def test_a_file_that_is_too_large_is_refused_by_its_size(tmp_path):
    site = a_site(tmp_path, upload_megabytes=3)
    assert site.app.config["MAX_CONTENT_LENGTH"] == 3 * 1024 * 1024
    site.app.config["MAX_CONTENT_LENGTH"] = 100_000

    answer = upload(site.logged_in(), b"x" * 100_001, "list.xlsx")

    assert answer.status_code == 413
    assert "너무 큽니다" in Visitor.text(answer)


def test_a_script_in_a_cell_and_in_a_name_is_text(tmp_path):
    site = a_site(tmp_path)
    visitor = site.logged_in()
    workbook = export_fair(site.stage.db, "sample", language="ko")

    answer = upload(visitor, workbook, "<script>alert(1)</script>{{7*7}}.xlsx")

    page = visitor.get(answer.location).text
    assert "<script>alert" not in page
    assert "&lt;script&gt;" in page
    assert "49.xlsx" not in page


def test_an_upload_that_is_not_there_is_not_found(tmp_path):
    visitor = a_site(tmp_path).logged_in()

    assert visitor.get("/imports/up_none").status_code == 404
    assert visitor.post("/imports/up_none/import", page="/imports/").status_code == 404
    assert visitor.post("/imports/up_none/answers", page="/imports/").status_code == 404


def test_an_answer_that_is_too_long_is_refused(tmp_path):
    site = a_site(tmp_path)
    visitor = site.logged_in()
    workbook = export_fair(site.stage.db, "sample", language="ko")
    where = upload(visitor, workbook, "sample.xlsx").location

    answer = visitor.post(f"{where}/answers", page="/imports/", **{"answer:바이어!H6": "9" * 501})

    assert answer.status_code == 400


def test_a_question_is_answered_on_the_page_and_the_file_read_again(tmp_path):
    site = a_site(tmp_path)
    visitor = site.logged_in()
    where = upload(visitor, CSV_OF_COMPANIES.encode(), "companies.csv", "/fairs/sample/import").location
    asked = re.findall(r'id="q\d" name="(answer:[^"]+)"', visitor.get(where).text)

    assert len(asked) == 1
    assert "sample@company,example" in Visitor.text(visitor.get(where))
    visitor.post(f"{where}/answers", page="/imports/", **{asked[0]: "sample@company.example"})

    page = visitor.get(where)
    assert "파일 내용을 모두 읽었습니다" in Visitor.text(page)
    assert 'value="sample@company.example"' in page.text
