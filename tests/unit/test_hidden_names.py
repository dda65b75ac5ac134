"""What a line of the log names, by whom it is hidden from."""

from bot.db.invoices import Places
from bot.domain.contract_changes import Turn, ended_line, lines_of, stands
from bot.domain.contracts import Found, Place, Terms
from bot.domain.invoices import Identifier
from bot.domain.sync_logs import UNMAPPED
from bot.domain.syncs import Change
from bot.syncs.invoice_changes import Words, line_of
from tests.factories import NOON

PLACES = {1: Places("Acme", 1), 2: Places("Quokka Zoo", 2), 3: Places("Nobody's", None)}


def moved_to(company: int) -> Change:
    return Change(7, {"company_id": 2, "number": "INV-7"}, {"company_id": company, "number": "INV-7"})


def test_a_line_about_a_contract_of_nobodys_company_is_for_who_sees_every_client():
    found = Found(1, Terms("Managed Quokka", company_id=2), None, "", "Quokka Zoo")
    (line,) = lines_of(Turn(found, None, stands(found, Place.PREFIX, None, None, today=NOON.date())))
    assert "Quokka Zoo" in line.message
    assert line.organization_id == ended_line(found, NOON.date()).organization_id == UNMAPPED


def test_an_invoice_that_came_from_another_client_does_not_name_it():
    words = Words(Identifier.NUMBER, "USD", PLACES)
    line = line_of(moved_to(1), words)
    assert line is not None
    assert (line.message, line.organization_id) == ("Invoice INV-7 Acme: company another one → Acme", 1)
    nobodys = line_of(moved_to(3), words)
    assert nobodys is not None
    assert nobodys.message == "Invoice INV-7: company another one → another one"
