"""What a city sets for its installation while the program runs: its name, logo, sender and languages.

They lie over the settings the program was started with; what is left empty stays as it was started.
"""

import base64
import hashlib
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any

from scheduler.booking.errors import BadInput, Fault
from scheduler.services.accounts import email_faults, normal_email
from scheduler.services.actor import Actor
from scheduler.settings import Settings
from scheduler.storage import audit
from scheduler.storage.db import Database
from scheduler.storage.settings import read_setting, save_setting
from scheduler.wording import LANGUAGES, Phrase

PAGE_LANGUAGES = ("ko", "en")
LONGEST_NAME = 80
LARGEST_LOGO = 256 * 1024
_KEY, _LOGO_KEY = "installation", "installation_logo"
_IMAGES = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
)


@dataclass(frozen=True, kw_only=True)
class Installation:
    """Empty fields are as the program was started. `logo_mark` changes with the logo; empty without one.

    `buyer_languages` are those a buyer's page offers, English always among them.
    """

    city: str = ""
    city_en: str = ""
    mail_from: str = ""
    language: str = ""
    buyer_languages: tuple[str, ...] = LANGUAGES
    logo_mark: str = ""


@dataclass(frozen=True, kw_only=True)
class Logo:
    """A picture as it was uploaded; `media_type` is what its bytes say, not what its sender said."""

    content: bytes
    media_type: str


def installation_of(db: Database) -> Installation:
    with db.read() as work:
        return _installation_from(read_setting(work, _KEY, {}))


def logo_of(db: Database) -> Logo | None:
    with db.read() as work:
        kept = read_setting(work, _LOGO_KEY)
    if kept is None:
        return None
    return Logo(content=base64.b64decode(kept["content"]), media_type=kept["media_type"])


def settings_with(settings: Settings, installation: Installation) -> Settings:
    """The settings as the city wants them."""
    return replace(
        settings,
        city=installation.city or settings.city,
        city_en=installation.city_en or ("" if installation.city else settings.city_en),
        mail_from=installation.mail_from or settings.mail_from,
        language=installation.language or settings.language,
    )


def save_installation(
    db: Database,
    wanted: Installation,
    *,
    logo: bytes | None,
    remove_logo: bool = False,
    now: datetime,
    actor: Actor,
) -> Installation:
    """Keeps all of it, or nothing: BadInput names every fault. `logo` None leaves the logo as it is."""
    wanted = replace(
        wanted,
        city=" ".join(wanted.city.split()),
        city_en=" ".join(wanted.city_en.split()),
        mail_from=normal_email(wanted.mail_from),
        buyer_languages=tuple(one for one in LANGUAGES if one in {*wanted.buyer_languages, "en"}),
    )
    faults = [*_faults_of(wanted), *(_logo_faults(logo) if logo is not None else ())]
    if faults:
        raise BadInput(faults)
    with db.write() as work:
        before = _installation_from(read_setting(work, _KEY, {}))
        mark = "" if remove_logo else before.logo_mark
        if logo is not None:
            mark = hashlib.sha256(logo).hexdigest()[:10]
            save_setting(work, _LOGO_KEY, _kept_logo(logo))
        elif remove_logo:
            save_setting(work, _LOGO_KEY, None)
        after = replace(wanted, logo_mark=mark)
        save_setting(work, _KEY, asdict(after))
        audit.record(
            work,
            now,
            actor.label,
            "set_installation",
            "installation",
            "installation",
            asdict(before),
            asdict(after),
        )
    return after


def _faults_of(wanted: Installation) -> list[Fault]:
    faults = [
        Fault(
            place=place,
            wrong=Phrase("A name has at most %(count)s characters.", count=LONGEST_NAME),
        )
        for place, name in (("city", wanted.city), ("city_en", wanted.city_en))
        if len(name) > LONGEST_NAME
    ]
    if wanted.mail_from:
        faults += [replace(fault, place="mail_from") for fault in email_faults(wanted.mail_from)]
    if wanted.language and wanted.language not in PAGE_LANGUAGES:
        faults.append(Fault(place="language", wrong=Phrase("Pages are in Korean or in English.")))
    return faults


def _logo_faults(logo: bytes) -> list[Fault]:
    if len(logo) > LARGEST_LOGO:
        size = Phrase("A logo has at most %(size)s KB.", size=LARGEST_LOGO // 1024)
        return [Fault(place="logo", wrong=size)]
    if not _media_type(logo):
        return [Fault(place="logo", wrong=Phrase("A logo is a PNG or a JPEG picture."))]
    return []


def _media_type(logo: bytes) -> str:
    return next((media_type for mark, media_type in _IMAGES if logo.startswith(mark)), "")


def _kept_logo(logo: bytes) -> dict[str, str]:
    return {"content": base64.b64encode(logo).decode(), "media_type": _media_type(logo)}


def _installation_from(kept: dict[str, Any]) -> Installation:
    languages = tuple(kept.get("buyer_languages", LANGUAGES))
    return Installation(**{**kept, "buyer_languages": languages})
