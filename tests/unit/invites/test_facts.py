import pytest

from scheduler.booking.errors import BadInput
from scheduler.invites.facts import Notice, link_fault
from tests.invitations import a_reader, invite_facts


@pytest.mark.parametrize(
    "link",
    [
        "https://video.sangdam.example/abc?x=1&y=%ED%95%9C#top",
        "http://127.0.0.1:8000/p/abc",
        "HTTPS://VIDEO.SANGDAM.EXAMPLE/abc",
        "https://[2001:db8::1]/abc",
    ],
)
def test_a_whole_web_address_can_be_a_link(link: str) -> None:
    assert link_fault(link) is None


@pytest.mark.parametrize(
    "link",
    [
        "javascript:alert(1)",
        " javascript:alert(1)",
        "java\nscript:alert(1)",
        "data:text/html,x",
        "mailto:kim@hanbit.example",
        "//video.sangdam.example/abc",
        "video.sangdam.example/abc",
        "https://",
        "https:///abc",
        "https://video.sangdam.example:port/",
        "https://video.sangdam.example/a b",
        "https://video.sangdam.example/\r\nATTENDEE:mailto:x@x.example",
        "https://video.sangdam.example/\x00",
        'https://video.sangdam.example/"onclick="',
        "https://video.sangdam.example/\u2028",
        "https://video.sangdam.example/\ud800",
        "https://[::1/",
        "",
    ],
)
def test_anything_else_cannot(link: str) -> None:
    assert link_fault(link) is not None


def test_all_faults_come_at_once() -> None:
    with pytest.raises(BadInput) as refused:
        invite_facts(
            uid="m1\r\nX",
            sequence=-1,
            link="javascript:alert(1)",
            page="/p/secret",
            organiser_email="fair",
            away_zone="Asia/Nowhere",
            reader=a_reader(email="kim@hanbit.example\r\nBcc: x@x.example", zone=""),
        )
    assert [fault.place for fault in refused.value.faults] == [
        "uid",
        "sequence",
        "organiser_email",
        "reader.email",
        "link",
        "page",
        "away_zone",
        "reader.zone",
    ]


def test_each_notice_knows_its_method() -> None:
    assert {notice: notice.method for notice in Notice} == {
        Notice.REQUEST: "REQUEST",
        Notice.UPDATE: "REQUEST",
        Notice.CANCEL: "CANCEL",
        Notice.REMINDER_DAY: None,
        Notice.REMINDER_HOUR: None,
        Notice.REMINDER_ANSWER: None,
    }
