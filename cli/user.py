"""`./yiping user`: adds people and disables them. The password comes from standard input or a prompt, never from the command line."""

import sys
from datetime import UTC, datetime

import click

from cli.access import open_store
from core.model import EVERYWHERE, Scope
from store import accounts, audit
from store.acts import Act

_BY = Scope("system", EVERYWHERE.areas, None, "yiping user")


@click.group(help="Add and disable people.")
def user() -> None:
    pass


@user.command(help="Add an account. Without --password-stdin the password is asked for.")
@click.argument("login")
@click.option("--role", required=True, type=click.Choice(accounts.ROLES), help="What the person may do.")
@click.option("--area", "areas", required=True, multiple=True, metavar="CODE", help="An area the person sees; may be repeated.")
@click.option("--title", default="", help="What others may read, e.g. 值班员 01; the login by default.")
@click.option("--person", default="", help="The person's name: personal data, stored apart.")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")
def add(login: str, role: str, areas: tuple[str, ...], title: str, person: str, password_stdin: bool) -> None:
    password = sys.stdin.readline().rstrip("\n") if password_stdin else click.prompt("Password", hide_input=True, confirmation_prompt=True)
    now, store = datetime.now(UTC), open_store()
    try:
        with store.connection() as connection:
            account_id = accounts.create_account(connection, login, password, role, areas, title, now, person)
            audit.append(connection, Act("add", _BY, now), "account", login, detail={"role": role, "areas": list(areas)})
    finally:
        store.close()
    click.echo(f"{login}: account {account_id}, role {role}, areas {', '.join(areas)}")


@user.command(help="Nobody signs in with LOGIN any more; its sessions end now.")
@click.argument("login")
def disable(login: str) -> None:
    now, store = datetime.now(UTC), open_store()
    try:
        with store.connection() as connection:
            accounts.disable_account(connection, login, now)
            audit.append(connection, Act("disable", _BY, now), "account", login)
    finally:
        store.close()
    click.echo(f"{login}: disabled")
