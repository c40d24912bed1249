"""What `make audit` cannot see where the program is served without TLS, or says for itself: tried here each time."""

import pytest

from tests.web.visitors import COORDINATOR, FIRST_COMPANY, a_site


@pytest.mark.parametrize("email", [None, FIRST_COMPANY, COORDINATOR])
def test_every_cookie_is_secure_hidden_from_scripts_and_kept_from_other_sites_under_tls(tmp_path, email):
    site = a_site(tmp_path)
    visitor = site.visitor()
    answers = [visitor.get("/login?lang=en")]
    if email is not None:
        answers.append(visitor.log_in(email))
        answers.append(visitor.get("/?lang=ko"))
    cookies = [one for answer in answers for one in answer.headers.getlist("Set-Cookie")]

    assert site.stage.settings.is_served_by_tls
    assert any(one.startswith("language=") for one in cookies)
    for one in cookies:
        assert {"Secure", "HttpOnly", "SameSite=Lax", "Path=/"} <= set(one.split("; ")), one
    assert not any("Domain=" in one for one in cookies)
