"""Wish lists: which buyers a company would like to meet at a fair, the dearest first."""

from collections.abc import Sequence

from sqlalchemy import bindparam, delete, insert, select
from sqlalchemy.orm import Session

from scheduler.storage.prepared import Prepared
from scheduler.storage.tables import WishTable, table_of

WISH = table_of(WishTable)
# Made once: companies look at buyers all day.
_OF_COMPANY = Prepared(
    select(WISH.c.buyer_id)
    .where(WISH.c.fair_id == bindparam("fair"), WISH.c.company_id == bindparam("company"))
    .order_by(WISH.c.position)
)


def wishes_of(work: Session, fair_id: str, company_id: str) -> tuple[str, ...]:
    """The ids of the buyers in order."""
    rows = _OF_COMPANY.rows(work, fair=fair_id, company=company_id)
    return tuple(row[0] for row in rows)


def wishes_of_fair(work: Session, fair_id: str) -> dict[str, tuple[str, ...]]:
    """Company id -> its list, for those that have one."""
    rows = work.execute(
        select(WISH.c.company_id, WISH.c.buyer_id)
        .where(WISH.c.fair_id == fair_id)
        .order_by(WISH.c.company_id, WISH.c.position)
    )
    found: dict[str, list[str]] = {}
    for company_id, buyer_id in rows:
        found.setdefault(company_id, []).append(buyer_id)
    return {company_id: tuple(ones) for company_id, ones in found.items()}


def save_wishes(work: Session, fair_id: str, company_id: str, buyer_ids: Sequence[str]) -> None:
    """The whole list, in the stead of the one before."""
    work.execute(delete(WISH).where(WISH.c.fair_id == fair_id, WISH.c.company_id == company_id))
    if buyer_ids:
        rows = [
            {"fair_id": fair_id, "company_id": company_id, "buyer_id": one, "position": position}
            for position, one in enumerate(buyer_ids, start=1)
        ]
        work.execute(insert(WISH), rows)
