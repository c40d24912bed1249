"""The city's own name, logo, sender and languages, set while the program runs."""

from io import BytesIO

import pytest

from scheduler.services.installation import installation_of, settings_with
from tests.web.visitors import FIRST_COMPANY, a_site

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 40
GOOD = {
    "city": "인천광역시  남동구",
    "city_en": "Namdong-gu, Incheon",
    "mail_from": "Fair@Namdong.example",
    "language": "en",
    "buyer_languages": ["en", "id"],
}


def test_what_is_set_stands_on_every_page_and_in_mails_at_once(tmp_path):
    site = a_site(tmp_path)
    coordinator = site.logged_in()

    answer = coordinator.post("/installation/", page="/installation/", **GOOD)
    settings = settings_with(site.stage.settings, installation_of(site.stage.db))

    assert answer.status_code == 303
    assert "Namdong-gu, Incheon" in coordinator.text(coordinator.get("/fairs/?lang=en"))
    assert "인천광역시 남동구" in coordinator.text(coordinator.get("/fairs/?lang=ko"))
    assert 'lang="en"' in site.visitor().get("/login").text
    assert (settings.city, settings.mail_from) == ("인천광역시 남동구", "fair@namdong.example")
    assert [code for code in ("ko", "en", "id", "vi") if f'hreflang="{code}"' in buyer_page(site)] == [
        "en",
        "id",
    ]


def buyer_page(site) -> str:
    return site.visitor().get(site.buyer_path()).text


def test_an_empty_field_leaves_what_the_program_was_started_with(tmp_path):
    site = a_site(tmp_path)
    site.logged_in().post("/installation/", page="/installation/", city="", language="")

    assert settings_with(site.stage.settings, installation_of(site.stage.db)) == site.stage.settings


def test_a_logo_is_shown_kept_and_taken_away(tmp_path):
    site = a_site(tmp_path)
    coordinator = site.logged_in()
    coordinator.post("/installation/", page="/installation/", logo=(BytesIO(PNG), "../../logo.svg"))
    mark = installation_of(site.stage.db).logo_mark
    shown = site.visitor().get(f"/logo/{mark}")
    page = site.visitor().get("/login").text
    coordinator.post("/installation/", page="/installation/", city="남동구")
    kept = installation_of(site.stage.db).logo_mark
    coordinator.post("/installation/", page="/installation/", remove_logo="yes")

    assert (shown.data, shown.mimetype, shown.headers["X-Content-Type-Options"]) == (
        PNG,
        "image/png",
        "nosniff",
    )
    assert f"/logo/{mark}" in page
    assert kept == mark
    assert site.visitor().get(f"/logo/{mark}").status_code == 404
    assert site.visitor().get("/logo/").status_code == 404


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "PNG 또는 JPEG"),
        (PNG + b"\0" * 300_000, "256 KB"),
    ],
)
def test_a_logo_that_is_no_picture_or_too_large_is_refused(tmp_path, content, sentence):
    coordinator = a_site(tmp_path).logged_in()

    answer = coordinator.post("/installation/", page="/installation/", logo=(BytesIO(content), "logo.png"))

    assert answer.status_code == 400
    assert sentence in coordinator.text(answer)


def test_every_fault_is_said_at_once_and_nothing_is_saved(tmp_path):
    site = a_site(tmp_path)
    coordinator = site.logged_in()
    before = installation_of(site.stage.db)

    answer = coordinator.post(
        "/installation/",
        page="/installation/",
        city="가" * 81,
        mail_from="a@b.example\tBcc: c",
        language="xx",
    )

    assert answer.status_code == 400
    assert [one for one in ("city", "mail_from", "language") if f'href="#{one}"' in answer.text] == [
        "city",
        "mail_from",
        "language",
    ]
    assert installation_of(site.stage.db) == before


def test_only_coordinators_set_it(tmp_path):
    company = a_site(tmp_path).logged_in(FIRST_COMPANY)

    assert company.get("/installation/").status_code == 403
    assert company.post("/installation/", page="/password", city="x").status_code == 403


def test_a_city_without_an_english_name_is_called_by_its_own(tmp_path):
    site = a_site(tmp_path)
    coordinator = site.logged_in()
    coordinator.post("/installation/", page="/installation/", city="남동구")

    assert "남동구" in coordinator.text(coordinator.get("/fairs/?lang=en"))
    assert "Demo City" not in coordinator.get("/fairs/?lang=en").text
