"""Programmes of districts and cities. Figures from news about them; what was chosen here is said in `assumed`."""

from datetime import date

from scheduler.scenarios.facts import TUESDAY_TO_FRIDAY, Facts, InterpreterGroup, RoomGroup, buyer_groups
from scheduler.scenarios.sectors import BEAUTY, FOOD, HEALTH, INDUSTRY, LIVING, TECHNOLOGY

NAMDONG_INDONESIA = Facts(
    key="namdong-indonesia",
    name="남동구 인도네시아 화상 수출상담회(견본)",
    name_en="Namdong-gu Indonesia video export consultation (sample)",
    organiser="인천광역시 남동구 기업지원과(견본)",
    venue="남동구청 화상상담실",
    first_day=date(2020, 6, 24),
    days=6,
    opening=("09:30-12:00", "13:00-18:00"),
    slot_minutes=40,
    break_minutes=10,
    companies=17,
    sectors=(*FOOD[:2], *INDUSTRY[:4], ("할랄식품", "Halal Foods")),
    # Jakarta opens at 10:00 in Korea, so the first slot of a day is for buyers further east.
    buyers=buyer_groups(
        "6 Jakarta, ID Asia/Jakarta id 08:00-17:00",
        "1 Medan, ID Asia/Jakarta id 08:00-17:00",
        "2 Makassar, ID Asia/Makassar id 08:00-17:00",
        "1 Denpasar, ID Asia/Makassar id 08:30-17:00",
        "2 Jayapura, ID Asia/Jayapura id 09:00-18:00",
    ),
    interpreters=(
        InterpreterGroup(count=4, pairs=("ko-id",), rest_minutes=10, daily_limit=8),
        InterpreterGroup(
            count=1, pairs=("ko-id", "ko-en"), hours=("09:30-16:00",), rest_minutes=10, daily_limit=6
        ),
    ),
    rooms=(RoomGroup(count=4, hours=("09:00-18:00",), change_over_minutes=10),),
    sessions=204,
    company_daily_limit=4,
    buyer_daily_limit=6,
    companies_from=20,
    people_from=0,
    rooms_named="남동",
    rooms_named_en="Namdong",
    assumed=(
        "상담실 4곳, 통역 5명, 상담 40분+준비 10분, 하루 9타임은 가정",
        "assumed: 4 rooms, 5 interpreters, 40 + 10 minutes, 9 slots a day",
    ),
)

NAMDONG_DUBAI = Facts(
    key="namdong-dubai",
    name="남동구 두바이 G-FAIR 화상상담(견본)",
    name_en="Namdong-gu at G-FAIR Dubai, by video (sample)",
    organiser="인천광역시 남동구 기업지원과(견본)",
    venue="남동구청 화상상담실",
    first_day=date(2020, 11, 24),
    days=3,
    opening=("15:00-19:00", "19:30-23:00"),
    slot_minutes=20,
    break_minutes=10,
    companies=6,
    sectors=(*FOOD[:2], *BEAUTY[:2], *LIVING[:2]),
    buyers=buyer_groups(
        "22 Dubai, AE Asia/Dubai en,ar 10:00-18:00",
        "9 Sharjah, AE Asia/Dubai ar 10:00-18:00",
        "6 Abu Dhabi, AE Asia/Dubai ar 11:00-18:00",
    ),
    interpreters=(
        InterpreterGroup(count=2, pairs=("ko-en",), hours=("14:30-23:30",), rest_minutes=10, daily_limit=12),
        InterpreterGroup(count=2, pairs=("ko-ar",), hours=("14:30-23:30",), rest_minutes=10, daily_limit=10),
    ),
    rooms=(RoomGroup(count=3, hours=("14:30-23:30",), change_over_minutes=10),),
    sessions=122,
    walk_ins=12,
    speak_english=1,
    company_hours=("14:30-23:30",),
    companies_from=14,
    people_from=40,
    rooms_named="두바이관",
    rooms_named_en="Dubai",
    assumed=(
        "바이어 37곳, 상담 122건(현장 방문 12건), 상담실 3곳은 가정",
        "assumed: 37 buyers, 122 sessions (12 walk in), 3 rooms",
    ),
)

NAMDONG_ROOM = Facts(
    key="namdong-room",
    name="남동구 화상상담실 개방(견본)",
    name_en="Namdong-gu video room, open to companies (sample)",
    organiser="인천광역시 남동구 기업지원과(견본)",
    venue="남동구청 화상상담실",
    first_day=date(2020, 7, 6),
    days=5,
    opening=("09:00-18:00",),
    slot_minutes=60,
    break_minutes=10,
    companies=12,
    sectors=(*INDUSTRY, *FOOD[:3]),
    buyers=buyer_groups(
        "2 Hanoi, VN Asia/Ho_Chi_Minh vi 08:00-17:00",
        "2 Jakarta, ID Asia/Jakarta id 08:00-17:00",
    ),
    interpreters=(InterpreterGroup(count=2, pairs=("ko-id", "ko-vi"), rest_minutes=10, daily_limit=4),),
    rooms=(RoomGroup(count=2, hours=("09:00-18:00",), change_over_minutes=10),),
    sessions=0,
    companies_from=0,
    people_from=80,
    rooms_named="개방",
    rooms_named_en="Open",
    assumed=("상담실 2곳, 기업 12곳은 가정", "assumed: 2 rooms, 12 companies"),
)

CHANGWON_DALLAS = Facts(
    key="changwon-dallas",
    name="창원 북미(댈러스) 온라인 수출상담회(견본)",
    name_en="Changwon online export consultation with Dallas (sample)",
    organiser="창원산업진흥원(견본)",
    venue="창원 화상상담실",
    first_day=date(2020, 11, 17),
    days=2,
    weekdays=TUESDAY_TO_FRIDAY,
    opening=("08:00-10:30",),
    slot_minutes=40,
    break_minutes=10,
    companies=7,
    sectors=(*BEAUTY[:3], *LIVING[:3], FOOD[0]),
    buyers=buyer_groups(
        "4 Dallas, US America/Chicago en 09:00-20:30",
        "2 Houston, US America/Chicago en 09:00-20:30",
        "2 El Paso, US America/Denver en 09:00-20:00",
        "1 Atlanta, US America/New_York en 09:00-21:00",
    ),
    interpreters=(InterpreterGroup(count=4, pairs=("ko-en",), hours=("07:30-12:00",), rest_minutes=5),),
    rooms=(RoomGroup(count=5, hours=("07:30-11:00",)),),
    sessions=28,
    speak_english=2,
    company_hours=("07:30-18:00",),
    companies_from=0,
    people_from=120,
    rooms_named="창원",
    rooms_named_en="Changwon",
    assumed=(
        "바이어 9곳, 상담 28건, 상담실 5곳, 이틀은 가정",
        "assumed: 9 buyers, 28 sessions, 5 rooms, two days",
    ),
)

ICHEON_USA = Facts(
    key="icheon-usa",
    name="이천시 미국 화상 시장개척단(견본)",
    name_en="Icheon US video market mission (sample)",
    organiser="이천시 기업지원과(견본)",
    venue="이천 화상상담실",
    first_day=date(2020, 9, 15),
    days=6,
    weekdays=TUESDAY_TO_FRIDAY,
    opening=("07:00-09:30", "21:00-23:30"),
    slot_minutes=40,
    break_minutes=10,
    companies=15,
    sectors=(*FOOD[:4], *BEAUTY[:3], *LIVING[:3], *HEALTH[:2]),
    buyers=buyer_groups(
        "5 New York, US America/New_York en 07:00-19:00",
        "2 Atlanta, US America/New_York en 07:00-19:00",
        "2 Chicago, US America/Chicago en 07:00-19:00",
        "2 Dallas, US America/Chicago en 07:00-19:00",
        "2 Denver, US America/Denver en 09:00-19:00",
        "1 Phoenix, US America/Phoenix en 09:00-18:00",
        "4 Los Angeles, US America/Los_Angeles en 09:00-18:00",
        "1 Anchorage, US America/Anchorage en 09:00-18:00",
        "1 Honolulu, US Pacific/Honolulu en 08:00-17:00",
    ),
    interpreters=(
        InterpreterGroup(count=2, pairs=("ko-en",), hours=("06:30-10:00",), rest_minutes=10, daily_limit=3),
        InterpreterGroup(count=2, pairs=("ko-en",), hours=("20:30-24:00",), rest_minutes=10, daily_limit=3),
    ),
    rooms=(
        RoomGroup(count=1, hours=("06:30-10:00", "20:30-24:00")),
        RoomGroup(count=1, hours=("06:30-10:00", "21:30-24:00")),
    ),
    sessions=63,
    speak_english=2,
    company_hours=("06:30-10:00", "20:30-24:00"),
    company_daily_limit=2,
    buyer_daily_limit=2,
    companies_from=7,
    people_from=160,
    rooms_named="이천 미주",
    rooms_named_en="Icheon America",
    assumed=(
        "바이어 20곳, 상담실 2곳, 통역 4명은 가정. 월요일은 미국이 일요일이라 쉼",
        "assumed: 20 buyers, 2 rooms, 4 interpreters; no Monday, as it is Sunday in America",
    ),
)

ICHEON_SEASIA = Facts(
    key="icheon-seasia",
    name="이천시 동남아 화상 시장개척단(견본)",
    name_en="Icheon South-East Asia video mission (sample)",
    organiser="이천시 기업지원과(견본)",
    venue="이천 화상상담실",
    first_day=date(2020, 10, 14),
    days=2,
    opening=("10:00-12:30", "13:30-17:00"),
    slot_minutes=40,
    break_minutes=10,
    companies=13,
    sectors=(*FOOD[:4], *BEAUTY[:3], *LIVING[:4]),
    buyers=buyer_groups(
        "3 Manila, PH Asia/Manila en 09:00-18:00",
        "1 Cebu, PH Asia/Manila en 09:00-17:00",
        "2 Ho Chi Minh City, VN Asia/Ho_Chi_Minh vi 08:00-17:00",
        "2 Hanoi, VN Asia/Ho_Chi_Minh vi 08:00-16:30",
    ),
    interpreters=(
        InterpreterGroup(count=2, pairs=("ko-en",), rest_minutes=10, daily_limit=6),
        InterpreterGroup(count=3, pairs=("ko-vi",), rest_minutes=10, daily_limit=5),
    ),
    rooms=(RoomGroup(count=4, hours=("09:30-17:30",), change_over_minutes=10),),
    sessions=52,
    speak_english=3,
    companies_from=10,
    people_from=200,
    rooms_named="이천",
    rooms_named_en="Icheon",
    assumed=(
        "바이어 8곳, 상담 52건, 상담실 4곳은 가정",
        "assumed: 8 buyers, 52 sessions, 4 rooms",
    ),
)


def yongin_month(month: int) -> Facts:
    """The round of one month, March to December: ten companies and that month's buyers."""
    if month not in range(3, 13):
        raise ValueError(f"the rounds of Yongin run from March (3) to December (12), not in month {month}")
    return Facts(
        key=f"yongin-monthly-{month:02}",
        name=f"용인시 비대면 수출상담회 {month}월(견본)",
        name_en=f"Yongin contact-free export consultation, month {month} (sample)",
        organiser="용인시 기업지원과(견본)",
        venue="용인시 비대면 수출상담실",
        first_day=_third_wednesday(month),
        days=2,
        opening=("10:00-12:30", "13:30-17:00"),
        slot_minutes=40,
        break_minutes=10,
        companies=10,
        sectors=_turned((*FOOD, *BEAUTY, *LIVING, *HEALTH, *TECHNOLOGY), month),
        buyers=buyer_groups(
            "4 Hanoi, VN Asia/Ho_Chi_Minh vi 08:00-17:00",
            "2 Jakarta, ID Asia/Jakarta id 08:00-17:00",
            "1 Denpasar, ID Asia/Makassar id 09:00-17:00",
            "3 Bangkok, TH Asia/Bangkok th 08:00-17:00",
        ),
        # Foreign students of the city interpret between their classes.
        interpreters=(
            InterpreterGroup(count=3, pairs=("ko-vi",), daily_limit=3, rest_minutes=10, has_classes=True),
            InterpreterGroup(count=2, pairs=("ko-id",), daily_limit=4, rest_minutes=10, has_classes=True),
            InterpreterGroup(count=2, pairs=("ko-th",), daily_limit=4, rest_minutes=10, has_classes=True),
        ),
        rooms=(RoomGroup(count=3, hours=("09:30-17:30",), change_over_minutes=10),),
        sessions=40,
        programme=("yongin-monthly", "용인시 비대면 수출상담실(견본)", "Yongin monthly rounds (sample)"),
        companies_from=23,
        people_from=320 + 20 * month,
        rooms_named="용인",
        rooms_named_en="Yongin",
        assumed=(
            "바이어 10곳, 상담 40건, 상담실 3곳, 매달 셋째 수·목요일은 가정",
            "assumed: 10 buyers, 40 sessions, 3 rooms, the third Wednesday and Thursday",
        ),
    )


def _third_wednesday(month: int) -> date:
    first = date(2020, month, 1)
    return first.replace(day=15 + (2 - first.weekday()) % 7)


def _turned(sectors: tuple[tuple[str, str], ...], by: int) -> tuple[tuple[str, str], ...]:
    return sectors[by:] + sectors[:by]
