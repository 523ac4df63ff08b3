from nemo_nb.studio.render.timetable import Timetable


def test_everything_that_is_on_is_near_in_the_order_given():
    starts = [n * 7919 % 100_000 for n in range(400)]
    items = [(n, start, start + 1 + n * 6007 % 30_000) for n, start in enumerate(starts)]
    table = Timetable(items)
    for at in range(0, 140_000, 977):
        on = [item for item, start, end in items if start <= at < end]
        near = table.near(at)
        assert [item for item in near if item in on] == on


def test_few_others_are_near():
    table = Timetable((n, n * 1000, n * 1000 + 900) for n in range(5000))
    assert len(table.near(2_500_500)) < 12


def test_nothing_at_all():
    assert list(Timetable([]).near(0)) == []
