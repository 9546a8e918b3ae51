"""How is a desk reached in a browser? One page for every view and every act, wired by what the desks list."""

from __future__ import annotations

import json
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from datetime import date
from hashlib import sha256
from threading import Lock
from typing import Any
from uuid import uuid4

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData, UploadFile
from starlette.requests import Request
from starlette.responses import Response

from sampan.access.offer import Act, View
from sampan.access.session import Session
from sampan.core.errors import InputError, MovedOn, NodeError, SampanError
from sampan.core.plain import plain
from sampan.languages.speech import Speech, speech
from sampan.web.api.once import Given, Once
from sampan.web.asked import NotFound
from sampan.web.desk import beforehand, cycle, pictures, tables, words
from sampan.web.desk.menu import (
    SECTIONS,
    Placed,
    acts_of,
    is_file,
    offers,
    section_of,
    views_of,
    waits_to_be_asked,
)
from sampan.web.desk.pictures import Looking
from sampan.web.desk.questions import ROWS, Question, questions
from sampan.web.desk.reading import File, Said, first, read, rows_said, texts
from sampan.web.desk.showing import Cell, cell, shown
from sampan.web.desk.suggestions import suggestions
from sampan.web.desk.waiting import waiting
from sampan.web.inside import Inside, Routes, language_of, led_to
from sampan.web.links import Links
from sampan.web.who import FormExpired, form_of, looking_on, require_person, session_of

MOST_FILES = 40
KEPT = 256
"""Results that are remembered while the ledger stays as it is."""

OWN = frozenset({"csrf", "done", "from", "go", "look", "more", "once", "ticked"})
"""Fields of ours that no act or view asks for."""


class DeskPages:
    """The pages of the desks of one node."""

    def __init__(self, inside: Inside, session: Session) -> None:
        self._inside = inside
        self._once = Once(session.ledger, session.clock)
        self._results = Results()

    def routes(self) -> Routes:
        """Where they are."""
        return [
            ("/{language}/desk", self.home, ["GET"]),
            ("/{language}/desk/{section}", self.section, ["GET"]),
            ("/{language}/desk/{desk}/{name}", self.offer, ["GET", "POST"]),
        ]

    async def home(self, request: Request) -> Response:
        """Every section, and what waits: for the reader, and for others."""
        session = session_of(request)
        found = await run_in_threadpool(self._results.kept, ("home", session.person.handle), session, waiting)
        mine = [one for one in found if one.act and session.person.may(one.act)]
        return await self._inside.page(
            request,
            "desk_home.html",
            path="/desk",
            sections=SECTIONS,
            mine=mine,
            others=[one for one in found if one not in mine],
            today=session.today(),
            round=await run_in_threadpool(cycle.steps, session),
            offers=offers(),
            words=words,
        )

    async def section(self, request: Request) -> Response:
        """Leads to the first view of a section."""
        require_person(request)
        found = section_of(request.path_params["section"])
        if found is None:
            raise NotFound
        return led_to(Links(language_of(request)).to(views_of(found)[0].path))

    async def offer(self, request: Request) -> Response:
        """A view, or the form of an act and what becomes of it."""
        name, _, form = request.path_params["name"].partition(".")
        placed = offers().get(f"{request.path_params['desk']}.{name}")
        if placed is None or form not in ("", "json"):
            raise NotFound
        session = session_of(request) if request.method == "GET" else None
        if isinstance(placed.offer, View):
            if session is None:
                raise NotFound
            return await self._view(request, placed, session, form)
        if form:
            raise NotFound
        return await (self._ask(request, placed, session) if session else self._do(request, placed))

    # Views

    async def _view(self, request: Request, placed: Placed, session: Session, form: str) -> Response:
        said: Said = {
            name: request.query_params.getlist(name) for name in request.query_params if name not in OWN
        }
        unasked = any(each.required and not any(texts(said, each.word)) for each in questions(placed.offer))
        unasked = unasked or (waits_to_be_asked(placed) and "go" not in request.query_params and not form)
        result, fault = None, None
        if not unasked:
            try:
                result = await run_in_threadpool(self._results.of, placed, said, session)
            except NodeError:
                raise
            except SampanError as trouble:
                fault = trouble
        if form == "json" and fault is None and not unasked:
            body = json.dumps(plain(result), ensure_ascii=False, allow_nan=False)
            return Response(body, 200, {"Cache-Control": "no-store"}, media_type="application/json")
        if is_file(placed) and isinstance(result, bytes):
            return _download(placed, result)
        # whoever only opens a page has done nothing wrong: what is missing is said, with what to do about it
        calm = isinstance(fault, InputError) and not any(any(texts(said, word)) for word in said)
        status = 200 if fault is None or (calm and not form) else fault.http_status
        beside: Mapping[str, Any] = {}
        if result is not None:
            beside = await run_in_threadpool(self._beside, placed, result, said, request, session)
        return await self._page(
            request,
            pictures.template(placed.key) if result is not None else "desk_view.html",
            placed,
            session,
            said=said,
            fault=fault,
            calm=calm,
            status=status,
            asking=waits_to_be_asked(placed),
            file=is_file(placed),
            once=str(uuid4()),
            round=await run_in_threadpool(cycle.steps, session) if fault else (),
            narrowed=_narrowed(placed, said) if fault is None else (),
            **_looked(request, placed, result, session),
            **beside,
        )

    def _beside(
        self, placed: Placed, result: Any, said: Said, request: Request, session: Session
    ) -> Mapping[str, Any]:
        """The picture of a result, and what else stands beside it."""
        look, language = request.query_params.get("look", ""), language_of(request)

        def draw(on: Session) -> Mapping[str, Any]:
            return pictures.beside(
                placed.key, result, said, Looking(on, language, look, self._inside.standing())
            )

        found: Mapping[str, Any] = self._results.kept(
            ("beside", *_asked(placed, said), look, language), session, draw
        )
        return found

    # Acts

    async def _ask(self, request: Request, placed: Placed, session: Session) -> Response:
        """The empty form, or one with what is likely to be told written in beforehand."""
        given = {name: request.query_params.getlist(name) for name in request.query_params if name not in OWN}
        said = await run_in_threadpool(beforehand.filled_in, placed, given, session)
        return await self._page(request, "desk_act.html", placed, session, said=said, once=str(uuid4()))

    async def _do(self, request: Request, placed: Placed) -> Response:
        """Acts once on a form, however often it is sent; or shows it again with what is wrong beside the field."""
        try:
            form = await form_of(request, files=MOST_FILES)
        except FormExpired:
            return await self._late(request, placed)
        session = session_of(request)
        said = await _said(form)
        await form.close()
        once = first(said, "once") or str(uuid4())
        more = first(said, "more")
        if more:
            return await self._page(
                request, "desk_act.html", placed, session, said=said, once=once, more=more
            )
        try:
            given, _ = await run_in_threadpool(
                self._once.answer,
                session.person.handle,
                once,
                _digest(placed, said),
                lambda: _acted(placed, said, session),
            )
        except (NodeError, SampanError) as fault:
            if isinstance(fault, NodeError) and not isinstance(fault, MovedOn):
                raise
            return await self._page(
                request,
                "desk_act.html",
                placed,
                session,
                said=said,
                fault=fault,
                status=fault.http_status,
                once=str(uuid4()),
            )
        return led_to(Links(language_of(request)).to(given.body.decode()))

    async def _late(self, request: Request, placed: Placed) -> Response:
        """Keeps what was typed into a form that came when its session was over; nothing is done on it."""
        typed: dict[str, list[str | File]] = {}
        for name, text in (await request.form()).multi_items():
            if isinstance(text, str):
                typed.setdefault(_whole(name), []).append(_whole(text).replace("\r\n", "\n"))
        session = looking_on(request)
        if session is None:
            return await self._inside.page(
                request, "desk_late.html", path=placed.path, status=419, typed=typed
            )
        fault = SampanError(
            "This form came too late; nothing was written, and what you typed is here.",
            way_out="Look through it, choose files again, and send it once more.",
        )
        once = first(typed, "once") or str(uuid4())
        return await self._page(
            request, "desk_act.html", placed, session, said=typed, fault=fault, status=419, once=once
        )

    # Both

    async def _page(
        self,
        request: Request,
        template: str,
        placed: Placed,
        session: Session,
        *,
        said: Said,
        fault: SampanError | None = None,
        status: int = 200,
        **more: Any,
    ) -> Response:
        asked = questions(placed.offer)
        summary = await run_in_threadpool(beforehand.summary, placed, said, session)
        braced = await run_in_threadpool(beforehand.figures_named, placed, said, session)
        spoken = speech(language_of(request))

        def suggested() -> dict[str, list[tuple[str, str]]]:
            named = {part.word for each in asked for part in (each, *each.parts)}
            known = {word: self._suggested(word, session, spoken) for word in sorted(named)}
            return {word: found for word, found in known.items() if found}

        values = {"more": "", "once": "", "calm": False, **more}
        return await self._inside.page(
            request,
            template,
            path=placed.path,
            status=status,
            person=session.person,
            placed=placed,
            section=placed.section,
            sections=SECTIONS,
            views=views_of(placed.section),
            acts=acts_of(placed.section),
            questions=asked,
            said={name: [text for text in found if isinstance(text, str)] for name, found in said.items()},
            rows=_rows(asked, said, values["more"]),
            suggested=await run_in_threadpool(suggested),
            fault=fault,
            at_field="" if values["calm"] else _at_field(fault, asked),
            firsts=tables.FIRSTS.get(placed.key, ()) if values["calm"] else (),
            words=words,
            offers=offers(),
            summary=summary,
            braced=braced,
            today=session.today(),
            **values,
        )

    def _suggested(self, word: str, session: Session, spoken: Speech) -> list[tuple[str, str]]:
        def make(on: Session) -> list[tuple[str, str]]:
            return suggestions(word, on, spoken)

        found: list[tuple[str, str]] = self._results.kept(("known", word, spoken.language), session, make)
        return found


class Results:
    """What was read at the present size of the ledger, so that the next reader does not wait for it.

    It is remembered for the people of this node together, and for those who speak for each other party apart.
    """

    def __init__(self) -> None:
        self._size = -1
        self._kept: OrderedDict[tuple[Any, ...], Any] = OrderedDict()
        self._turn = Lock()

    def of(self, placed: Placed, said: Said, session: Session) -> Any:
        """The result of a view. Raises what the view raises."""
        return self.kept(
            _asked(placed, said), session, lambda on: placed.offer.call(on, **read(placed.offer, said, on))
        )

    def kept(self, key: tuple[Any, ...], session: Session, make: Callable[[Session], Any]) -> Any:
        """What ``make`` gives today, at this size of the ledger. Raises what it raises."""
        size = session.ledger.size
        key = (*key, session.today(), session.person.party)
        with self._turn:
            if size != self._size:
                self._size = size
                self._kept.clear()
            if key in self._kept:
                return self._kept[key]
        result = make(session)
        with self._turn:
            if size == self._size:
                self._kept[key] = result
                if len(self._kept) > KEPT:
                    self._kept.popitem(last=False)
        return result


def _asked(placed: Placed, said: Said) -> tuple[Any, ...]:
    """What tells one question from another."""
    return (placed.key, tuple(sorted((name, tuple(found)) for name, found in said.items())))


def _acted(placed: Placed, said: Said, session: Session) -> Given:
    """What an act gave: where to go from here."""
    assert isinstance(placed.offer, Act)
    session.require(placed.offer.needs)
    beforehand.check(placed, said, session)
    result = placed.offer.call(session, **read(placed.offer, said, session))
    return Given(303, "text/plain", beforehand.next_page(placed, result).encode())


def _narrowed(placed: Placed, said: Said) -> list[tuple[str, Cell]]:
    """By what a view was narrowed, so that nobody takes a part of a list for the whole of it."""
    return [
        (each.word, _as_typed(each, first(said, each.word)))
        for each in questions(placed.offer)
        if each.kind in ("choice", "day", "number", "text")
        and first(said, each.word) not in ("", each.default)
    ]


def _as_typed(asked: Question, text: str) -> Cell:
    """What was typed into a field, as the cell of a table says it."""
    with suppress(ValueError):
        return cell(asked.word, date.fromisoformat(text))
    return cell(asked.word, text, literal=asked.kind == "choice")


def _looked(request: Request, placed: Placed, result: Any, session: Session) -> Mapping[str, Any]:
    """A result as it stands on the page: some rows of a long one, where those begin, and what comes next."""
    start = request.query_params.get("from", "0")
    begin = int(start) if start.isascii() and start.isdigit() and len(start) < 10 else 0
    about = tables.ABOUT.get(placed.key)
    query = [(name, text) for name, text in request.query_params.multi_items() if name not in OWN]
    return {
        "it": result,
        "result": None
        if result is None or isinstance(result, bytes) or placed.key in pictures.WHOLE
        else shown(result, tables.laid_out(placed.key, begin, session.today())),
        "begin": begin,
        "most": tables.MOST_SHOWN,
        "query": query,
        "done": request.query_params.get("done", ""),
        "about": about(result, tuple(query)) if about and result is not None else (),
    }


def _download(placed: Placed, data: bytes) -> Response:
    assert isinstance(placed.offer, View)
    media = placed.offer.media or "application/octet-stream"
    ending = {
        "text/csv": "csv",
        "application/xml": "xml",
        "application/ld+json": "json",
        "application/zip": "zip",
    }.get(media.partition(";")[0])
    ending = ending or ("xlsx" if "spreadsheet" in media else "bin")
    headers = {
        "Content-Disposition": f'attachment; filename="{placed.offer.name}.{ending}"',
        "Cache-Control": "no-store",
    }
    return Response(data, 200, headers, media_type=media)


async def _said(form: FormData) -> dict[str, list[str | File]]:
    """A form as what each of its fields says."""
    said: dict[str, list[str | File]] = {}
    for name, value in form.multi_items():
        if isinstance(value, UploadFile):
            data = await value.read()
            if value.filename:
                said.setdefault(name, []).append(
                    File(value.filename.replace("\\", "/").rpartition("/")[2], data)
                )
        else:
            said.setdefault(name, []).append(value.replace("\r\n", "\n"))
    return said


def _whole(text: str) -> str:
    """``text`` with signs that cannot be written replaced: the charset that a part names may make halves of them."""
    return text.encode(errors="replace").decode()


def _digest(placed: Placed, said: Said) -> bytes:
    """What tells this form from another."""
    parts: list[object] = [placed.key]
    for name in sorted(said):
        if name not in OWN:
            parts += [
                name,
                *(sha256(one.data).hexdigest() if isinstance(one, File) else one for one in said[name]),
            ]
    return json.dumps(parts).encode()


def _rows(asked: Sequence[Question], said: Said, more: str) -> Mapping[str, int]:
    """How many lines each table of a form has: those that were written, and some empty ones."""
    found = {each.word: rows_said(said, each.word) for each in asked if each.kind in ("rows", "units")}
    return {word: max(ROWS, written) + (ROWS if more == word else 0) for word, written in found.items()}


def _at_field(fault: SampanError | None, asked: Sequence[Question]) -> str:
    """The field beside which to say what is wrong; nothing if it is none of this form."""
    field = fault.field if isinstance(fault, InputError) else None
    words_ = {each.word for each in asked}
    return field if field and field.partition(".")[0] in words_ else ""
