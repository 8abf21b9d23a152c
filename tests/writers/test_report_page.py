"""The page of a run in a real browser."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from selenium import webdriver
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import Select

from tests.conftest import TOPIC, Cli, Run

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
DRIVER = shutil.which("chromedriver")
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not (CHROMIUM and DRIVER), reason="no chromium and chromedriver on this machine"),
]


@pytest.fixture
def browser() -> Iterator[webdriver.Chrome]:
    options = webdriver.ChromeOptions()
    options.binary_location = CHROMIUM or ""
    for argument in (
        "--headless=new",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-dev-shm-usage",
        "--window-size=1200,1400",
    ):
        options.add_argument(argument)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    driver = webdriver.Chrome(options=options, service=webdriver.ChromeService(DRIVER))
    yield driver
    driver.quit()


def column(browser: webdriver.Chrome, number: int) -> list[str]:
    return [cell.text for cell in browser.find_elements(By.CSS_SELECTOR, f"#table tbody td:nth-child({number})")]


@pytest.fixture
def page(tasks: Path, grade: Run, tmp_path: Path) -> Path:
    """The report of a run in which one response became better since the baseline."""
    grade("batch", "tasks", "--responses", "answers", "--fast", "--out", "before", "-q")
    (tmp_path / "answers" / "bad" / "t3.yml").write_text(TOPIC)
    grade("batch", "tasks", "--responses", "answers", "--fast", "--out", "after", "-q")
    done = grade("report", "after", "--baseline", "before")
    assert done.returncode == 0, done.stderr
    return tmp_path / "after" / "report.html"


def test_the_page_sorts_filters_opens_and_compares(page: Path, browser: webdriver.Chrome, tmp_path: Path) -> None:
    browser.get(page.as_uri())
    scores = [float(text) for text in column(browser, 4)]
    assert len(scores) == 12
    assert scores == sorted(scores)
    browser.find_element(By.CSS_SELECTOR, "#table th:nth-child(4) button").send_keys(Keys.ENTER)  # with the keyboard
    assert [float(text) for text in column(browser, 4)] == sorted(scores, reverse=True)

    Select(browser.find_element(By.ID, "model")).select_by_visible_text("bad")
    assert set(column(browser, 1)) == {"bad"}
    browser.find_element(By.ID, "search").send_keys("t3")
    assert column(browser, 2) == ["t3"]
    browser.find_element(By.ID, "search").clear()
    browser.find_element(By.ID, "search").send_keys("t4")
    browser.find_element(By.CSS_SELECTOR, "#table tbody button").click()
    detail = browser.find_element(By.ID, "detail")
    assert "bad/t4: blocked" in detail.text
    detail.find_element(By.CSS_SELECTOR, "summary").click()
    assert "DisplayName: !Ref Nothing" in detail.find_element(By.CSS_SELECTOR, "mark").text

    browser.find_element(By.ID, "search").clear()
    browser.find_element(By.ID, "search").send_keys(" ")
    Select(browser.find_element(By.ID, "changed")).select_by_visible_text("better")
    assert column(browser, 2) == ["t3"]
    browser.find_element(By.CSS_SELECTOR, "#changes summary").click()
    assert "fixed" in browser.find_element(By.ID, "changes").text
    assert len(browser.find_elements(By.CSS_SELECTOR, "#heat tbody tr")) == 6
    browser.save_screenshot(str(tmp_path / "page.png"))
    assert [entry for entry in browser.get_log("browser") if entry["level"] == "SEVERE"] == []  # type: ignore[no-untyped-call]


def test_headers_are_above_their_numbers_and_only_a_comparison_has_changes(
    page: Path, cli: Cli, browser: webdriver.Chrome, tmp_path: Path
) -> None:
    browser.get(page.as_uri())
    heads = browser.find_elements(By.CSS_SELECTOR, "#table thead th")
    cells = browser.find_elements(By.CSS_SELECTOR, "#table tbody tr:first-child td")
    assert [one.value_of_css_property("text-align") for one in heads] == [
        one.value_of_css_property("text-align") for one in cells
    ]
    assert heads[-1].text == "since baseline"
    assert cli("report", "after").returncode == 0
    browser.get(page.as_uri())
    assert "since baseline" not in [one.text for one in browser.find_elements(By.CSS_SELECTOR, "#table thead th")]


def test_what_a_response_says_is_text(page: Path, browser: webdriver.Chrome) -> None:
    browser.get(page.as_uri())
    Select(browser.find_element(By.ID, "model")).select_by_visible_text("bad")
    browser.find_element(By.ID, "search").send_keys("t0")
    browser.find_element(By.CSS_SELECTOR, "#table tbody button").click()
    for summary in browser.find_elements(By.CSS_SELECTOR, "#detail summary"):
        summary.click()
    text = browser.find_element(By.ID, "detail").text
    assert "<script>document.title='taken'</script>{{7*7}}${7*7}" in text
    assert browser.title == "after"
    assert browser.find_elements(By.CSS_SELECTOR, "#detail script") == []
    assert browser.execute_script("return document.documentElement.scrollWidth <= window.innerWidth")


def test_the_page_fits_a_phone_and_the_dark(page: Path, browser: webdriver.Chrome) -> None:
    browser.set_window_size(500, 900)
    dark = {"features": [{"name": "prefers-color-scheme", "value": "dark"}]}
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", dark)
    browser.get(page.as_uri())
    assert browser.execute_script("return document.documentElement.scrollWidth <= window.innerWidth")
    ground = browser.execute_script("return getComputedStyle(document.documentElement).colorScheme")
    assert "dark" in ground
    drawn = "return [...document.querySelectorAll('.charts text')].map((one) => getComputedStyle(one).fill)"
    assert set(browser.execute_script(drawn)) == {"rgb(255, 255, 255)"}
    narrow = (
        "return Math.min(...[...document.querySelectorAll('#models td, #table td')].map((one) => one.clientHeight))"
    )
    tall = narrow.replace("min", "max")
    assert browser.execute_script(tall) < 4 * browser.execute_script(narrow)  # no cell is a column of letters


def test_the_worst_come_first_and_nothing_more_is_offered(page: Path, browser: webdriver.Chrome) -> None:
    browser.get(page.as_uri())
    assert not browser.find_element(By.ID, "more").is_displayed()
    browser.find_element(By.CSS_SELECTOR, "#table th:nth-child(6) button").click()  # Critical
    counts = [int(text) for text in column(browser, 6)]
    assert counts == sorted(counts, reverse=True)
    assert counts[0] > counts[-1]


def test_the_heat_map_opens_all_samples(tasks: Path, grade: Run, tmp_path: Path, browser: webdriver.Chrome) -> None:
    for model, number in (("m", 3), ("n", 2)):
        folder = tmp_path / "sampled" / model / "t1"
        folder.mkdir(parents=True)
        for sample in range(1, number + 1):
            (folder / f"{sample}.yml").write_text(TOPIC)
    grade("batch", "tasks", "--responses", "sampled", "--fast", "--out", "run", "-q")
    grade("report", "run", "-q")
    browser.get((tmp_path / "run" / "report.html").as_uri())
    cells = [one for one in browser.find_elements(By.CSS_SELECTOR, "#heat button") if one.text]
    cells[0].click()
    assert column(browser, 3) == ["1", "2", "3"]
    assert set(column(browser, 1)) == {"m"}


def test_the_page_of_a_difference_does_not_scroll_sideways(cli: Cli, tmp_path: Path, browser: webdriver.Chrome) -> None:
    (tmp_path / "a.yml").write_text(TOPIC.replace("orders", "o" * 400))
    (tmp_path / "b.yml").write_text(TOPIC.replace("orders", "p" * 400))
    (tmp_path / "page.html").write_text(cli("diff", "a.yml", "b.yml", "--format", "html").stdout)
    for width in (1200, 500):
        browser.set_window_size(width, 900)
        browser.get((tmp_path / "page.html").as_uri())
        browser.execute_script("for (const one of document.querySelectorAll('details')) one.open = true")
        assert browser.execute_script("return document.documentElement.scrollWidth <= window.innerWidth")
