"""What a message asks of the variants that are there."""

from __future__ import annotations

from dataclasses import dataclass, field

from nemo_nb.studio.agent.intents import Intent, Look


@dataclass(frozen=True, slots=True, kw_only=True)
class UseVariant(Intent):
    """The cut becomes one of the variants; ``name`` is how it was said which.

    Without a name the one that reads better is asked for: "apply the winner".
    """

    name: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DropVariant(Intent):
    """A variant goes; ``every``: all of them."""

    name: str | None = None
    every: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class AddVariant(Intent):
    """One more variant, beside those that are there."""

    look: Look = field(default_factory=Look)
    text: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CompareVariants(Intent):
    """Say how the variants differ by what was measured; nothing is edited."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportVariant(Intent):
    """Say how a variant is exported; nothing is edited."""

    name: str | None = None
