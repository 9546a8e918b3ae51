"""Whatever the description allows, and much that it does not, is answered without a fault of ours.

A stranger, a viewer and an officer try everything that the description knows, by schemathesis.
"""

from __future__ import annotations

from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from sampan.web.api.description import described
from tests.served import Served, locally, serve

CHECKS = (not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance)
WHO = (None, "viewer", "officer")
ORDINARY, FULL = 1, 60

SCHEMA = schemathesis.openapi.from_dict(described())
OPERATIONS = {
    f"{operation.method.upper()} {operation.path}": operation
    for result in SCHEMA.get_all_operations()
    for operation in [result.ok()]
}


@pytest.fixture(scope="module")
def busy() -> Served:
    """A node on which everything was done, and on which anything may be tried."""
    served = serve()
    locally(served.node)
    return served


def try_everything(served: Served, name: str, examples: int) -> None:
    """Sends requests of one kind, as each of WHO, and holds the answers to the description."""
    operation = OPERATIONS[name]
    clients = {who: served.client(who) for who in WHO}

    @settings(
        max_examples=examples,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(), who=st.sampled_from(WHO))
    def attempt(case: Any, who: str | None) -> None:
        sent = case.as_transport_kwargs(base_url="https://aid.example.org")
        client = clients[who]
        headers = {**sent.pop("headers", {}), **client.headers}
        sent.pop("cookies", None)
        answer = client.request(sent.pop("method"), sent.pop("url"), headers=headers, **sent)
        case.validate_response(answer, checks=list(CHECKS))

    attempt()


@pytest.mark.parametrize("name", list(OPERATIONS))
def test_every_request_is_answered(busy: Served, name: str) -> None:
    try_everything(busy, name, ORDINARY)


@pytest.mark.full
@pytest.mark.parametrize("name", list(OPERATIONS))
def test_every_request_is_answered_however_often(busy: Served, name: str) -> None:
    try_everything(busy, name, FULL)


def test_the_ledger_holds_after_all_that(busy: Served) -> None:
    assert busy.node.session.ledger.verify().entries == busy.node.session.ledger.size
    busy.node.session.ledger.verify_models()
