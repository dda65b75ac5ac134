import base64

import pytest

PAGE = "http://sandbox/Autotask/AutotaskExtend/ExecuteCommand.aspx"


@pytest.fixture
def invoice(tenant):
    company = tenant.company("Acme (north)")
    invoice = tenant.database.insert(
        "Invoices", {"companyID": company, "invoiceNumber": "INV-7", "invoiceTotal": 120}
    )
    tenant.database.insert(
        "BillingItems", {"invoiceID": invoice, "itemName": "Backup <b>", "totalAmount": 120}
    )
    return invoice


async def test_the_pdf_of_an_invoice_is_a_real_file_in_base64(tenant, invoice):
    reply = (await tenant.get(f"Invoices/{invoice}/InvoicePdf")).json()
    content = base64.b64decode(reply["data"])
    assert (reply["id"], reply["contentType"], reply["fileName"]) == (
        invoice,
        "application/pdf",
        "Invoice-INV-7.pdf",
    )
    assert reply["fileSize"] == len(content)
    assert content.startswith(b"%PDF-1.4")
    assert content.endswith(b"%%EOF\n")
    start = int(content.rsplit(b"startxref\n", 1)[1].split(b"\n", 1)[0])
    assert content[start:].startswith(b"xref\n0 6\n")
    assert b"Acme \\(north\\)" in content


@pytest.mark.parametrize("kind", ["InvoiceMarkupHtml", "invoicemarkupxml"])
async def test_the_markup_of_an_invoice_is_escaped(tenant, invoice, kind):
    markup = (await tenant.get(f"Invoices/{invoice}/{kind}")).json()["invoiceMarkup"]
    assert "Backup &lt;b&gt;" in markup


async def test_documents_of_an_unknown_invoice_are_a_404(tenant):
    assert (await tenant.get("Invoices/4242/InvoicePdf")).status_code == 404


async def test_billing_items_not_invoiced_have_invoice_id_zero(tenant):
    item = tenant.database.insert("BillingItems", {"itemName": "Backup"})
    assert (await tenant.item("BillingItems", item))["invoiceID"] == 0


async def test_view_in_autotask_shows_the_record_with_labels_instead_of_numbers(tenant):
    ticket = await tenant.create("Tickets", tenant.ticket(title="<script>", queueID=29682969))
    reply = await tenant.http.get(PAGE, params={"Code": "OpenTicketDetail", "TicketID": ticket})
    assert reply.status_code == 200
    assert "T20260310.0001" in reply.text
    assert "Triage" in reply.text
    assert "Harbour IT" in reply.text
    assert "&lt;script&gt;" in reply.text
    assert "<script>" not in reply.text


async def test_view_in_autotask_finds_a_ticket_by_its_number_too(tenant):
    await tenant.create("Tickets", tenant.ticket())
    reply = await tenant.http.get(PAGE, params={"Code": "OpenTicketDetail", "TicketNumber": "T20260310.0001"})
    assert reply.status_code == 200


@pytest.mark.parametrize("query", [{"Code": "OpenAccount", "AccountID": "4242"}, {"Code": "OpenAll"}, {}])
async def test_view_in_autotask_of_nothing_is_a_404_page(tenant, query):
    reply = await tenant.http.get(PAGE, params=query)
    assert (reply.status_code, "Not found" in reply.text) == (404, True)
