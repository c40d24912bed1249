import pytest
import pytz

from scheduler.timezones import (
    all_places,
    countries,
    country,
    find_country,
    find_places,
    is_zone,
    only_zone,
    place,
    places_of,
    zones_of,
)


def keys(found):
    return [place.key for place in found]


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("인도네시아", "ID"),
        ("인니", "ID"),
        ("indonesia", "ID"),
        ("id", "ID"),
        (" Indonesia ", "ID"),
        ("미국", "US"),
        ("U.S.A.", "US"),
        ("United States of America", "US"),
        ("아랍에미리트", "AE"),
        ("UAE", "AE"),
        ("베트남", "VN"),
        ("Viet Nam", "VN"),
        ("Việt Nam", "VN"),
        ("터키", "TR"),
        ("튀르키예", "TR"),
        ("Turkiye", "TR"),
        ("사우디", "SA"),
        ("남아공", "ZA"),
        ("호주", "AU"),
        ("오스트레일리아", "AU"),
        ("홍콩", "HK"),
        ("한국", "KR"),
        ("대한민국", "KR"),
        ("South Korea", "KR"),
        ("북한", "KP"),
        ("Amerika Serikat", "US"),
        ("الإمارات العربية المتحدة", "AE"),
    ],
)
def test_a_country_is_found_by_what_people_write(written, code):
    found = find_country(written)

    assert found is not None
    assert found.code == code


@pytest.mark.parametrize("written", ["", " ", "-", "XX", "Atlantis", "미국인", "두바이"])
def test_what_is_no_country_is_not_guessed(written):
    assert find_country(written) is None


def test_every_country_of_the_rules_has_names_and_a_place_for_each_zone():
    assert [found.code for found in countries()] == sorted(pytz.country_timezones)
    for found in countries():
        zones = {place.zone for place in places_of(found.code)}
        assert zones >= set(zones_of(found.code)), found.code
        assert found.name_ko != found.code
        assert found.name_en != found.code


def test_no_spelling_stands_for_two_countries():
    by_name = {}
    for found in countries():
        for name in (found.name_ko, found.name_en, *found.names):
            assert by_name.setdefault(name.casefold(), found.code) == found.code, name


def test_a_country_says_its_name_in_a_language():
    assert country("ID").name("ko") == "인도네시아"
    assert country("VN").text("en") == "Vietnam"
    with pytest.raises(KeyError):
        country("XX")


def test_every_place_has_a_real_zone_and_a_key_of_its_own():
    places = all_places()

    assert len({place.key for place in places}) == len(places)
    assert [place.key for place in places if not is_zone(place.zone)] == []
    assert [place.key for place in places if not all(map(is_zone, place.other_zones))] == []
    assert [place.key for place in places if not place.name_ko or place.name_ko.isascii()] == []


def test_the_zones_of_indonesia_are_chosen_by_city():
    assert [found.text("ko") for found in places_of("ID")[:3]] == [
        "자카르타 WIB",
        "마카사르 WITA",
        "자야푸라 WIT",
    ]
    assert [found.text("en") for found in places_of("ID")[:3]] == [
        "Jakarta WIB",
        "Makassar WITA",
        "Jayapura WIT",
    ]
    assert zones_of("ID") == ("Asia/Jakarta", "Asia/Pontianak", "Asia/Makassar", "Asia/Jayapura")


def test_all_fifty_states_can_be_chosen_and_thirteen_do_not_decide():
    states = [found for found in places_of("US") if found.is_state]

    assert len(states) == 51  # and the capital
    assert sorted(found.region for found in states if found.ambiguous) == [
        "AK", "FL", "ID", "IN", "KS", "KY", "MI", "ND", "NE", "OR", "SD", "TN", "TX",
    ]  # fmt: skip


def test_a_zone_with_summer_time_shows_both_names():
    assert place("us-tx-dallas").hint == "CST/CDT"
    assert place("us-az-phoenix").hint == "MST"
    assert place("au-nsw-sydney").hint == "AEST/AEDT"
    assert place("gb-london").hint == "GMT/BST"


@pytest.mark.parametrize(
    ("written", "country_code", "found"),
    [
        ("자카르타", None, ["id-jakarta"]),
        ("Denpasar(발리)", "ID", ["id-denpasar"]),
        ("발리", None, ["id-denpasar"]),
        ("인도네시아 자카르타", None, ["id-jakarta"]),
        ("jayapura / papua", "ID", ["id-jayapura"]),
        ("메단", "ID", ["id-medan"]),
        ("Dallas, TX", None, ["us-tx-dallas"]),
        ("Dallas TX", "US", ["us-tx-dallas"]),
        ("미국 댈러스", None, ["us-tx-dallas"]),
        ("New York, NY, USA", None, ["us-ny-newyork"]),
        ("Los Angeles California", None, ["us-ca-losangeles"]),
        ("텍사스", None, ["us-tx"]),
        ("텍사스주", "US", ["us-tx"]),
        ("TX", "US", ["us-tx"]),
        ("조지아", "US", ["us-ga"]),
        ("Washington, D.C.", "US", ["us-dc"]),
        ("Seattle, Washington", None, ["us-wa-seattle"]),
        ("Portland, OR", None, ["us-or-portland"]),
        ("Portland, Maine", None, ["us-me-portland"]),
        ("호치민시", "VN", ["vn-hochiminhcity"]),
        ("Ho Chi Minh City, Vietnam", None, ["vn-hochiminhcity"]),
        ("경기도 용인시", "KR", ["kr-yongin"]),
        ("SAO PAULO", "BR", ["br-saopaulo"]),
        ("Birmingham", "GB", ["gb-birmingham"]),
        ("두바이", None, ["ae-dubai"]),
    ],
)
def test_a_place_is_found_by_what_people_write(written, country_code, found):
    assert keys(find_places(written, country_code)) == found


@pytest.mark.parametrize(
    ("written", "found"),
    [
        ("Portland", ["us-or-portland", "us-me-portland"]),
        ("Birmingham", ["gb-birmingham", "us-al-birmingham"]),
        ("워싱턴", ["us-wa", "us-dc-washington"]),
        ("London, Ontario", ["ca-on", "gb-london"]),
    ],
)
def test_a_name_with_several_meanings_gives_them_all(written, found):
    assert keys(find_places(written)) == found


@pytest.mark.parametrize(
    ("written", "country_code"),
    [("", None), ("()", "US"), ("-", None), ("Springfield", "US"), ("Jakarta", "US"), ("TX", None), ("시", None),
     ("인도네시아", None), ("Jakarta", "XX")],
)  # fmt: skip
def test_what_names_no_place_we_know_is_not_guessed(written, country_code):
    assert find_places(written, country_code) == ()


@pytest.mark.parametrize(
    ("code", "zone"),
    [
        ("VN", "Asia/Ho_Chi_Minh"),
        ("AE", "Asia/Dubai"),
        ("CN", "Asia/Shanghai"),
        ("MY", "Asia/Kuala_Lumpur"),
        ("UZ", "Asia/Tashkent"),
        ("DE", "Europe/Berlin"),
        ("ID", None),
        ("US", None),
        ("ES", None),
        ("XX", None),
    ],
)
def test_a_country_that_keeps_one_time_needs_no_city(code, zone):
    assert only_zone(code) == zone


def test_an_unknown_country_has_nothing():
    assert zones_of("XX") == ()
    assert places_of("XX") == ()
    with pytest.raises(KeyError):
        place("xx-nowhere")
