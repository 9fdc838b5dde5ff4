"""`manage.py issue_token USERNAME --name NAME [--create]`."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.models import User
from accounts.services import create_person, create_token
from ccgather.errors import DomainError
from ccgather.ops import clock


class Command(BaseCommand):
    """A new API token for a person, for operators and scripts."""

    help = "Print a new API token, once, alone on standard output."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The person, the token's name, and whether to make the person."""
        parser.add_argument("username")
        parser.add_argument("--name", required=True, help="what the token is known by")
        parser.add_argument(
            "--create", action="store_true", help="make the person if there is none of that name"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Print the token; say what is wrong on standard error and end with 1."""
        at = clock.now()
        username = options["username"]
        user = User.objects.named(username).first()
        try:
            if user is None:
                if not options["create"]:
                    raise CommandError(f"There is nobody called {username}; --create makes one.")
                user = create_person(username=username, at=at)
            plain, _ = create_token(user_id=user.pk, name=options["name"], at=at)
        except DomainError as error:
            raise CommandError(" ".join([error.message, *error.details])) from error
        self.stdout.write(plain)
