"""How Django's forms are drawn."""

from django.forms.renderers import TemplatesSetting


class FormRenderer(TemplatesSetting):
    """Draws every form with the site's own templates.

    Set `FORM_RENDERER = "ccgather.ui.forms.FormRenderer"` and have `django.forms` among the
    installed apps: widgets keep Django's templates, fields and forms get ours.
    """

    form_template_name = "ui/forms/form.html"
    field_template_name = "ui/forms/field.html"
