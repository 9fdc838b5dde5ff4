"""What is kept of a body."""

import json

from submissions.formats.archive import archivable_body


def test_a_body_without_private_names_is_kept_byte_by_byte() -> None:
    body = b'{"daily": [ {"date":"2026-11-01"} ]}'
    assert archivable_body(body) is body


def test_names_of_mcp_servers_and_projects_are_not_kept() -> None:
    document = {
        "contributions": [{"date": "2026-11-01", "mcpServers": ["secret-server"]}],
        "mcp": {"secret-server": 3},
        "projects": {"/home/me/secret-project": [{"project": "secret", "totalTokens": 5}]},
    }
    kept = archivable_body(json.dumps(document).encode())
    assert b"secret" not in kept
    assert json.loads(kept) == {
        "contributions": [{"date": "2026-11-01"}],
        "projects": {"project-1": [{"totalTokens": 5}]},
    }


def test_evidence_is_not_kept_and_the_rest_stays_as_it_came() -> None:
    body = b'{"rows": [ 1 ],"evidence" : {"version":1,"sketches":[{"hashes":["00"]}]}, "hourly":[]}'
    assert archivable_body(body) == b'{"rows": [ 1 ],"evidence" : null, "hourly":[]}'


def test_text_that_looks_like_evidence_is_none() -> None:
    body = json.dumps({"device": {"name": '"evidence": [1]'}, "note": "evidence"}).encode()
    assert archivable_body(body) is body


def test_evidence_goes_wherever_it_is_beside_private_names() -> None:
    document = {"a": {"evidence": [{"evidence": 1}]}, "evidence": "\\", "mcp": {}, "b": 2}
    assert json.loads(archivable_body(json.dumps(document).encode())) == {
        "a": {"evidence": None},
        "evidence": None,
        "b": 2,
    }
