"""Printed notices of correction, passed on from where the API says that they are kept (B7)."""

from __future__ import annotations

from chalice import Response

from functions.portal.page import passed_on
from functions.portal.visiting import Visit
from functions.shared import ports

PDF = "application/pdf"


def show_notice(visit: Visit, inspection_id: str) -> Response:
    """The print of an inspection's notice; raises Refused where the reader may not see it, or while
    it is being printed."""
    path = {"inspection_id": inspection_id}
    told = visit.api.get("/v1/inspections/{inspection_id}/notice", path)
    return passed_on(ports.objects("evidence").read(told["key"]), PDF, f"{told['number']}.pdf")
