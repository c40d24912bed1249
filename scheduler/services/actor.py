"""Who asks for something to be done; stands in the audit trail and decides when notices go out."""

from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    COORDINATOR = "coordinator"
    COMPANY = "company"
    INTERPRETER = "interpreter"
    BUYER = "buyer"
    COHOST = "cohost"
    SYSTEM = "system"


@dataclass(frozen=True, kw_only=True)
class Actor:
    """A person or the program itself. `resource_id` is set for a company, a buyer and an interpreter."""

    role: Role
    name: str
    account_id: str | None = None
    resource_id: str | None = None

    @property
    def label(self) -> str:
        """How the audit trail names this actor."""
        return f"{self.role}:{self.account_id or self.resource_id or self.name}"


SYSTEM = Actor(role=Role.SYSTEM, name="system")
