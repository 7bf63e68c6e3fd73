"""The exponential law, beside scipy's."""

import numpy
import pytest
from scipy import stats

from powclock.lab.theory.intervals import (
    interval_cdf,
    interval_deviation_error_s,
    interval_deviation_s,
    interval_mean_error_s,
    interval_median_error_s,
    interval_median_s,
    share_error,
)


@pytest.mark.parametrize("seconds", [-1.0, 0.0, 1e-9, 1.0, 600.0, 5_000.0])
def test_the_law_is_exponential(seconds: float) -> None:
    law = stats.expon(scale=600)
    assert interval_cdf(seconds, 600) == pytest.approx(law.cdf(seconds), rel=1e-12, abs=0)
    assert interval_deviation_s(600) == pytest.approx(law.std())
    assert interval_median_s(600) == pytest.approx(law.median())


def test_the_errors_are_those_that_samples_have() -> None:
    samples = numpy.random.default_rng(1).exponential(600, (20_000, 400))
    for measured, error_s in (
        (samples.mean(axis=1), interval_mean_error_s(600, 400)),
        (samples.std(axis=1), interval_deviation_error_s(600, 400)),
        (numpy.median(samples, axis=1), interval_median_error_s(600, 400)),
    ):
        # a deviation of 20,000 draws is known to half a percent; the rest is the first order
        assert measured.std() == pytest.approx(error_s, rel=0.03)


def test_a_share_has_the_binomial_error() -> None:
    assert share_error(0.3, 1_000) == pytest.approx(stats.binom(1_000, 0.3).std() / 1_000)
