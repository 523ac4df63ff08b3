"""Lint profiles: limits with their sources, from ``profiles.toml`` or a user's own file."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any, Final, Literal, cast

from nemo_nb.errors import ConfigError, SourceNotFound

Severity = Literal["error", "warning"]

RULES: Final = (
    "line_length",
    "lines",
    "reading_speed",
    "duration_short",
    "duration_long",
    "gap",
    "overlap",
    "orphan",
    "line_balance",
    "frame_grid",
    "contrast",
    "safe_area",
    "cut_off",
)
PIXEL_RULES: Final = frozenset(("contrast", "safe_area", "cut_off"))
"""Those that only rendered frames can tell."""

SIDES: Final = ("top", "right", "bottom", "left")
# What a rule must state besides its source, and the units it may be in.
_NEEDS: Final = {
    "line_length": "max",
    "lines": "max",
    "reading_speed": "max",
    "duration_short": "min",
    "duration_long": "max",
    "gap": "min",
    "orphan": "min",
    "line_balance": "min",
    "frame_grid": "max",
    "contrast": "min",
}
_UNITS: Final = {"reading_speed": ("cps", "wpm"), "gap": ("ms", "frames")}


@dataclass(frozen=True, slots=True)
class Rule:
    """One limit.

    Attributes:
        name: One of :data:`RULES`.
        limit: The number itself; 0 for ``overlap``.
        unit: ``cps`` or ``wpm``, ``ms`` or ``frames``; empty where there is no choice.
        scripts: Other limits by script (``zh``, ``ja``, ``ko``).
        portrait: The limit where the picture is higher than wide; None is the same.
        joined: Of ``gap``: whether cues may abut.
        zone: Of ``safe_area``: what must stay free at each of :data:`SIDES`, percent.
        severity: ``error`` or ``warning``.
        source: Where the limit stands, with its date, and ``second-hand`` where it is.
    """

    name: str
    limit: float
    unit: str = ""
    scripts: Mapping[str, float] = field(default_factory=dict[str, float])
    portrait: float | None = None
    joined: bool = False
    zone: Mapping[str, float] = field(default_factory=dict[str, float])
    severity: Severity = "error"
    source: str = ""

    def limit_for(self, script: str, *, portrait: bool = False) -> float:
        """Return the limit for text in *script*; a limit by script goes before one by shape."""
        upright = self.limit if self.portrait is None or not portrait else self.portrait
        return self.scripts.get(script, upright)


@dataclass(frozen=True, slots=True)
class Profile:
    """A named set of rules."""

    name: str
    title: str
    rules: Mapping[str, Rule]


@cache
def builtin_profiles() -> dict[str, Profile]:
    """Return the profiles that come with the package, by name."""
    table = tomllib.loads(files("nemo_nb.captions").joinpath("profiles.toml").read_text("utf-8"))
    return {name: profile_from(values, name) for name, values in table.items()}


def load_profile(profile: str | os.PathLike[str] | Mapping[str, Any]) -> Profile:
    """Return a profile.

    Args:
        profile: A name (``netflix bbc amazon dcmp wcag broadcast shorts reels tiktok
            youtube-shorts``), a TOML file, ``file.toml#name`` for
            one profile of several in it, or the rules themselves as a mapping.

    Raises:
        ConfigError: There is no such profile, or it does not hold what a profile holds.
        SourceNotFound: There is no such file.
    """
    if isinstance(profile, Mapping):
        return profile_from(profile, "custom")
    text = os.fspath(profile)
    known = builtin_profiles()
    if text in known:
        return known[text]
    path, _, name = text.partition("#")
    if not path.endswith(".toml"):
        raise ConfigError(
            f"There is no lint profile {text!r}.",
            fix=f"Use {', '.join(known)}, or the path of a .toml file of your own.",
        )
    try:
        table = tomllib.loads(Path(path).expanduser().read_text("utf-8"))
    except FileNotFoundError:
        raise SourceNotFound(f"There is no lint profile file {path!r}.") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"The lint profile {path!r} is not valid TOML.", f"{error}.") from error
    if name and name not in table:
        raise ConfigError(
            f"The file {path!r} holds no profile {name!r}.", fix=f"It has: {', '.join(table)}."
        )
    return profile_from(table[name] if name else table, name or Path(path).stem)


def profile_from(table: Mapping[str, Any], name: str) -> Profile:
    """Return the profile that *table* describes, as ``profiles.toml`` explains it.

    Raises:
        ConfigError: A rule is unknown or states no usable limit.
    """
    rules: dict[str, Rule] = {}
    for key, values in table.items():
        if key == "title":
            continue
        if key not in RULES or not isinstance(values, Mapping):
            raise ConfigError(
                f"The lint profile {name!r} has no use for {key!r}.",
                fix=f"Its rules are: {', '.join(RULES)}.",
            )
        rules[key] = _rule(key, cast("Mapping[str, Any]", values), name)
    return Profile(name, str(table.get("title", name)), rules)


def _rule(name: str, values: Mapping[str, Any], profile: str) -> Rule:
    need = _NEEDS.get(name)
    portrait = values.get("portrait")
    limits: list[Any] = [values.get(need)] if need else []
    if portrait is not None:
        limits.append(portrait)
    scripts = cast("Mapping[str, Any]", values.get("scripts", {}))
    zone = {side: values.get(side) for side in SIDES} if name == "safe_area" else {}
    limits += zone.values()
    if any(not _is_number(limit) for limit in (*limits, *scripts.values())):
        raise ConfigError(
            f"The rule {name!r} of the lint profile {profile!r} states no usable limit.",
            fix=f"Give it {need or ', '.join(SIDES)} = a number.",
        )
    units = _UNITS.get(name, ("",))
    unit = values.get("unit", units[0])
    severity = values.get("severity", "error")
    if unit not in units or severity not in ("error", "warning"):
        raise ConfigError(
            f"The rule {name!r} of the lint profile {profile!r} has a unit or severity "
            "that means nothing.",
            fix=f"unit: {' or '.join(units) or 'none'}; severity: error or warning.",
        )
    parts = [str(values[key]) for key in ("source", "date") if values.get(key)]
    if values.get("second_hand"):
        parts.append("second-hand")
    return Rule(
        name=name,
        limit=float(limits[0]) if need else 0.0,
        unit=unit,
        scripts={script: float(limit) for script, limit in scripts.items()},
        portrait=None if portrait is None else float(portrait),
        joined=bool(values.get("joined", False)),
        zone={side: float(cast("float", limit)) for side, limit in zone.items()},
        severity=severity,
        source="; ".join(parts) or f"profile {profile}",
    )


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and value >= 0
