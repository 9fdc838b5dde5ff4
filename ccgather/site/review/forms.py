"""What an admin fills in."""

from django import forms


class QuarantineForm(forms.Form):
    """Which releases of a collector count wrong, and what their people should do."""

    collector = forms.CharField(max_length=64, help_text="As it names itself in reports.")
    first_version = forms.CharField(
        max_length=64, required=False, help_text="Included. Empty: from the first one on."
    )
    last_version = forms.CharField(
        max_length=64, required=False, help_text="Included. Empty: up to every later one."
    )
    client = forms.CharField(
        max_length=96,
        required=False,
        label="Tool",
        help_text="Only what it read of this tool's logs. Empty: all of it.",
    )
    reason = forms.CharField(
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="What is wrong with them. Public.",
    )
    remedy = forms.CharField(
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="How people send their days anew. They read this beside what does not count.",
    )
