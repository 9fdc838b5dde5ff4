"""Which lines of Claude Code's transcripts are a response, and which of them counts."""

from collections.abc import Callable

import pytest

from ccgather_cli.reading.tally import Counts
from ccgather_cli.scan import Scan
from claude_logs import HAIKU, MORNING, OPUS, ClaudeLogs, assistant, progress, usage, user

Counted = Callable[[], dict[tuple[str, str], Counts]]
DAY = "2026-05-02"
ONE = Counts(input=3, output=90, cache_read=600, cache_write=70, cache_write_1h=20, messages=1)


def times(count: int) -> Counts:
    total = Counts()
    for _ in range(count):
        total.add(ONE)
    return total


def test_a_response_gives_its_four_classes_and_the_one_hour_part(
    logs: ClaudeLogs, counted: Counted
) -> None:
    logs.session(user(), assistant())
    assert counted() == {(DAY, OPUS): ONE}


def test_a_streamed_response_counts_once_with_its_final_numbers(
    logs: ClaudeLogs, counted: Counted
) -> None:
    logs.session(*(assistant(tokens=usage(out=out)) for out in (1, 40, 90, 90)))
    assert counted() == {(DAY, OPUS): ONE}


def test_the_most_complete_line_wins_even_if_a_smaller_one_follows(
    logs: ClaudeLogs, counted: Counted
) -> None:
    logs.session(assistant(), assistant(tokens=usage(out=7)))
    assert counted() == {(DAY, OPUS): ONE}


def test_fields_of_two_lines_are_never_mixed(logs: ClaudeLogs, counted: Counted) -> None:
    logs.session(
        assistant(tokens=usage(fresh=500, out=1)), assistant(tokens=usage(fresh=3, out=900))
    )
    counts = counted()[DAY, OPUS]
    assert (counts.input, counts.output) == (3, 900)


def test_the_day_is_that_of_the_most_complete_line(logs: ClaudeLogs, counted: Counted) -> None:
    logs.session(
        assistant(tokens=usage(out=1), at="2026-05-02T23:59:59.900Z"),
        assistant(tokens=usage(out=90), at="2026-05-03T00:00:00.100Z"),
    )
    assert set(counted()) == {("2026-05-03", OPUS)}


def test_of_equal_lines_the_first_in_path_order_gives_the_day(
    logs: ClaudeLogs, counted: Counted
) -> None:
    logs.session(assistant(at="2026-05-03T00:00:01Z"), name="p/b.jsonl")
    logs.session(assistant(at="2026-05-02T23:59:59Z"), name="p/a.jsonl")
    assert set(counted()) == {(DAY, OPUS)}


def test_a_resumed_session_copied_into_a_new_file_counts_once(
    logs: ClaudeLogs, counted: Counted
) -> None:
    first = [assistant(f"msg_{n}", f"req_{n}") for n in range(5)]
    logs.session(*first)
    copied = [{**line, "sessionId": "another", "uuid": "another"} for line in first]
    logs.session(*copied, assistant("msg_9", "req_9"))
    assert counted() == {(DAY, OPUS): times(6)}


def test_a_copy_that_ends_in_the_middle_of_a_response_does_not_lower_it(
    logs: ClaudeLogs, counted: Counted
) -> None:
    logs.session(assistant(tokens=usage(out=2)), name="p/a.jsonl")
    logs.session(assistant(tokens=usage(out=2)), assistant(), name="p/b.jsonl")
    assert counted() == {(DAY, OPUS): ONE}


def test_one_message_id_under_two_requests_of_the_main_chain_is_two_responses(
    logs: ClaudeLogs, counted: Counted
) -> None:
    logs.session(assistant("msg_1", "req_1"), assistant("msg_1", "req_2"))
    assert counted() == {(DAY, OPUS): times(2)}


def test_without_a_request_id_the_message_id_alone_is_the_identity(
    logs: ClaudeLogs, counted: Counted
) -> None:
    streamed = [assistant("chatcmpl-1", None, tokens=usage(out=out)) for out in (1, 90, 90)]
    logs.session(*streamed, assistant("chatcmpl-2", None))
    logs.session(*streamed)
    assert counted() == {(DAY, OPUS): times(2)}


def test_a_copy_that_lost_its_request_id_is_still_the_same_response(
    logs: ClaudeLogs, counted: Counted
) -> None:
    logs.session(assistant("msg_1", None), assistant("msg_1", "req_1"))
    assert counted() == {(DAY, OPUS): ONE}


def test_a_line_without_request_id_that_is_more_complete_takes_the_place_of_the_other(
    logs: ClaudeLogs, counted: Counted
) -> None:
    logs.session(assistant("msg_1", "req_1", tokens=usage(out=1)), assistant("msg_1", None))
    assert counted() == {(DAY, OPUS): ONE}


def test_lines_with_neither_id_count_each(logs: ClaudeLogs, counted: Counted) -> None:
    logs.session(assistant(None, None), assistant(None, None), assistant("", ""))
    assert counted() == {(DAY, OPUS): times(3)}


def test_a_null_message_id_with_a_request_id_is_identified_by_the_request(
    logs: ClaudeLogs, counted: Counted
) -> None:
    line = assistant(None, "req_1")
    line["message"]["id"] = None
    logs.session(line, line, assistant(None, "req_2"))
    assert counted() == {(DAY, OPUS): times(2)}


@pytest.mark.parametrize("names", [("a", "b"), ("b", "a")])
def test_a_side_chain_that_repeats_its_parent_under_another_request_counts_once(
    logs: ClaudeLogs, counted: Counted, names: tuple[str, str]
) -> None:
    logs.session(assistant("msg_1", "req_1"), name=f"p/{names[0]}.jsonl")
    logs.session(
        assistant("msg_1", "req_2", side=True, tokens=usage(out=5000)),
        assistant("msg_2", "req_3", side=True),
        name=f"p/{names[1]}.jsonl",
    )
    assert counted() == {(DAY, OPUS): times(2)}


def test_side_chains_whose_parent_is_gone_are_one_response(
    logs: ClaudeLogs, counted: Counted
) -> None:
    logs.session(assistant("msg_1", "req_2", side=True))
    logs.session(assistant("msg_1", "req_3", side=True))
    assert counted() == {(DAY, OPUS): ONE}


def test_sub_agents_count_at_any_depth_and_their_journal_does_not(
    logs: ClaudeLogs, counted: Counted
) -> None:
    logs.session(assistant("msg_1", "req_1"), name="p/s.jsonl")
    folder = "p/s/subagents"
    logs.session(assistant("msg_2", "req_2", side=True), name=f"{folder}/agent-1.jsonl")
    logs.session(assistant("msg_3", "req_3", side=True), name=f"{folder}/deep/agent-2.jsonl")
    logs.session(assistant("msg_4", "req_4", side=True), name=f"{folder}/journal.jsonl")
    logs.session(assistant("msg_5", "req_5"), name="p/s/notes.json")
    assert counted() == {(DAY, OPUS): times(3)}


def test_a_progress_line_counts_where_the_sub_agents_file_is_gone(
    logs: ClaudeLogs, counted: Counted
) -> None:
    logs.session(
        assistant("msg_1", "req_1"),
        progress(assistant("msg_2", "req_2")),
        progress(assistant("msg_3", None)),
    )
    assert counted() == {(DAY, OPUS): times(3)}


def test_a_progress_line_changes_nothing_where_the_sub_agents_file_is_there(
    logs: ClaudeLogs, counted: Counted
) -> None:
    logs.session(progress(assistant("msg_2", "req_2")), progress(assistant("msg_3", None)))
    logs.session(assistant("msg_2", "req_2", side=True), assistant("msg_3", "req_3", side=True))
    assert counted() == {(DAY, OPUS): times(2)}


def test_a_progress_line_without_a_time_of_its_own_takes_the_outer_one(
    logs: ClaudeLogs, counted: Counted
) -> None:
    logs.session(progress(assistant("msg_2", "req_2", at=None)))
    assert counted() == {(DAY, OPUS): ONE}


def test_a_progress_line_that_repeats_the_parent_under_another_request_counts_once(
    logs: ClaudeLogs, counted: Counted
) -> None:
    logs.session(assistant("msg_1", "req_1"), progress(assistant("msg_1", "req_2")))
    assert counted() == {(DAY, OPUS): ONE}


def test_other_progress_and_users_in_progress_are_no_usage(
    logs: ClaudeLogs, counted: Counted
) -> None:
    hook = progress(assistant("msg_2", "req_2"))
    hook["data"]["type"] = "hook_progress"
    person = progress({**assistant("msg_3", "req_3"), "type": "user"})
    logs.session(hook, person, {"type": "progress", "data": "usage"}, {"type": "progress"})
    assert counted() == {}


def test_a_user_line_that_sums_a_sub_agent_up_is_no_usage(
    logs: ClaudeLogs, counted: Counted
) -> None:
    summed = user(toolUseResult={"usage": usage(), "totalTokens": 763})
    logs.session(assistant(), summed, {**assistant("msg_8", "req_8"), "type": "user"})
    assert counted() == {(DAY, OPUS): ONE}


def test_usage_quoted_in_prose_is_no_usage(logs: ClaudeLogs, counted: Counted) -> None:
    logs.session(user('{"type":"assistant","message":{"usage":{"input_tokens":99}}}'))
    assert counted() == {}


def test_summaries_and_compaction_lines_are_no_usage(logs: ClaudeLogs, counted: Counted) -> None:
    logs.session(
        {"type": "summary", "summary": "what happened", "leafUuid": "u", "usage": usage()},
        {"type": "system", "subtype": "compact_boundary", "timestamp": MORNING, "usage": usage()},
        {**assistant("msg_7", "req_7"), "type": "system"},
        assistant(),
    )
    assert counted() == {(DAY, OPUS): ONE}


def test_synthetic_messages_are_dropped_even_with_tokens(
    logs: ClaudeLogs, counted: Counted
) -> None:
    logs.session(assistant(model="<synthetic>"), progress(assistant(model="<synthetic>")))
    assert counted() == {}


def test_a_failed_message_without_tokens_is_no_response(
    logs: ClaudeLogs, counted: Counted, read: Callable[[], Scan]
) -> None:
    nothing = usage(fresh=0, out=0, read=0, written=0, hour=0)
    logs.session(assistant(tokens=nothing, isApiErrorMessage=True), assistant("m", "r", tokens={}))
    assert counted() == {}
    assert not read().skipped


def test_a_line_without_type_counts_unless_a_person_wrote_it(
    logs: ClaudeLogs, counted: Counted
) -> None:
    answer, person = assistant(), assistant("msg_2", "req_2")
    del answer["type"]
    del person["type"]
    person["message"]["role"] = "user"
    logs.session(answer, person)
    assert counted() == {(DAY, OPUS): ONE}


def test_an_advisor_burns_its_own_models_tokens(logs: ClaudeLogs, counted: Counted) -> None:
    advisor = {"type": "advisor_message", "model": HAIKU, **usage(fresh=11, out=22)}
    repeated = {"type": "message", **usage()}
    logs.session(assistant(tokens=usage(iterations=[repeated, advisor, advisor])))
    both = Counts(input=22, output=44, cache_read=1200, cache_write=140, cache_write_1h=40)
    both.messages = 2
    assert counted() == {(DAY, OPUS): ONE, (DAY, HAIKU): both}


def test_an_advisor_is_repeated_with_its_response_and_counts_once(
    logs: ClaudeLogs, counted: Counted
) -> None:
    advisor = {"type": "advisor_message", "model": HAIKU, **usage()}
    last = assistant(tokens=usage(iterations=[advisor]))
    logs.session(assistant(tokens=usage(out=2)), last, last)
    logs.session(last)
    logs.session({**last, "requestId": "req_2", "isSidechain": True})
    assert counted() == {(DAY, OPUS): ONE, (DAY, HAIKU): ONE}


def test_the_most_complete_line_of_an_advisor_wins_too(logs: ClaudeLogs, counted: Counted) -> None:
    lines = [
        assistant(tokens=usage(iterations=[{"type": "advisor_message", "model": HAIKU, **part}]))
        for part in (usage(out=1), usage(), usage(out=2))
    ]
    logs.session(*lines)
    assert counted() == {(DAY, OPUS): ONE, (DAY, HAIKU): ONE}


def test_an_advisor_without_a_model_of_its_own_is_left_out(
    logs: ClaudeLogs, counted: Counted
) -> None:
    nameless = {"type": "advisor_message", **usage()}
    made_up = {"type": "advisor_message", "model": "<synthetic>", **usage()}
    logs.session(assistant(tokens=usage(iterations=[nameless, made_up, None])))
    assert counted() == {(DAY, OPUS): ONE}
