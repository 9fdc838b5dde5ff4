"""The pages of this app."""

from django.urls import path

from submissions.views.appeals import appeal, case_answer
from submissions.views.devices import device_delete, device_merge, device_rename, devices
from submissions.views.held import held
from submissions.views.submissions import submissions, submitted_data_delete

app_name = "submissions"
urlpatterns = [
    path("settings/submissions", submissions, name="submissions"),
    path("settings/submissions/delete", submitted_data_delete, name="submitted_data_delete"),
    path("settings/held", held, name="held"),
    path("settings/held/appeal", appeal, name="appeal"),
    path("settings/held/answer", case_answer, name="case_answer"),
    path("settings/devices", devices, name="devices"),
    path("settings/devices/<uuid:device_id>/rename", device_rename, name="device_rename"),
    path("settings/devices/<uuid:device_id>/merge", device_merge, name="device_merge"),
    path("settings/devices/<uuid:device_id>/delete", device_delete, name="device_delete"),
]
