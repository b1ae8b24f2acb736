from django import forms


class ProseField(forms.CharField):
    """What a member types in any script: its direction is that of its letters."""

    def widget_attrs(self, widget):
        return super().widget_attrs(widget) | {"dir": "auto"}
