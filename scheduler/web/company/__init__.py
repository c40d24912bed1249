"""A company's own pages: the buyers of a fair, free moments, holds, and changes of its sessions."""

from scheduler.web.company import asking, changes, holds, picking, stating, team
from scheduler.web.company.part import company

__all__ = ["asking", "changes", "company", "holds", "picking", "stating", "team"]
