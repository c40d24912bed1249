"""The settings of one installation, read once: `instance/config.py` first, then `SANGDAM_*` from the environment."""

import os
import runpy
import secrets
from contextlib import suppress
from dataclasses import dataclass, fields
from pathlib import Path
from urllib.parse import urlsplit

_SHORTEST_SECRET, _LEAST_LETTERS = 32, 12


class BadSettings(Exception):
    """A setting that the program will not start with; says which and what would be right."""


@dataclass(frozen=True, kw_only=True)
class Settings:
    """Every setting, with its meaning. In `instance/config.py` each is a name in capital letters."""

    instance: Path
    """Folder of the installation's own files: configuration, database, mailbox, secret."""
    database_url: str
    """SQLAlchemy address of the database; by default the SQLite file in the instance folder."""
    secret_key: str
    """Signs cookies and derives capability links. Made at random in `instance/secret.key` when not given."""
    base_address: str = "http://127.0.0.1:8000"
    """Where people reach the program; every link in a mail begins with it."""
    host: str = "127.0.0.1"
    """Address the built-in server listens on."""
    port: int = 8000
    """Port the built-in server listens on."""
    language: str = "ko"
    """Language of pages for people who have not chosen one."""
    city: str = "상담 데모시"
    """Name of the city or agency, shown on every page."""
    city_en: str = "Sangdam Demo City"
    """The same in English, for readers of other languages; empty means the name itself."""
    home_zone: str = "Asia/Seoul"
    """Zone of the city."""
    mail_from: str = "fair@sangdam.example"
    """Organiser's mailbox of fairs that name none of their own. Replies must arrive there."""
    smtp_host: str = ""
    """Mail server; empty means that mail goes to the folder `instance/mailbox`."""
    smtp_port: int = 587
    """Port of the mail server."""
    smtp_user: str = ""
    """User name at the mail server; empty means no login."""
    smtp_password: str = ""
    """Password at the mail server."""
    smtp_security: str = "starttls"
    """`starttls`, `tls` or `none`."""
    smtp_per_minute: int = 0
    """Most mails a minute that all workers together hand to the mail server; 0 means as many as it takes."""
    text_gateway: str = ""
    """Address of the gateway for text messages (SMS, LMS, Alimtalk); empty means that all reminders go by mail."""
    text_key: str = ""
    """Key for that gateway."""
    text_sender: str = ""
    """The number that text messages come from, registered with the gateway."""
    text_private: bool = False
    """Whether the gateway may be in a private network, and reached without TLS."""
    webhook_private: bool = False
    """Whether programs that are told what happens may be in a private network, and reached without TLS."""
    imap_host: str = ""
    """Server of the mailbox that answers to invites arrive in; empty means that nobody looks there."""
    imap_port: int = 993
    """Port of that server."""
    imap_user: str = ""
    """User name of that mailbox."""
    imap_password: str = ""
    """Password of that mailbox."""
    imap_security: str = "tls"
    """`tls`, `starttls` or `none`."""
    imap_folder: str = "INBOX"
    """The folder to read. Mails stay in it, marked as seen."""
    hold_minutes: int = 10
    """How long a held slot waits for its confirmation."""
    reminder_minutes: tuple[int, ...] = (1440, 60)
    """How long before a session its reminders go out."""
    build_seconds: int = 20
    """How long the grid solver may take."""
    weight_waiting: tuple[int, ...] = (5, 100, 400)
    """What waiting between sessions weighs in a grid: when it is less important, normal, more important. Of waiting,
    hours and sharing out, the heavier is met first; the numbers are kept with a fair when its wishes are chosen."""
    weight_early_or_late_hours: tuple[int, ...] = (2, 10, 200)
    """The same for each half-hour before 09:00 or after 18:00."""
    weight_sharing_out: tuple[int, ...] = (1, 5, 150)
    """The same for sharing out what does not fit."""
    weight_same_interpreter: tuple[int, ...] = (0, 2, 20)
    """The same for each change of a buyer's interpreter."""
    weight_room_changes: tuple[int, ...] = (0, 1, 20)
    """The same for each change of a company's room."""
    video_address: str = "https://video.sangdam.example/{meeting}"
    """Where a session meets when its room has no link of its own; {meeting} becomes its random name."""
    upload_megabytes: int = 20
    """Largest file that can be uploaded."""
    proxies: int = 0
    """How many reverse proxies in front are trusted to name the caller's address."""
    database_connections: int = 10
    """Connections to the database that one process keeps open."""
    database_connections_more: int = 20
    """How many more it may open for a while."""
    database_patience_seconds: int = 8
    """How long anybody waits for a lock or a connection before they are asked to try again."""
    replica_url: str = ""
    """A streaming standby of the PostgreSQL in DATABASE_URL, for schedules, feeds and displays; empty for none."""
    replica_seconds: int = 5
    """How old what is read there may be at most; whoever has changed something reads the primary for as long."""
    throttle_storage: str = ""
    """Where failed attempts are counted: `memory://` for one web process, `sangdam://` in the database for several,
    or another store of Flask-Limiter. Empty: the database with PostgreSQL or gunicorn, else memory."""
    waiting_requests: int = 700
    """How many requests may wait for the built-in server; whoever comes beyond is asked to come back."""
    metrics_from: str = "127.0.0.1,::1"
    """Networks that may read /metrics, with commas between them; empty for nobody."""
    log_format: str = "text"
    """`text`, or `json` for a line of JSON for each request and each event."""
    demo: bool = False
    """A demonstration with sample data: pages say so, and plain HTTP cookies are allowed."""

    def city_in(self, language: str) -> str:
        """The city's name for readers of a language."""
        return self.city if language == "ko" or not self.city_en else self.city_en

    @property
    def mailbox(self) -> Path:
        return self.instance / "mailbox"

    @property
    def is_served_by_tls(self) -> bool:
        return self.base_address.startswith("https://")


def read_settings(environ: dict[str, str] | None = None, **given: object) -> Settings:
    """Settings from `instance/config.py`, the environment and keywords, each overriding the one before.

    Makes the instance folder and its secret when they are missing. Raises BadSettings naming the setting.
    """
    env = dict(os.environ if environ is None else environ)
    instance = Path(str(given.pop("instance", None) or env.get("SANGDAM_INSTANCE") or "instance")).resolve()
    instance.mkdir(parents=True, exist_ok=True, mode=0o700)
    values = {**_from_file(instance / "config.py"), **_from_environment(env), **given}
    values["instance"] = instance
    if "city" in values:
        # A city that names itself is not called in English what the demonstration is called.
        values.setdefault("city_en", "")
    values.setdefault("database_url", f"sqlite:///{instance / 'scheduler.sqlite'}")
    values.setdefault("secret_key", _secret(instance / "secret.key"))
    settings = Settings(**values)  # type: ignore[arg-type]
    _refuse_weak(settings)
    _refuse_odd_weights(settings)
    return settings


def _from_file(path: Path) -> dict[str, object]:
    if not path.exists():
        return {}
    names = {field.name for field in fields(Settings)}
    try:
        written = runpy.run_path(str(path))
    except Exception as error:
        said = f"line {error.lineno}: {error.msg}" if isinstance(error, SyntaxError) else str(error)
        raise BadSettings(f"{path.name}: {said}") from error
    given = {key.lower(): value for key, value in written.items() if key.isupper()}
    unknown = sorted(set(given) - names)
    if unknown:
        raise BadSettings(f"{path.name}: there is no setting called {', '.join(unknown).upper()}")
    return given


def _from_environment(env: dict[str, str]) -> dict[str, object]:
    found: dict[str, object] = {}
    for field in fields(Settings):
        text = env.get(f"SANGDAM_{field.name.upper()}")
        if text is not None and field.name != "instance":
            found[field.name] = _typed(field.name, str(field.type), text)
    return found


def _typed(name: str, kind: str, text: str) -> object:
    try:
        if "tuple" in kind:
            return tuple(int(part) for part in text.split(",") if part.strip())
        if "int" in kind:
            return int(text)
    except ValueError:
        raise BadSettings(f"SANGDAM_{name.upper()} must be a whole number, not {text!r}") from None
    if "bool" in kind:
        return text.strip().lower() in {"1", "true", "yes", "on"}
    return text


def _refuse_odd_weights(settings: Settings) -> None:
    for field in fields(Settings):
        if field.name.startswith("weight_"):
            numbers = getattr(settings, field.name)
            if (
                len(set(numbers)) != 3
                or list(numbers) != sorted(numbers)
                or not 0 <= numbers[0] <= numbers[2] <= 10_000
            ):
                raise BadSettings(f"{field.name.upper()} must be three rising whole numbers from 0 to 10000")


def _secret(path: Path) -> str:
    if not path.exists():
        # Whole or not at all, and of several processes that start at once the first one's for all.
        mine = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
        descriptor = os.open(mine, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_urlsafe(48))
        with suppress(FileExistsError):
            os.link(mine, path)
        mine.unlink()
    return path.read_text().strip()


def _refuse_weak(settings: Settings) -> None:
    if len(settings.secret_key) < _SHORTEST_SECRET or len(set(settings.secret_key)) < _LEAST_LETTERS:
        raise BadSettings(
            f"SECRET_KEY must have at least {_SHORTEST_SECRET} characters, {_LEAST_LETTERS} of them different; "
            "leave it out and one is made at random"
        )
    if not settings.base_address.startswith(("http://", "https://")):
        raise BadSettings("BASE_ADDRESS must begin with http:// or https://")
    if settings.text_gateway and not _is_safe_gateway(settings):
        raise BadSettings(
            "TEXT_GATEWAY must begin with https://, or http:// with TEXT_PRIVATE, and name a server"
        )
    if settings.text_gateway and not (settings.text_key and settings.text_sender):
        raise BadSettings("TEXT_GATEWAY needs TEXT_KEY and TEXT_SENDER")
    if settings.log_format not in {"text", "json"}:
        raise BadSettings("LOG_FORMAT must be text or json")
    both = (settings.database_url, settings.replica_url)
    if settings.replica_url and not all(one.startswith("postgres") for one in both):
        raise BadSettings("REPLICA_URL must name a standby of the PostgreSQL in DATABASE_URL")
    if settings.replica_seconds < 1:
        raise BadSettings("REPLICA_SECONDS must be at least 1")
    for name in ("smtp_security", "imap_security"):
        if getattr(settings, name) not in {"starttls", "tls", "none"}:
            raise BadSettings(f"{name.upper()} must be starttls, tls or none")


def _is_safe_gateway(settings: Settings) -> bool:
    parts = urlsplit(settings.text_gateway)
    schemes = {"https", "http"} if settings.text_private else {"https"}
    return parts.scheme in schemes and bool(parts.hostname) and "@" not in parts.netloc
