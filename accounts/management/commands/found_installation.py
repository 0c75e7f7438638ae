"""`manage.py found_installation`: the first agency and its administrator, once."""

from __future__ import annotations

import getpass
import sys
from collections.abc import Callable
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.core.validators import RegexValidator, validate_email

from accounts.models import AgencyType, User
from accounts.services.founding import found_installation
from core.errors import DomainError

# option, question, what a good answer passes
QUESTIONS: tuple[tuple[str, str, Callable[[str], None]], ...] = (
    ("agency", "Name of your agency", RegexValidator(r"\A\S.{2,199}\Z")),
    ("short-code", "Its short code, such as TANGLAW", RegexValidator(r"\A[A-Z][A-Z0-9-]{1,19}\Z")),
    ("country", "Its country, two letters such as PH", RegexValidator(r"\A[A-Z]{2}\Z")),
    ("name", "Name of its first administrator", RegexValidator(r"\A\S.{2,}\Z")),
    ("email", "Their e-mail address", validate_email),
)


class Command(BaseCommand):
    help = (
        "Make the first agency and its first administrator. What is not given as an option is "
        "asked for; the password is asked for twice, or read from standard input."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        for option, question, _check in QUESTIONS:
            parser.add_argument(f"--{option}", help=question, default="")
        parser.add_argument("--type", choices=AgencyType.values, default=AgencyType.NGO)

    def handle(self, *args: Any, **options: Any) -> None:
        if User.objects.people().exists():
            raise CommandError("This installation has its first administrator already.")
        answers = {
            option: self._answer(option, question, check, options[option.replace("-", "_")])
            for option, question, check in QUESTIONS
        }
        password = self._password(User(email=answers["email"], name=answers["name"]))
        try:
            found_installation(
                agency_name=answers["agency"],
                short_code=answers["short-code"],
                agency_type=options["type"],
                country=answers["country"],
                admin_name=answers["name"],
                admin_email=answers["email"],
                password=password,
            )
        except DomainError as refused:
            raise CommandError(str(refused)) from None
        self.stdout.write(
            "Done. Sign in with this address; the first page asks for an authenticator app."
        )

    def _answer(self, option: str, question: str, check: Callable[[str], None], given: str) -> str:
        answer = given.strip() or (input(f"{question}: ").strip() if sys.stdin.isatty() else "")
        try:
            check(answer)
        except ValidationError:
            raise CommandError(f"--{option}: {question}.") from None
        return answer

    def _password(self, user: User) -> str:
        if not sys.stdin.isatty():
            password = sys.stdin.readline().rstrip("\n")
        else:
            password = getpass.getpass("Their password: ")
            if getpass.getpass("The same again: ") != password:
                raise CommandError("The two are not the same. Nothing was made.")
        try:
            validate_password(password, user)
        except ValidationError as weak:
            raise CommandError(" ".join(weak.messages)) from None
        return password
