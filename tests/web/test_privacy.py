"""The page of a fair's personal data."""

from tests.web.visitors import a_site


def test_rules_are_set_and_shown_with_the_day_they_lead_to(tmp_path):
    coordinator = a_site(tmp_path).logged_in()
    page = "/fairs/sample/privacy/"

    answer = coordinator.post(page, page=page, days="30", consent_text="수집에 동의합니다.")

    assert answer.status_code == 303
    shown = coordinator.text(coordinator.get(page))
    assert "2026.7.24(금)" in shown
    assert "수집에 동의합니다." in shown


def test_what_is_no_number_is_said_at_its_field_and_stays_typed(tmp_path):
    coordinator = a_site(tmp_path).logged_in()
    page = "/fairs/sample/privacy/"

    answer = coordinator.post(page, page=page, days="soon", consent_text="동의")

    assert answer.status_code == 400
    assert 'value="soon"' in answer.text
    assert "일수가 아닙니다." in coordinator.text(answer)
    assert coordinator.post(page, page=page, days="5000").status_code == 400


def test_a_consent_given_on_paper_is_noted_and_taken_back(tmp_path):
    coordinator = a_site(tmp_path).logged_in()
    page = "/fairs/sample/privacy/"
    coordinator.post(page, page=page, consent_text="동의합니다.")

    coordinator.post(f"{page}b1/consent", page=page)
    noted = coordinator.get(page).text.count("badge good")
    coordinator.post(f"{page}b1/consent", page=page)

    assert (noted, coordinator.get(page).text.count("badge good")) == (1, 0)


def test_somebody_s_data_are_taken_as_a_file_and_erased_when_no_session_is_ahead(tmp_path):
    site = a_site(tmp_path)
    page = "/fairs/sample/privacy/"
    coordinator = site.logged_in()
    early = coordinator.post(f"{page}b1/erase", page=f"{page}b1/erase")
    site.clock.go_on(days=30)
    coordinator = site.logged_in()
    data = coordinator.get(f"{page}b1.json")
    link = site.buyer_path()

    done = coordinator.post(f"{page}b1/erase", page=f"{page}b1/erase")

    assert early.status_code == 409
    assert data.json["person"]["name"] == "PT Sample b1"
    assert done.status_code == 303
    shown = coordinator.text(coordinator.get(page))
    assert "PT Sample b1" not in shown
    assert "(erased b1)" in shown
    assert site.visitor().get(link).status_code == 410
    assert {
        coordinator.get(path).status_code
        for path in (
            "/fairs/sample/",
            "/fairs/sample/board/",
            "/fairs/sample/participants/?tab=buyers",
            "/fairs/sample/build/",
            "/fairs/sample/changes",
        )
    } == {200}
    assert "PT Sample b1" not in coordinator.get("/fairs/sample/board/").text


def test_somebody_of_no_such_fair_is_not_found(tmp_path):
    coordinator = a_site(tmp_path).logged_in()

    assert coordinator.get("/fairs/sample/privacy/nobody.json").status_code == 404
    assert coordinator.get("/fairs/sample/privacy/r1/erase").status_code == 404
