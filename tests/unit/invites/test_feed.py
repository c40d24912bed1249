from datetime import timedelta

from scheduler.invites.feed import etag, feed, last_modified
from scheduler.invites.lint import lint
from tests.builders import utc
from tests.invitations import FEED_SETTINGS, STAMP, a_feed_entry

LATER = utc(2026, 6, 2)


def lines_of(calendar: bytes) -> list[str]:
    return calendar.decode().replace("\r\n ", "").split("\r\n")


def test_a_feed_as_a_subscriber_gets_it() -> None:
    entry = a_feed_entry(is_cancelled=True, changed_at=LATER, sequence=3)
    assert lines_of(feed("남동구 상담", [entry], **FEED_SETTINGS)) == [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Sangdam//Scheduler for export consultations//EN",
        "CALSCALE:GREGORIAN",
        "NAME;LANGUAGE=ko:남동구 상담",
        "X-WR-CALNAME:남동구 상담",
        "X-WR-TIMEZONE:Asia/Seoul",
        "REFRESH-INTERVAL;VALUE=DURATION:PT60M",
        "X-PUBLISHED-TTL:PT60M",
        "BEGIN:VEVENT",
        "UID:m1@sangdam.example",
        "SEQUENCE:3",
        "DTSTAMP:20260601T033000Z",
        "LAST-MODIFIED:20260602T000000Z",
        "DTSTART:20260624T000000Z",
        "DTEND:20260624T003000Z",
        "SUMMARY:(주)한빛 × PT Maju Jaya",
        "DESCRIPTION:상담: (주)한빛 × PT Maju Jaya\\n"
        "화상상담회: 남동구 인도네시아 화상상담회\\n"
        "일시: 6.24(수) 09:00–09:30 KST · 07:00–07:30 WIB\\n"
        "서울 KST (UTC+9): 2026.6.24(수) 09:00–09:30\\n"
        "자카르타 WIB (UTC+7): 2026.6.24(수) 07:00–07:30\\n"
        "통역사: 이통역 (인도네시아어–한국어)\\n"
        "화상상담실: 1번 상담실\\n"
        "화상 접속 링크: https://video.sangdam.example/abc",
        "LOCATION:1번 상담실 · https://video.sangdam.example/abc",
        "URL:https://video.sangdam.example/abc",
        "CONFERENCE;VALUE=URI;FEATURE=AUDIO,VIDEO:https://video.sangdam.example/abc",
        "STATUS:CANCELLED",
        "TRANSP:TRANSPARENT",
        "END:VEVENT",
        "END:VCALENDAR",
        "",
    ]


def test_a_feed_names_no_address_at_all() -> None:
    assert lint(feed("상담", [a_feed_entry(1), a_feed_entry(2)], **FEED_SETTINGS), may_name=()) == ()


def test_an_empty_feed_is_a_whole_calendar() -> None:
    assert lint(feed("상담", [], **FEED_SETTINGS), may_name=()) == ()
    assert last_modified([]) is None


def test_an_interval_is_never_less_than_a_minute() -> None:
    settings = {**FEED_SETTINGS, "ttl": timedelta(seconds=5)}
    assert "X-PUBLISHED-TTL:PT1M" in lines_of(feed("상담", [], **settings))


def test_the_tag_does_not_see_the_stamp() -> None:
    tags = {etag("상담", [a_feed_entry(stamp=stamp)], **FEED_SETTINGS) for stamp in (STAMP, LATER)}
    assert len(tags) == 1


def test_the_tag_sees_everything_else() -> None:
    changed = [
        etag("상담", [a_feed_entry()], **FEED_SETTINGS),
        etag("다른 상담", [a_feed_entry()], **FEED_SETTINGS),
        etag("상담", [], **FEED_SETTINGS),
        etag("상담", [a_feed_entry(1), a_feed_entry(2)], **FEED_SETTINGS),
        etag("상담", [a_feed_entry(2)], **FEED_SETTINGS),
        etag("상담", [a_feed_entry(sequence=1)], **FEED_SETTINGS),
        etag("상담", [a_feed_entry(changed_at=LATER)], **FEED_SETTINGS),
        etag("상담", [a_feed_entry(is_cancelled=True)], **FEED_SETTINGS),
        etag("상담", [a_feed_entry(link="https://video.sangdam.example/new")], **FEED_SETTINGS),
        etag("상담", [a_feed_entry(buyer_name="PT Lain")], **FEED_SETTINGS),
        etag("상담", [a_feed_entry()], **{**FEED_SETTINGS, "ttl": timedelta(hours=2)}),
        etag("상담", [a_feed_entry()], **{**FEED_SETTINGS, "zone": "Asia/Jakarta"}),
    ]
    assert len(set(changed)) == len(changed)


def test_the_newest_change_dates_the_feed() -> None:
    assert last_modified([a_feed_entry(1, changed_at=LATER), a_feed_entry(2)]) == LATER
