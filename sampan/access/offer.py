"""What does a desk offer: which acts, which views, and what does each ask for?

One list for every face. An offer is an ordinary function whose first argument is the memory (a session, or
its ledger); the rest of its signature is all that a form, the API or a client needs to know of it.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Any, Literal, get_origin

from sampan.access import people
from sampan.access.reach import within_reach
from sampan.access.session import Session

Readers = Literal["public", "node"]
"""Whom a view may be shown to: anybody, or only who works at this node."""


@dataclass(frozen=True)
class Offer:
    """Something that may be asked of a desk, and the name under which every face has it."""

    name: str
    function: Callable[..., Any]

    @property
    def help(self) -> str:
        """What it does, in one line."""
        return self.doc.split("\n")[0]

    @property
    def doc(self) -> str:
        """All that its author says of it."""
        return inspect.getdoc(self.function) or ""

    @cached_property
    def signature(self) -> inspect.Signature:
        """What is asked for and what comes back, with real types, less the memory and who is told how far it is."""
        said = inspect.signature(self.function, eval_str=True)
        return said.replace(parameters=[p for p in [*said.parameters.values()][1:] if p.name != "progress"])

    @property
    def result(self) -> Any:
        """The type of what comes back."""
        return self.signature.return_annotation

    def call(self, session: Session, /, **asked: Any) -> Any:
        """Asks it, with the memory and on behalf of the person of ``session``."""
        memory = next(iter(inspect.signature(self.function).parameters))
        return self.function(session if memory == "session" else session.ledger, **asked)


@dataclass(frozen=True)
class Act(Offer):
    """Something that writes. ``needs`` is the act, of those that roles allow, without which it is refused."""

    needs: people.Act


@dataclass(frozen=True)
class View(Offer):
    """Something to look at. ``media`` is the type of its bytes, where it gives a file and not a result."""

    readers: Readers = "node"
    media: str | None = None

    def call(self, session: Session, /, **asked: Any) -> Any:
        """As every offer. Raises Refused for somebody who speaks for another party, and for whom it is not."""
        party = session.person.party
        if self.readers == "public" or party in (None, session.home):
            return super().call(session, **asked)
        return within_reach(self.name, party, asked, partial(super().call, session))

    @property
    def paged(self) -> bool:
        """Whether it gives a list that is sent page by page; one that takes ``limit`` ends its pages itself."""
        return get_origin(self.result) in (list, tuple, Sequence) and "limit" not in self.signature.parameters


@dataclass(frozen=True)
class Desk:
    """Everything that one desk offers."""

    name: str
    acts: tuple[Act, ...]
    views: tuple[View, ...]

    @cached_property
    def offers(self) -> Mapping[str, Offer]:
        """Acts and views by name."""
        found: dict[str, Offer] = {offer.name: offer for offer in (*self.acts, *self.views)}
        assert len(found) == len(self.acts) + len(self.views), f"{self.name} offers something twice"
        return found


class Counter:
    """A desk as a caller has it before them: its acts and views as methods, typed and documented as they are.

    ``carry`` takes what was asked to where it is answered: to the function itself, or to another node.
    """

    def __init__(self, desk: Desk, carry: Callable[[Offer, Mapping[str, Any]], Any]) -> None:
        self._desk = desk
        self._carry = carry

    def __getattr__(self, name: str) -> Callable[..., Any]:
        offer = self._desk.offers.get(name)
        if offer is None:
            raise AttributeError(f"The desk {self._desk.name} offers no {name}: dir() lists what it does.")

        def ask(*given: Any, **named: Any) -> Any:
            return self._carry(offer, offer.signature.bind(*given, **named).arguments)

        ask.__name__ = ask.__qualname__ = name
        ask.__doc__ = offer.doc
        ask.__signature__ = offer.signature  # type: ignore[attr-defined]
        return ask

    def __dir__(self) -> list[str]:
        return sorted(self._desk.offers)

    def __repr__(self) -> str:
        return f"<desk {self._desk.name}: {', '.join(dir(self))}>"
