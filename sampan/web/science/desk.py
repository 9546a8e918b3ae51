"""The same pages for whoever is signed in: with what their role may see, and primers of their own held against it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import partial
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from sampan.core.errors import InputError
from sampan.core.plain import plain
from sampan.desks.science.watching import LARGEST
from sampan.languages.speech import Speech, speech
from sampan.web import sheets
from sampan.web.desk import words
from sampan.web.desk.menu import SECTIONS
from sampan.web.inside import Handler, Inside, Routes, language_of, said
from sampan.web.pages import TYPES
from sampan.web.science import primers
from sampan.web.science.beside import DESK, beside
from sampan.web.science.listing import GENOME_PAGES, WORK_PAGE, GenomePage
from sampan.web.science.sight import of_person
from sampan.web.science.views import Answered
from sampan.web.who import form_of, session_of


class GenomeDeskPages:
    """The pages about genomes of one node, for its people."""

    def __init__(self, inside: Inside) -> None:
        self._inside = inside

    def routes(self) -> Routes:
        """Where they are. An address with a form comes before the one without."""
        found: Routes = [
            (f"/{{language}}{DESK}{page.path}{ending}", self._page(page, form), ["GET"])
            for page in (*GENOME_PAGES, WORK_PAGE)
            for form, ending in (("json", ".json"), ("csv", ".csv"), ("html", ""))
            if page.path or form == "html"
        ]
        return [*found, (f"/{{language}}{DESK}/primers", self.held_against, ["POST"])]

    def _page(self, page: GenomePage, form: str) -> Handler:
        async def show(request: Request) -> Response:
            session, spoken = session_of(request), speech(language_of(request))
            asked = {
                name: request.query_params[name] for name in page.query if request.query_params.get(name)
            }
            asked |= {name: text for name, text in request.path_params.items() if name != "language"}
            it = await run_in_threadpool(page.answer, of_person(session, asked.get("virus", "")), asked)
            if form != "html":
                return _data(it, page, form, spoken)
            return await self._shown(request, page, it, spoken)

        return show

    async def held_against(self, request: Request) -> Response:
        """A file of oligos held against the genomes, and kept nowhere."""
        form = await form_of(request)
        session, spoken = session_of(request), speech(language_of(request))
        page = next(each for each in GENOME_PAGES if each.path == "/primers")
        file, trouble = form.get("file"), None
        if not isinstance(file, UploadFile):
            raise HTTPException(400)
        data = await file.read(LARGEST + 1)
        name = (file.filename or "file").replace("\\", "/").rpartition("/")[2]
        await form.close()
        sight = of_person(session, said(form, "virus"))
        try:
            if len(data) > LARGEST:
                raise InputError("The file is too large.", way_out="1 MiB is the most.", field="file")
            it = await run_in_threadpool(
                partial(primers.watch, sight, {"virus": sight.asked}, file=(name, data))
            )
        except InputError as fault:
            it, trouble = await run_in_threadpool(primers.watch, sight, {}), fault
        return await self._shown(request, page, it, spoken, trouble=trouble)

    async def _shown(
        self,
        request: Request,
        page: GenomePage,
        it: Answered,
        spoken: Speech,
        *,
        trouble: InputError | None = None,
    ) -> Response:
        more: Mapping[str, Any] = await run_in_threadpool(beside, it, spoken, DESK)
        fault = trouble or it.fault
        return await self._inside.page(
            request,
            page.template,
            path=f"{DESK}{page.path.format_map(request.path_params)}",
            status=fault.http_status if fault else 200,
            known=True,
            it=it,
            trouble=trouble,
            sections=SECTIONS,
            words=words,
            **more,
        )


def _data(it: Answered, page: GenomePage, form: str, spoken: Speech) -> Response:
    """The answer for programs. Raises what is wrong with the question."""
    if it.fault:
        raise it.fault
    if form == "json":
        body = json.dumps(plain(it), ensure_ascii=False, allow_nan=False).encode()
    else:
        body = sheets.write(*page.sheet(it, spoken))
    return Response(body, 200, {"Cache-Control": "no-store"}, media_type=TYPES[form])
