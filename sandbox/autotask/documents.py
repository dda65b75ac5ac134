"""An invoice as PDF, HTML and XML, drawn from its billing items."""

import base64
import json
from collections.abc import Sequence
from html import escape

from sandbox.autotask.database import Database
from sandbox.autotask.errors import Refusal
from sandbox.autotask.values import Row, wire


def invoice_document(database: Database, invoice_id: int, kind: str) -> str:
    """The reply to `Invoices/{id}/{kind}`. Raises Refusal 404 for an unknown invoice."""
    invoice = database.row("Invoices", invoice_id)
    if invoice is None:
        raise Refusal(404, json.dumps({"errors": ["Entity not found"]}))
    lines = _lines(database, invoice)
    if kind == "InvoicePdf":
        return _file(invoice, pdf(lines))
    title, *body = lines
    if kind == "InvoiceMarkupHtml":
        rows = "".join(f"<p>{escape(line)}</p>" for line in body)
        return json.dumps({"invoiceMarkup": f"<html><body><h1>{escape(title)}</h1>{rows}</body></html>"})
    rows = "".join(f"<line>{escape(line)}</line>" for line in body)
    return json.dumps({"invoiceMarkup": f"<invoice><number>{escape(title)}</number>{rows}</invoice>"})


def _lines(database: Database, invoice: Row) -> list[str]:
    company_id = invoice.get("companyID")
    company = database.row("Companies", company_id) if isinstance(company_id, int) else None
    table = database.table("BillingItems")
    items = [table.rows[record_id] for record_id in table.having("invoiceID", invoice["id"])]
    return [
        f"Invoice {invoice.get('invoiceNumber') or invoice['id']}",
        str((company or {}).get("companyName", "")),
        *(f"{item.get('itemName', '')}: {wire(item.get('totalAmount'))}" for item in items),
        f"Total: {wire(invoice.get('invoiceTotal'))}",
    ]


def _file(invoice: Row, content: bytes) -> str:
    return json.dumps(
        {
            "id": invoice["id"],
            "contentType": "application/pdf",
            "fileName": f"Invoice-{invoice.get('invoiceNumber') or invoice['id']}.pdf",
            "fileSize": len(content),
            "data": base64.b64encode(content).decode(),
        }
    )


def pdf(lines: Sequence[str]) -> bytes:
    """A valid one-page PDF with the lines of text."""
    text = " ".join(f"({_escaped(line)}) Tj T*" for line in lines[:45])
    stream = f"BT /F1 12 Tf 16 TL 56 780 Td {text} ET".encode("latin-1", "replace")
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>",
        b"<</Length %d>>\nstream\n%s\nendstream" % (len(stream), stream),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    ]
    return _assembled(objects)


def _assembled(objects: Sequence[bytes]) -> bytes:
    content = b"%PDF-1.4\n"
    offsets: list[int] = []
    for number, body in enumerate(objects, start=1):
        offsets.append(len(content))
        content += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    size = len(objects) + 1
    return content + (
        b"xref\n0 %d\n0000000000 65535 f \n%strailer\n<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n"
        % (size, table, size, len(content))
    )


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)")
