"""Numbers are the same number however they are written (R5), and only mobile ones are called mobile (R12)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.numbers import MOST_CHARACTERS, NOTHING, NumberKind, for_people, masked, read_number
from appliance.signals.countries import COUNTRIES

WARSAW = "+48225550100"


@pytest.mark.parametrize(
    "written",
    [
        "225550100",
        "22 555 01 00",
        "(22) 555-01-00",
        "22/555.01.00",
        "+48 22 555 01 00",
        "+48\u00a022\u2011555\u201101\u201100",
        "0048225550100",
        "48225550100",  # a network that leaves out the plus
        "0225550100",  # the trunk prefix that Poland no longer has
        "+48 (0)22 555 01 00",
        "tel:+48-22-555-01-00",
        "tel. 22 555 01 00",
        "22 555 01 00 wew. 12",
        "+48225550100;ext=12",
        "２２５５５０１００",
    ],
)
def test_a_number_is_the_same_however_it_is_written(written: str) -> None:
    number = read_number(written, "pl")
    assert number.normal == WARSAW
    assert (number.kind, number.complete, number.ordinary) == (NumberKind.FIXED, True, True)


@pytest.mark.parametrize(
    ("country", "written", "normal"),
    [
        ("uk", "020 7946 0000", "+442079460000"),
        ("uk", "442079460000", "+442079460000"),
        ("de", "0151 12345678", "+4915112345678"),
        ("it", "0212345678", "+390212345678"),
        ("it", "212345678", "+390212345678"),
        ("us", "(212) 555-0100", "+12125550100"),
        ("us", "12125550100", "+12125550100"),
        ("us", "011 44 20 7946 0000", "+442079460000"),
        ("pl", "491711234567", "+491711234567"),  # from abroad, without its plus: too long for a Polish number
    ],
)
def test_every_country_reads_numbers_its_own_way(country: str, written: str, normal: str) -> None:
    assert read_number(written, country).normal == normal


def test_a_mobile_number_is_known_as_one_where_the_country_tells_them_apart() -> None:
    assert read_number("601 555 010", "pl").mobile
    assert not read_number("22 555 01 00", "pl").mobile
    assert read_number("212 555 0100", "us").kind is NumberKind.UNKNOWN
    assert not read_number("212 555 0100", "us").mobile


@pytest.mark.parametrize("short", ["12", "101", "112", "5550100"])
def test_what_cannot_be_completed_stays_the_digits_it_is(short: str) -> None:
    number = read_number(short, "pl")
    assert (number.normal, number.complete, number.ordinary) == (short, False, False)


def test_a_number_of_a_range_that_is_new_is_kept_when_its_country_is_told() -> None:
    number = read_number("+48 19 999 99 99", "pl")
    assert (number.normal, number.ordinary) == ("+48199999999", False)


def test_nobody_is_called_back_at_a_premium_number() -> None:
    assert not read_number("701 123 456", "pl").ordinary
    assert read_number("800 123 456", "pl").ordinary


@pytest.mark.parametrize(
    "garbage", ["", " ", "+", "anonymous", "P", "*7", "101*", "22 555 O1 00", "1" * 21, "+4८x", "\0"]
)
def test_what_is_no_number_is_nothing(garbage: str) -> None:
    assert read_number(garbage, "pl") == NOTHING


def test_a_country_that_the_tables_do_not_know_still_has_international_numbers() -> None:
    assert read_number("+48 22 555 01 00", "zz").normal == WARSAW
    assert read_number("22 555 01 00", "zz").normal == "225550100"


@given(st.text(max_size=MOST_CHARACTERS + 5), st.sampled_from(sorted(COUNTRIES)))
def test_whatever_a_network_sends_is_read_without_harm(text: str, country: str) -> None:
    number = read_number(text, country)
    assert number.normal == "" or number.normal.removeprefix("+").isascii()
    assert number.normal.removeprefix("+").isdecimal() or number == NOTHING


@given(st.integers(min_value=100_000_000, max_value=999_999_999))
def test_a_normal_form_reads_as_itself_and_so_does_the_form_for_people(digits: int) -> None:
    number = read_number(str(digits), "pl")
    assert read_number(number.normal, "pl") == number
    abroad = "de" if number.complete else "pl"
    assert read_number(for_people(number.normal), abroad).normal == number.normal


def test_the_log_tells_no_more_than_half_a_number() -> None:
    assert masked(WARSAW) == "…0100"
    assert masked("101") == "…1"
    assert masked("") == ""
