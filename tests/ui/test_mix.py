"""Bars of the same classes: geometry as numbers."""

from ccgather.ui.charts.mix import WIDTH, mix_of, mix_rows_of

NAMES = ("Input", "Output")


def test_pieces_fill_the_bar_in_the_order_of_their_names() -> None:
    (bar,) = mix_of(names=NAMES, bars=[("Held", (1, 3))])
    assert [(piece.name, piece.x, piece.width) for piece in bar.pieces] == [
        ("Input", 0, 250),
        ("Output", 250, 750),
    ]
    assert sum(piece.width for piece in bar.pieces) == WIDTH


def test_a_class_of_nothing_keeps_its_place() -> None:
    (bar,) = mix_of(names=NAMES, bars=[("Held", (0, 5))])
    assert [(piece.name, piece.width) for piece in bar.pieces] == [("Input", 0), ("Output", WIDTH)]


def test_a_bar_of_nothing_has_no_pieces_and_an_empty_column() -> None:
    bars = mix_of(names=NAMES, bars=[("Held", (0, 0)), ("Counts", (2, 2))])
    assert bars[0].pieces == ()
    first, second = mix_rows_of(names=NAMES, bars=bars)
    assert first.pieces[0] is None
    assert second.name == "Output"
    assert second.pieces[1] is not None
    assert second.pieces[1].share == 0.5
