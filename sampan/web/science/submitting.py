"""How are genomes handed in in a browser? One form, and a report of every record: what is wrong where, and the way out.

To check writes nothing. What was handed in is written once, however often its form is sent.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from typing import Any, TypeVar, get_args
from urllib.parse import quote
from uuid import uuid4

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData, UploadFile
from starlette.requests import Request
from starlette.responses import Response

from sampan.access.session import Session
from sampan.core.errors import InputError, SampanError
from sampan.desks.science.findings import Blocked
from sampan.desks.science.references import viruses
from sampan.desks.science.standing import original, submission_report
from sampan.desks.science.submission import Submitted, submit
from sampan.records.science import TermsKind
from sampan.web.api.once import Given, Once
from sampan.web.asked import NotFound
from sampan.web.desk import words
from sampan.web.desk.menu import SECTIONS
from sampan.web.inside import Inside, Routes, language_of, led_to, printable, said
from sampan.web.links import Links
from sampan.web.who import form_of, session_of

PATH = "/desk/genomes/submit"
REPORTS = "/desk/genomes/submissions"
MOST_FILES = 20
LONGEST = 500
"""Signs of a field."""
Found = TypeVar("Found")
KINDS: tuple[TermsKind, ...] = get_args(TermsKind)
MORE = ("licence", "group", "focal_point", "attribution", "permit", "reference")
"""Fields that hold for all records whose row says nothing else."""


@dataclass(frozen=True)
class _HandedIn:
    """A form as it was sent."""

    files: Mapping[str, bytes]
    terms: TermsKind
    until: date | None
    more: Mapping[str, str]
    """Whatever else was said of all of them, by the field's name; and the reference of their virus."""
    good_only: bool
    check: bool
    once: str

    @property
    def digest(self) -> bytes:
        """What tells it from another."""
        parts = [f"{name} {sha256(data).hexdigest()}" for name, data in sorted(self.files.items())]
        return repr([parts, self.terms, self.until, sorted(self.more.items()), self.good_only]).encode()


class SubmissionPage:
    """The form of one node, the report of what was handed in, and the files as they came."""

    def __init__(self, inside: Inside, session: Session) -> None:
        self._inside = inside
        self._once = Once(session.ledger, session.clock)

    def routes(self) -> Routes:
        """Where it is."""
        return [
            (f"/{{language}}{PATH}", self.ask, ["GET"]),
            (f"/{{language}}{PATH}", self.take, ["POST"]),
            (f"/{{language}}{REPORTS}/{{number}}", self.report, ["GET"]),
            (f"/{{language}}{REPORTS}/{{number}}/{{name}}", self.original, ["GET"]),
        ]

    async def report(self, request: Request) -> Response:
        """What became of a submission, record by record."""
        number = request.path_params["number"]
        found = await run_in_threadpool(_found, submission_report, session_of(request), number)
        return await self._inside.page(
            request,
            "science_report.html",
            path=f"{REPORTS}/{number}",
            known=True,
            it=found,
            done="done" in request.query_params,
            sections=SECTIONS,
            words=words,
            root="/desk/genomes",
        )

    async def original(self, request: Request) -> Response:
        """A file as it was handed in, byte for byte."""
        name = request.path_params["name"]
        data = await run_in_threadpool(
            _found, original, session_of(request), request.path_params["number"], name
        )
        headers = {
            "Content-Disposition": f"attachment; filename*=UTF-8''{quote(name, safe='')}",
            "Cache-Control": "no-store",
        }
        return Response(data, 200, headers, media_type="application/octet-stream")

    async def ask(self, request: Request) -> Response:
        """The empty form."""
        session_of(request)
        return await self._shown(request, 200)

    async def take(self, request: Request) -> Response:
        """Checks what was handed in, or takes it in; and says of every record what became of it."""
        form = await form_of(request, files=MOST_FILES)
        session, words_ = session_of(request), _words(form)
        try:
            handed = await _handed_in(form)
            if handed.check:
                report = await run_in_threadpool(_submitted, session, handed)
                return await self._shown(request, 200, words_, report=report)
            given, _ = await run_in_threadpool(
                self._once.answer,
                session.person.handle,
                handed.once,
                handed.digest,
                lambda: _taken_in(session, handed),
            )
        except Blocked as fault:
            return await self._shown(request, 422, words_, fault=fault, findings=fault.findings)
        except InputError as fault:
            return await self._shown(request, 422, words_, fault=fault)
        finally:
            await form.close()
        return led_to(Links(language_of(request)).to(given.body.decode()))

    async def _shown(
        self,
        request: Request,
        status: int,
        given: Mapping[str, str] | None = None,
        *,
        report: Submitted | None = None,
        fault: SampanError | None = None,
        findings: tuple[Any, ...] = (),
    ) -> Response:
        return await self._inside.page(
            request,
            "science_submit.html",
            path=PATH,
            status=status,
            known=True,
            given=given or {},
            report=report,
            findings=report.findings if report else findings,
            fault=fault,
            once=str(uuid4()),
            kinds=KINDS,
            viruses=viruses(session_of(request)),
            sections=SECTIONS,
            words=words,
            root="/desk/genomes",
        )


def _words(form: FormData) -> dict[str, str]:
    return {name: said(form, name) for name in ("terms", "until", "good_only", *MORE)}


def _found(view: Callable[..., Found], session: Session, *named: str) -> Found:
    """What a view shows of what an address names. Raises NotFound if there is no such thing."""
    try:
        return view(session, *named)
    except InputError:
        raise NotFound from None


async def _handed_in(form: FormData) -> _HandedIn:
    """What a form says. Raises InputError beside the field that does not hold."""
    files = {}
    for each in form.getlist("files"):
        if isinstance(each, UploadFile) and each.filename:
            files[each.filename.replace("\\", "/").rpartition("/")[2]] = await each.read()
    if not files:
        raise InputError(
            "No file was handed in.", field="files", way_out="Choose a FASTA file and its table."
        )
    terms, until = said(form, "terms") or "open", said(form, "until")
    if terms not in KINDS:
        raise InputError("There are no such terms.", field="terms", way_out="Choose some from the list.")
    try:
        day = date.fromisoformat(until) if until else None
    except ValueError:
        raise InputError(f'"{until[:20]}" is no day.', field="until", way_out="Write 2020-03-26.") from None
    return _HandedIn(
        files,
        terms,
        day,
        {name: text for name in MORE if (text := printable(said(form, name))[:LONGEST])},
        good_only=bool(said(form, "good_only")),
        check=said(form, "do") != "submit",
        once=said(form, "once") or str(uuid4()),
    )


def _submitted(session: Session, handed: _HandedIn) -> Submitted:
    return submit(
        session,
        handed.files,
        terms=handed.terms,
        until=handed.until,
        **handed.more,
        good_only=handed.good_only,
        check=handed.check,
        progress=None,
    )


def _taken_in(session: Session, handed: _HandedIn) -> Given:
    """Where to go when it is written: to the report of the submission."""
    done = _submitted(session, handed)
    return Given(303, "text/plain", f"{REPORTS}/{done.number}?done=yes".encode())
