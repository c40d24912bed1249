"""What the pages on which results are stated share: the words of the stages, and the claim in a form."""

from flask import request

from scheduler.booking.results import Claim, Side, Stage, claim_of
from scheduler.services.results_page import STAGES
from scheduler.wording import Phrase

SIDES = {Side.COMPANY: Phrase("The company"), Side.BUYER: Phrase("The buyer")}
OF_BUYERS: dict[Stage, Phrase] = {
    Stage.NOT_HELD: Phrase("The session did not take place"),
    Stage.CONSULTED: Phrase("We talked; nothing more so far"),
    Stage.IN_PROGRESS: Phrase("We are preparing an order or a contract"),
    Stage.CONTRACTED: Phrase("We have placed an order or signed a contract"),
}
"""The same stages, as a buyer would say them."""
OF_COMPANIES: dict[Stage, Phrase] = STAGES


def sent_claim(side: Side) -> Claim:
    """Raises BadInput with every fault."""
    form = request.form
    return claim_of(
        stage=form.get("stage", ""), amount=form.get("amount", ""), note=form.get("note", ""), side=side
    )
