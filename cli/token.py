"""`./yiping token`: makes and revokes the tokens of systems and walls. A secret is printed once and stored only as its hash."""

from datetime import UTC, datetime

import click

from cli.access import open_store
from core.model import EVERYWHERE, Scope
from store import accounts, audit
from store.acts import Act

_BY = Scope("system", EVERYWHERE.areas, None, "yiping token")


@click.group(help="Make and revoke tokens of systems and walls.")
def token() -> None:
    pass


@token.command(help="Print the secret of a new token, once.")
@click.argument("name")
@click.option(
    "--scope", "scopes", required=True, multiple=True, type=click.Choice(accounts.SCOPES), help="What it may do; may be repeated."
)
@click.option("--area", "areas", required=True, multiple=True, metavar="CODE", help="An area it sees; may be repeated.")
@click.option("--view", help="Of a screen token: the page it is bound to, e.g. /wall.")
def create(name: str, scopes: tuple[str, ...], areas: tuple[str, ...], view: str | None) -> None:
    now, store = datetime.now(UTC), open_store()
    try:
        with store.connection() as connection:
            secret = accounts.create_token(connection, name, scopes, areas, now, view)
            detail = {"scopes": list(scopes), "areas": list(areas), "view": view}
            audit.append(connection, Act("create", _BY, now), "token", name, detail=detail)
    finally:
        store.close()
    click.echo(secret)


@token.command(help="Every token called NAME stops working at once.")
@click.argument("name")
def revoke(name: str) -> None:
    now, store = datetime.now(UTC), open_store()
    try:
        with store.connection() as connection:
            revoked = accounts.revoke_token(connection, name, now)
            audit.append(connection, Act("revoke", _BY, now), "token", name)
    finally:
        store.close()
    click.echo(f"{name}: {revoked} revoked")
