"""A group of commands of which one need not be named: ``release PUBLICATION PERIOD`` is ``release make ...``."""

from __future__ import annotations

from typing import Any

import click


class Defaulting(click.Group):
    """A group that runs its first command when no command of it is named.

    Args:
        unnamed: Name of that command.
    """

    def __init__(self, *args: Any, unnamed: str, **kwargs: Any) -> None:
        # Options of the unnamed command may come first, and are none of the group's.
        settings = {"ignore_unknown_options": True, **kwargs.pop("context_settings", {})}
        super().__init__(*args, context_settings=settings, **kwargs)
        self.unnamed = unnamed

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The command named first, or the unnamed one with all that was said."""
        if args and args[0] not in self.commands:
            args = [self.unnamed, *args]
        return super().resolve_command(ctx, args)


__all__ = ["Defaulting"]
