"""The corpus of xss_payloads.toml: `GROUPS` by name, `PAYLOADS` all in a row."""

import itertools
import tomllib
from pathlib import Path

GROUPS = tomllib.loads(Path(__file__).with_name("xss_payloads.toml").read_text("utf-8"))
PAYLOADS = list(itertools.chain(*GROUPS.values()))
