import dask
import dask.dataframe as dd
import duckdb
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from nemo_nb.errors import InputError
from nemo_nb.experiments import frames
from nemo_nb.experiments.abtest import abtest

ENGINES = ["pandas", "polars", "polars lazy", "duckdb", "pyarrow", "dask"]
AT_HAND = {"pandas", "polars", "pyarrow"}


def log(n=600):
    generator = np.random.default_rng(0)
    return pd.DataFrame(
        {
            "style": np.where(np.arange(n) % 2, "clean", "bold"),
            "clicked": generator.random(n) < 0.2,
            "seconds": generator.gamma(2, 10, n).round(),
            "before": generator.gamma(2, 10, n),
            "seen_at": pd.date_range("2026-03-01 08:00", periods=n, freq="17min"),
        }
    )


def held_by(engine, frame):
    """The same rows in another engine."""
    match engine:
        case "pandas":
            return frame
        case "polars":
            return pl.from_pandas(frame)
        case "polars lazy":
            return pl.from_pandas(frame).lazy()
        case "duckdb":
            return duckdb.from_arrow(pa.Table.from_pandas(frame))
        case "pyarrow":
            return pa.Table.from_pandas(frame)
    return dd.from_pandas(frame, npartitions=3)


@pytest.fixture(autouse=True)
def _one_thread():
    with dask.config.set(scheduler="synchronous"):
        yield


@pytest.mark.parametrize("engine", ENGINES)
def test_every_engine_counts_the_same(engine):
    rows = log()
    found = abtest(held_by(engine, rows), variant="style", clicks="clicked", days="seen_at")
    by_hand = rows.groupby("style")["clicked"]
    assert found.table["variant"].tolist() == ["bold", "clean"]
    assert found.table["n"].tolist() == by_hand.size().tolist()
    assert found.table["successes"].tolist() == by_hand.sum().tolist()
    assert found.days == rows["seen_at"].dt.date.nunique()
    assert found.looks["day"].iloc[0] == "2026-03-01"
    assert found.looks["n"].iloc[-1] == 300


@pytest.mark.parametrize("engine", ENGINES)
def test_every_engine_takes_the_same_moments(engine):
    rows = log()
    found = abtest(
        held_by(engine, rows), variant="style", metric="seconds", covariate="before", days="seen_at"
    )
    expected = abtest(rows, variant="style", metric="seconds", covariate="before", days="seen_at")
    numbers = [column for column in expected.table if column != "variant"]
    assert np.allclose(found.table[numbers], expected.table[numbers], equal_nan=True)
    assert found.cuped.theta == pytest.approx(expected.cuped.theta)
    assert found.days == expected.days == 8


@pytest.mark.parametrize("engine", ["polars lazy", "duckdb", "dask"])
def test_an_engine_elsewhere_sends_distinct_values_for_the_bootstrap(engine):
    rows = log()
    found = abtest(held_by(engine, rows), variant="style", metric="seconds")
    expected = abtest(rows, variant="style", metric="seconds")
    bounds = ["boot_low", "boot_high"]
    width = np.ptp(expected.comparisons[bounds].to_numpy())
    assert np.allclose(found.comparisons[bounds], expected.comparisons[bounds], atol=0.1 * width)


def test_distinct_values_stay_where_they_are_too_many(monkeypatch):
    monkeypatch.setattr(frames, "MOST_DISTINCT", 5)
    found = abtest(held_by("duckdb", log()), variant="style", metric="seconds")
    assert found.comparisons["boot_low"].isna().all()
    assert any("No bootstrap" in note for note in found.notes)


def test_only_counts_leave_a_lazy_frame(monkeypatch):
    collected = []
    collect = pl.LazyFrame.collect

    def watched(self, *args, **kwargs):
        found = collect(self, *args, **kwargs)
        collected.append(found.height)
        return found

    monkeypatch.setattr(pl.LazyFrame, "collect", watched)
    abtest(held_by("polars lazy", log(20_000)), variant="style", clicks="clicked")
    assert collected == [2]


def test_a_dask_log_is_never_computed_whole(monkeypatch):
    computed = []
    compute = dd.DataFrame.compute

    def watched(self, *args, **kwargs):
        found = compute(self, *args, **kwargs)
        computed.append(len(found))
        return found

    monkeypatch.setattr(dd.DataFrame, "compute", watched)
    abtest(held_by("dask", log(5_000)), variant="style", clicks="clicked")
    assert computed == [2]


BROKEN = {
    "more than one click": {"clicked": 3},
    "negative clicks": {"clicked": -1},
    "a fraction of clicks": {"clicked": 0.5},
    "no value .* for clicks": {"clicked": None},
    "infinite clicks": {"clicked": np.inf},
}


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("words", BROKEN)
def test_a_broken_row_is_named(engine, words):
    rows = log()
    rows["clicked"] = rows["clicked"].astype(float)
    rows.loc[41, "clicked"] = BROKEN[words]["clicked"]
    where = "Row 41 .*'clean'" if engine in AT_HAND else "A row of variant 'clean'"
    with pytest.raises(InputError, match=f"{where}.* has {words}"):
        abtest(held_by(engine, rows), variant="style", clicks="clicked")


@pytest.mark.parametrize("engine", ENGINES)
def test_a_row_without_a_variant_is_named(engine):
    rows = log()
    rows.loc[7, "style"] = None
    where = "Row 7" if engine in AT_HAND else "A row"
    with pytest.raises(InputError, match=f"{where}.* has no value in 'style'"):
        abtest(held_by(engine, rows), variant="style", clicks="clicked")


def test_more_clicks_than_views_in_a_row_of_counts():
    rows = {"style": ["a", "b"], "views": [10, 10], "clicks": [3, 11]}
    with pytest.raises(InputError, match=r"Row 1 .*'b', has more clicks .* than views"):
        abtest(rows, variant="style", views="views", clicks="clicks")


def test_counts_a_row_keep_their_order_and_logs_are_sorted():
    rows = pd.DataFrame({"style": ["new", "control"], "views": [50, 50], "clicks": [5, 9]})
    by_row = abtest(rows, variant="style", views="views", clicks="clicks")
    assert by_row.table["variant"].tolist() == ["new", "control"]
    twice = pd.concat([rows, rows])
    assert abtest(twice, variant="style", views="views", clicks="clicks").table[
        "variant"
    ].tolist() == ["control", "new"]


def test_numbered_variants_sort_as_numbers():
    rows = pd.DataFrame({"arm": [10, 9, 10, 9], "clicked": [1, 0, 1, 1]})
    found = abtest(rows, variant="arm", clicks="clicked")
    assert found.table["variant"].tolist() == ["9", "10"]


def test_days_may_be_dates_or_words():
    rows = pd.DataFrame(
        {
            "arm": ["a", "b"] * 2,
            "clicked": [1, 0, 1, 1],
            "day": ["2026-01-01"] * 2 + ["2026-01-02"] * 2,
        }
    )
    assert abtest(rows, variant="arm", clicks="clicked", days="day").days == 2
    dates = pl.from_pandas(rows).with_columns(pl.col("day").str.to_date())
    assert abtest(dates, variant="arm", clicks="clicked", days="day").days == 2


def test_a_time_that_is_missing_is_named():
    rows = log(20)
    rows.loc[3, "seen_at"] = None
    with pytest.raises(InputError, match=r"Row 3 .* has no value in 'seen_at'"):
        abtest(rows, variant="style", clicks="clicked", days="seen_at")


def test_a_column_that_is_not_there_or_no_number_is_refused():
    with pytest.raises(InputError, match=r"no column 'taps'.*'clicked'"):
        abtest(log(), variant="style", clicks="taps")
    with pytest.raises(InputError, match=r"'seen_at' holds Datetime.* not numbers"):
        abtest(log(), variant="style", clicks="seen_at")
    with pytest.raises(InputError, match="'clicked' holds Boolean, not dates"):
        abtest(log(), variant="style", clicks="clicked", days="clicked")


def test_what_is_no_frame_is_refused():
    with pytest.raises(InputError, match="int is no frame"):
        abtest(3, variant="style", clicks="clicked")


@pytest.mark.slow
def test_spark_counts_the_same():
    sql = pytest.importorskip("pyspark.sql", reason="PySpark is 450 MB: not among the extras")
    spark = (
        sql.SparkSession.builder.master("local[1]")
        .config("spark.ui.enabled", "false")
        .config("spark.sql.session.timeZone", "UTC")
        .getOrCreate()
    )
    try:
        rows = log()
        columns = [rows[column].tolist() for column in rows]
        columns[-1] = [at.to_pydatetime() for at in columns[-1]]
        records = list(zip(*columns, strict=True))
        frame = spark.createDataFrame(records, list(rows))
        counted = abtest(frame, variant="style", clicks="clicked", days="seen_at")
        expected = abtest(rows, variant="style", clicks="clicked", days="seen_at")
        assert counted.table.equals(expected.table)
        assert counted.verdict == expected.verdict
        moments = abtest(frame, variant="style", metric="seconds", covariate="before")
        assert moments.cuped.theta == pytest.approx(
            abtest(rows, variant="style", metric="seconds", covariate="before").cuped.theta
        )
    finally:
        spark.stop()
