"""JSON values that fit a shape, drawn by dice: what a model might answer within the schema."""

from nemo_nb.studio.agent.shapes import (
    Choice,
    Color,
    Either,
    FileName,
    Flag,
    Listed,
    Nothing,
    Number,
    Record,
    Row,
    UserWords,
)


def drawn(shape, dice):  # noqa: PLR0911 - one kind of shape a return
    """Return a value that *shape* takes."""
    if isinstance(shape, Number):
        return _number(shape, dice)
    if isinstance(shape, Flag):
        return dice.random() < 0.5
    if isinstance(shape, Choice):
        return dice.choice(shape.values)
    if isinstance(shape, Color):
        return (
            "" if shape.may_be_none and dice.random() < 0.3 else f"#{dice.randrange(1 << 24):06x}"
        )
    if isinstance(shape, (UserWords, FileName)):
        return f"{'TEXT' if isinstance(shape, UserWords) else 'FILE'}1"
    if isinstance(shape, Nothing):
        return None
    if isinstance(shape, Either):
        return drawn(dice.choice(shape.shapes), dice)
    if isinstance(shape, Listed):
        count = dice.randint(shape.least, min(shape.most, shape.least + 3))
        return [drawn(shape.item, dice) for _ in range(count)]
    if isinstance(shape, Row):
        return [drawn(item, dice) for item in shape.items]
    assert isinstance(shape, Record)
    return fields(shape, dice)


def fields(record, dice, share=0.35):
    """Return a record with what it must have and some of what it may."""
    said = {
        name: drawn(shape, dice)
        for name, shape in record.fields.items()
        if name in record.required or dice.random() < share
    }
    names = list(record.fields)
    while len(said) < record.least:
        name = dice.choice(names)
        said[name] = drawn(record.fields[name], dice)
    return said


def _number(shape, dice):
    # Likely values far more often than those at the far ends.
    low, high = shape.low, shape.high
    if dice.random() < 0.8:
        low, high = max(low, -12_000), min(high, 12_000)
    if dice.random() < 0.5:
        low, high = max(low, -3), min(high, 3) if low <= 3 else high
    value = dice.uniform(low, high)
    return min(max(round(value), round(shape.low)), round(shape.high)) if shape.whole else value
