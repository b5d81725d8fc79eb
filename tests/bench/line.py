"""What a line of the benchmark is, and what all of them are given."""
import dataclasses
from collections.abc import Callable


@dataclasses.dataclass
class Sizes:
    cases: int  # J1
    rows: int  # households that are asked for, and rows that are imported
    growth: list  # cases in the store, ascending; the first is what the others are held against
    deadlines: int
    subscribers: int
    towns: int = 20

    def words(self, text):
        """Sizes put into a line's title."""
        return {lang: words.format(cases=f"{self.cases:,}", rows=f"{self.rows:,}", towns=self.towns,
                                   first=f"{self.growth[0]:,}", subscribers=self.subscribers) for lang, words in text.items()}


FULL = Sizes(cases=20000, rows=100000, growth=[10000, 100000, 1000000, 2600000], deadlines=100000, subscribers=50)
QUICK = Sizes(cases=256, rows=300, growth=[256, 600], deadlines=100, subscribers=5)


@dataclasses.dataclass
class Given:
    """`say` prints a line of progress; `rounds` asks for another number than a line's own."""
    build: str
    sizes: Sizes
    quick: bool
    rounds_wanted: int | None
    say: Callable

    def rounds(self, usual):
        return 1 if self.quick else self.rounds_wanted or usual

    def clients(self, usual=64):
        return min(usual, 8) if self.quick else usual

    def seconds(self, usual):
        return min(usual, 0.3) if self.quick else usual


@dataclasses.dataclass
class Line:
    """`run` gives the figures, and may give a note, zh and en. Lines that share a `group` are made by one run, which
    gives them by name."""
    name: str
    title: dict
    reference: dict
    run: Callable
    group: str | None = None
