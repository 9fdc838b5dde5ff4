#!/usr/bin/env python
"""The command line of the site: `manage.py help` lists the commands."""

import os
import sys

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management import execute_from_command_line
from environs import EnvError


def main() -> None:
    """Run one command; a setting that makes no sense is one line, not a traceback."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ccgather.settings")
    try:
        settings.INSTALLED_APPS  # noqa: B018 - reads the settings
    except (EnvError, ImproperlyConfigured) as error:
        sys.exit(f"Settings: {error}")
    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
