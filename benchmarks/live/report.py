"""What a run found, in lines, and whether it is what was wanted."""

from benchmarks.live.ages import quantile
from benchmarks.live.run import Measured

ENOUGH_OF_THE_RATE = 0.97
MOST_GROWTH = 0.05
"""Of the web processes' memory, from the middle of the run to its end."""

MB = 1_000_000


def all_held(measured: Measured, *, rate: float, oldest: float) -> bool:
    """Prints the figures and the verdicts; True when every verdict is HELD."""
    reached = measured.submissions / measured.seconds
    memory = measured.watched.memory
    middle, end = memory[len(memory) // 2], memory[-1]
    age = max(measured.ages, default=0.0)
    _print_figures(measured, reached=reached)
    verdicts = (
        (reached >= ENOUGH_OF_THE_RATE * rate, f"{reached:.1f} submissions a second"),
        (age <= oldest, f"no page showed a state older than {oldest:.0f} s: {age:.2f} s at most"),
        (measured.unfinished == 0, f"{measured.unfinished} pages without the last state"),
        (
            end <= (1 + MOST_GROWTH) * middle,
            f"memory of the web processes {(end - middle) / middle:+.1%} in the second half",
        ),
    )
    for held, sentence in verdicts:
        print(f"{'HELD' if held else 'NOT HELD':9} {sentence}")
    return all(held for held, _ in verdicts)


def _print_figures(measured: Measured, *, reached: float) -> None:
    ages, latencies = measured.ages, measured.latencies
    memory = measured.watched.memory
    print(
        f"{measured.pages} pages, {measured.submissions} submissions in {measured.seconds:.1f} s: "
        f"{reached:.1f} a second; {measured.refused} were told to come back"
    )
    print(
        f"submission: p50 {1000 * quantile(latencies, 0.5):.0f} ms, "
        f"p95 {1000 * quantile(latencies, 0.95):.0f} ms, "
        f"p99 {1000 * quantile(latencies, 0.99):.0f} ms; "
        f"begun at most {max(measured.late):.2f} s late"
    )
    print(
        f"{measured.events:,} events ({measured.events / measured.seconds:.0f} a second, "
        f"{measured.octets / measured.seconds / MB:.1f} MB a second) "
        f"of {measured.renderings:,} distinct renderings"
    )
    print(
        f"oldest state on a page: p50 {quantile(ages, 0.5):.2f} s, "
        f"p99 {quantile(ages, 0.99):.2f} s, max {max(ages, default=0.0):.2f} s"
    )
    for view, found in measured.ages_by_view.items():
        print(f"  {view:35} max {max(found, default=0.0):.2f} s, {len(found):,} states")
    print(
        f"memory of the web processes: {memory[0] / MB:.0f} MB at the start, "
        f"{memory[len(memory) // 2] / MB:.0f} MB in the middle, {memory[-1] / MB:.0f} MB at the end"
    )
    shares = ", ".join(f"{who} {share:.2f}" for who, share in measured.watched.seconds.items())
    print(f"cores in use: {shares}; the whole machine {measured.watched.machine_busy:.2f}")
