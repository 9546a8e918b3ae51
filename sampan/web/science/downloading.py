"""How are genomes taken away in a browser, by strangers and by staff: in which form, for whom, and with a receipt?

The page says how many they are; what the terms forbid is refused by name. A download is a form that is sent, so that
nothing that merely follows links leaves receipts in the log.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any, get_args

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from sampan.access.session import Session
from sampan.core.errors import InputError, Refused, SampanError
from sampan.desks.science.exports import EVERYTHING, MOST_TAKEN, ExportForm, archived, export
from sampan.desks.science.sets import described, find_set
from sampan.desks.science.terms import reader_of
from sampan.records.science import READERS, Reader
from sampan.web.api.rate import Buckets, Rate
from sampan.web.asked import Asked
from sampan.web.desk import words
from sampan.web.desk.menu import SECTIONS
from sampan.web.inside import Inside, Routes, said
from sampan.web.science.asking import FIELDS, asking
from sampan.web.science.beside import DESK, PUBLIC
from sampan.web.science.sight import Sight, of_person, of_public
from sampan.web.science.views import counted
from sampan.web.who import address_of, form_of, session_of

FORMS: tuple[ExportForm, ...] = get_args(ExportForm)
ASKED = (*FIELDS, "number", "form", "audience", "leave_out", "organism", "project")
STRANGER = Rate(10, 1 / 30)
"""Downloads of one address: each writes an entry."""


@dataclass(frozen=True)
class Taking:
    """Which genomes are meant, in words for the search, and how many of them are seen."""

    query: str
    count: int
    virus: str
    title: str = ""
    """Of the set, if it is one."""


class DownloadPages:
    """Both pages, the public one and that of the desk."""

    def __init__(self, inside: Inside, public: Session) -> None:
        self._inside = inside
        self._public = public
        self._buckets = Buckets()

    def routes(self) -> Routes:
        """Where they are."""
        return [
            (f"/{{language}}{root}/download", partial(handler, root), [method])
            for root in (PUBLIC, DESK)
            for handler, method in ((self.ask, "GET"), (self.take, "POST"))
        ]

    async def ask(self, root: str, request: Request) -> Response:
        """The form."""
        asked = {name: text for name in ASKED if (text := request.query_params.get(name))}
        return await self._shown(root, request, asked)

    async def take(self, root: str, request: Request) -> Response:
        """The files; or the form again, with what is wrong."""
        form = await form_of(request)
        asked = {name: text for name in ASKED if (text := said(form, name).strip())}
        await form.close()
        if root == PUBLIC:
            may, headers = self._buckets.take(address_of(request), STRANGER)
            if not may:
                raise HTTPException(429, headers=dict(headers))
        try:
            data, name = await run_in_threadpool(_taken, self._sight(root, request, asked), asked)
        except (InputError, Refused) as fault:
            return await self._shown(root, request, asked, fault=fault)
        headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
        return Response(data, 200, headers, media_type="application/zip")

    def _sight(self, root: str, request: Request, asked: Asked) -> Sight:
        virus = asked.get("virus", "")
        return of_public(self._public, virus) if root == PUBLIC else of_person(session_of(request), virus)

    async def _shown(
        self, root: str, request: Request, asked: Asked, *, fault: SampanError | None = None
    ) -> Response:
        sight = self._sight(root, request, asked)
        it: Taking | None = None
        try:
            it = await run_in_threadpool(_meant, sight, asked)
        except InputError as wrong:
            fault = fault or wrong
        more: dict[str, Any] = {} if root == PUBLIC else {"sections": SECTIONS, "words": words}
        return await self._inside.page(
            request,
            "science_download.html",
            path=f"{root}/download",
            status=fault.http_status if fault else 200,
            known=root != PUBLIC,
            root=root,
            frame="base.html" if root == PUBLIC else "desk.html",
            taking=it,
            given=asked,
            fault=fault,
            refused=fault.facts.get("refused", ()) if fault else (),
            forms=[each for each in FORMS if root == DESK or each != "insdc"],
            audiences=READERS[: READERS.index(sight.reader) + 1],
            MOST_TAKEN=MOST_TAKEN,
            **more,
        )


def _meant(sight: Sight, asked: Asked) -> Taking:
    """The genomes that an address means. Raises InputError for a question that is none, and a set that is not there."""
    if number := asked.get("number"):
        found = described(sight.session, find_set(sight.session, number, sight.reader), sight.reader)
        return Taking("", len(found.parts), "", found.title)
    look = sight.look
    if look is None:
        return Taking("", 0, sight.virus)
    ask = asking(look, asked)
    if ask.wrong:
        raise ask.wrong[0].fault()
    return Taking(ask.query or EVERYTHING, counted(look, ask.query), sight.virus)


def _taken(sight: Sight, asked: Asked) -> tuple[bytes, str]:
    """The archive that was asked for, and what to call it."""
    it = _meant(sight, asked)
    form = next((each for each in FORMS if each == asked.get("form")), None)
    if form is None:
        raise InputError("There is no such form.", field="form", way_out="Choose one of the list.")
    audience: Reader = next((each for each in READERS if each == asked.get("audience")), "public")
    done = export(
        sight.session,
        form,
        query="" if asked.get("number") else it.query,
        number=asked.get("number", ""),
        audience=audience,
        leave_out="leave_out" in asked,
        virus=it.virus or None,
        organism=asked.get("organism", ""),
        project=asked.get("project", ""),
        eyes="public" if sight.public else reader_of(sight.session),
    )
    return archived(done), f"genomes-{form}.zip"
