"""A mail server that takes so many mails a minute gets no more."""

from dataclasses import dataclass, field
from email.message import EmailMessage

from scheduler.mail.pace import PacedPost
from tests.messages import a_message
from tests.services.stage import a_post


@dataclass
class Watch:
    """A clock that goes on only while somebody sleeps."""

    now: float = 100.0
    slept: list[float] = field(default_factory=list)

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


def test_mails_leave_evenly_and_a_pause_is_not_made_up_for() -> None:
    watch, post = Watch(), a_post()
    paced = PacedPost(post, per_minute=30, clock=watch, sleep=watch.sleep)
    mails: list[EmailMessage] = [a_message(number) for number in range(4)]
    for mail in mails[:3]:
        paced.send(mail)
    watch.now += 60
    paced.send(mails[3])
    assert (watch.slept, post.kept) == ([2.0, 2.0], mails)


def test_several_workers_share_what_the_server_allows() -> None:
    watch = Watch()
    paced = PacedPost(a_post(), per_minute=30, clock=watch, sleep=watch.sleep)
    for workers in (1, 3, 0):
        paced.share_among(workers)
        paced.send(a_message(0))
    assert watch.slept == [2.0, 6.0]
