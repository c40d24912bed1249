"""Which buyers a co-host abroad looks after."""

from collections.abc import Iterable

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from scheduler.storage.tables import CohostBuyerTable, ParticipationTable, table_of

CARE = table_of(CohostBuyerTable)
PARTICIPATION = table_of(ParticipationTable)


def buyers_in_care(work: Session, account_id: str) -> frozenset[str]:
    return frozenset(work.scalars(select(CARE.c.buyer_id).where(CARE.c.account_id == account_id)))


def care_by_account(work: Session) -> dict[str, frozenset[str]]:
    """Account -> its buyers, for the accounts that have any."""
    found: dict[str, set[str]] = {}
    for row in work.execute(select(CARE)):
        found.setdefault(row.account_id, set()).add(row.buyer_id)
    return {account_id: frozenset(buyers) for account_id, buyers in found.items()}


def fairs_of(work: Session, buyer_ids: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """Fair -> those of the buyers who take part, in their order there."""
    wanted = PARTICIPATION.c.resource_id.in_(sorted(set(buyer_ids)))
    order = (PARTICIPATION.c.fair_id, PARTICIPATION.c.position, PARTICIPATION.c.resource_id)
    found: dict[str, tuple[str, ...]] = {}
    for row in work.execute(select(PARTICIPATION).where(wanted).order_by(*order)):
        found[row.fair_id] = (*found.get(row.fair_id, ()), row.resource_id)
    return found


def set_care(work: Session, account_id: str, *, give: Iterable[str], take: Iterable[str]) -> None:
    """Gives buyers into an account's care and takes others out; those not named stay as they are."""
    gone = sorted(set(take))
    if gone:
        work.execute(delete(CARE).where(CARE.c.account_id == account_id, CARE.c.buyer_id.in_(gone)))
    new = sorted(set(give) - buyers_in_care(work, account_id))
    if new:
        work.execute(insert(CARE), [{"account_id": account_id, "buyer_id": one} for one in new])
