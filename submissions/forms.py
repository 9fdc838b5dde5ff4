"""What people write about their held days."""

from typing import Any

from django import forms

SHORTEST_TEXT = 20
LONGEST_TEXT = 2_000


class StatementForm(forms.Form):
    """A text of the owner's, for whoever decides."""

    text = forms.CharField(
        label="What should we know?",
        min_length=SHORTEST_TEXT,
        max_length=LONGEST_TEXT,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=f"{SHORTEST_TEXT} to {LONGEST_TEXT:,} characters. What ran on those days, on "
        "which machine, and what the figures rest on helps most. Send no keys or passwords.",
    )

    def __init__(self, *args: Any, label: str = "", **kwargs: Any) -> None:  # noqa: ANN401
        super().__init__(*args, **kwargs)
        if label:
            self.fields["text"].label = label
