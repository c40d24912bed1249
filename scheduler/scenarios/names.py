"""Invented names, each marked as a sample: nobody and no firm is meant by them."""

import re
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class CompanyName:
    """A company's name, its English name, what it makes and the first part of its mail domain."""

    name: str
    name_en: str
    products: str
    domain: str


@dataclass(frozen=True, kw_only=True)
class BuyerName:
    name: str
    domain: str


# A word and how it is written in English letters.
_STEMS_WRITTEN = """
가온:Gaon 나린:Narin 다솜:Dasom 라온:Raon 마루:Maru 바름:Bareum 새론:Saeron 아람:Aram
자람:Jaram 차오름:Chaoreum 큰솔:Keunsol 토담:Todam 푸르니:Pureuni 한울:Hanul 해솔:Haesol 가람:Garam
너울:Neoul 도담:Dodam 로운:Roun 모아:Moa 보담:Bodam 소담:Sodam 온새:Onsae 잔디:Jandi
초아:Choa 미르:Mireu 나래:Narae 두루:Duru 여울:Yeoul 하람:Haram 꽃샘:Kkotsaem 늘봄:Neulbom
단비:Danbi 달빛:Dalbit 물결:Mulgyeol 별하:Byeolha 산들:Sandeul 솔찬:Solchan 시나브로:Sinabro 아침:Achim
윤슬:Yunseul 은가람:Eungaram 참누리:Chamnuri 온누리:Onnuri 하늬:Hanui 풀잎:Pullip 새벽:Saebyeok 노을:Noeul
"""
_STEMS = tuple(tuple(pair.split(":")) for pair in _STEMS_WRITTEN.split())
_ROOTS = {
    "ID": "Nusantara Melati Rajawali Cendana Samudra Merpati Kencana Bahari Mutiara Anggrek Cakrawala Sentosa",
    "VN": "Hoa-Sen Song-Xanh Truc-Mai Sao-Mai Binh-Minh Thanh-Long Dai-Duong Phu-Sa Mai-Vang",
    "AE": "Al-Nakheel Al-Wadi Al-Sahra Al-Marjan Al-Noor Al-Bahr Al-Reem Al-Yasmeen Al-Safa Al-Khaleej",
    "PH": "Sampaguita Bayani Tala Maharlika Habagat Amihan Perlas",
    "JP": "Asagiri Hoshizora Kazehana Minamo Tsukikage Wakaba Yuugure Komorebi",
}
_OTHER_ROOTS = (
    "Harbor Maple Cedar Willow Granite Prairie Beacon Summit Juniper Lantern Meadow Orchard Pebble Quarry "
    "Ridge Sparrow Thistle Umber Velvet Walnut Yarrow Zephyr Amber Bramble Cobalt Driftwood Ember Fern Heron Indigo"
)
_FORMS = {
    "ID": ("PT {} Sample Trading", "PT {} Sample Indonesia", "CV {} Sample"),
    "VN": ("{} Sample Joint Stock Company", "{} Sample Import Export"),
    "AE": ("{} Sample General Trading LLC", "{} Sample Distribution FZE"),
    "US": ("{} Sample Imports LLC", "{} Sample Distributors Inc", "{} Sample Markets LLC"),
    "JP": ("{} Sample KK", "{} Sample Shoji"),
}
_OTHER_FORMS = ("{} Sample Trading", "{} Sample Imports", "{} Sample Distribution", "{} Sample Group")
_SURNAMES_WRITTEN = """
강:Kang 고:Ko 권:Kwon 김:Kim 노:Noh 류:Ryu 문:Moon 박:Park 배:Bae 서:Seo 송:Song 신:Shin 안:Ahn 양:Yang 오:Oh
유:Yoo 윤:Yoon 이:Lee 임:Lim 장:Jang 전:Jeon 정:Jung 조:Cho 차:Cha 최:Choi 하:Ha 한:Han 허:Heo 홍:Hong 황:Hwang
"""
_SURNAMES = tuple(tuple(pair.split(":")) for pair in _SURNAMES_WRITTEN.split())
_GIVEN_WRITTEN = """
가람:Garam 나윤:Nayoon 다온:Daon 도연:Doyeon 라희:Rahee 미소:Miso 보람:Boram 새봄:Saebom 서우:Seowoo 소율:Soyul
아린:Arin 예솔:Yesol 유나:Yuna 은별:Eunbyeol 이든:Ideun 정음:Jeongeum 지우:Jiwoo 하늘:Haneul 한결:Hangyeol 해인:Haein
"""
_GIVEN = tuple(tuple(pair.split(":")) for pair in _GIVEN_WRITTEN.split())


def company_names(count: int, sectors: Sequence[tuple[str, str]], *, first: int) -> tuple[CompanyName, ...]:
    """So many different names from the one numbered `first` on; the sectors take turns."""
    return tuple(_company_name(number, sectors) for number in range(first, first + count))


def buyer_names(country: str, count: int, *, first: int) -> tuple[BuyerName, ...]:
    """So many different names in the manner of a country; those of no special manner carry its code."""
    roots = _ROOTS.get(country, _OTHER_ROOTS).split()
    forms = _FORMS.get(country) or tuple(f"{form} {country}" for form in _OTHER_FORMS)
    return tuple(_buyer_name(number, roots, forms) for number in range(first, first + count))


def interpreter_names(count: int, *, first: int) -> tuple[tuple[str, str], ...]:
    """So many different names of people who do not exist."""
    return tuple(_interpreter_name(number) for number in range(first, first + count))


def _company_name(number: int, sectors: Sequence[tuple[str, str]]) -> CompanyName:
    turn, place = divmod(number, len(_STEMS))
    stem, stem_en = _STEMS[place]
    sector, sector_en = sectors[(place + turn) % len(sectors)]
    # After one turn for each sector the pairs come again, and a number keeps them apart.
    again = turn // len(sectors)
    mark = str(again + 1) if again else ""
    name_en = f"{stem_en} {sector_en} {mark}".strip()
    return CompanyName(
        name=f"{stem}{sector}{mark}(견본)",
        name_en=f"{name_en} (sample)",
        products=sector,
        domain=_domain(name_en),
    )


def _buyer_name(number: int, roots: Sequence[str], forms: Sequence[str]) -> BuyerName:
    turn, place = divmod(number, len(roots))
    again = turn // len(forms)
    name = forms[(turn + place) % len(forms)].format(roots[place].replace("-", " "))
    name = f"{name} {again + 1}" if again else name
    return BuyerName(name=name, domain=_domain(name))


def _interpreter_name(number: int) -> tuple[str, str]:
    turn, place = divmod(number, len(_GIVEN))
    again, shift = divmod(turn, len(_SURNAMES))
    (surname, surname_en), (given, given_en) = _SURNAMES[(place * 7 + shift) % len(_SURNAMES)], _GIVEN[place]
    mark = again + 1 if again else ""
    return f"{surname}{given}{mark}(견본)", f"{given_en} {surname_en}{f' {mark}' if mark else ''} (sample)"


def _domain(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", name.casefold()).strip("-")
