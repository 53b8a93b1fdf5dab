"""Who is credited by name, and above all who is not."""

from __future__ import annotations

import pytest

from newsdedup.text.normalize import normalize
from newsdedup.verify.credits import credited_name, outlet_names

CREDITS = [
    # outlet, text
    ("Harbor Times", "The bridge will close in May, the Harbor Times reported on Monday."),
    ("The Harbor Times", "The Harbor Times first reported the closure."),
    ("Harbor Times", "The Harbor Times has previously reported that the bridge is unsafe."),
    ("Harbor Times", "The closure was first reported by the Harbor Times."),
    ("Harbor Times", "Documents obtained exclusively by The Harbor Times show the cost."),
    ("Harbor Times", "According to the Harbor Times, the bridge will close."),
    ("Harbor Times", "The bridge is unsafe, according to a new report in the Harbor Times."),
    ("Harbor Times", 'Mayor Bell told the "Harbor Times" that she was sorry.'),
    ("Harbor Times", "In an interview with the Harbor Times, Bell said she was sorry."),
    ("Harbor Times", "A Harbor Times investigation found that the steel was bad."),
    ("Harbor Times (web edition)", "The bridge will close, the Harbor Times reported."),
    ("Harbor Times - News", "The bridge will close, the Harbor Times reported."),
    ("reuters.com", "Bell told Reuters that she was sorry."),
    ("reuters", "Bell told Reuters that she was sorry."),
    ("dpa.com", "Bell told DPA that she was sorry."),
    ("Harbour Press Agency (HPA)", "Bell was sorry, she told HPA."),
    ("Harbour Press Agency (HPA)", "PARIS (HPA) — Bell was sorry.\n\nMore of it."),
    ("Harbor Times", "Bell was sorry.\n\nMore of it.\n\n© 2024 Harbor Times. All rights reserved."),
    ("Harbor Times", "By Jane Doe, Harbor Times\n\nBell was sorry.\n\nMore of it."),
    ("Associated Press", "Bell was sorry.\n\nMore.\n\nThe Associated Press contributed to this report."),
    ("Süddeutsche Zeitung", "Laut Süddeutscher Zeitung wird die Brücke gesperrt."),
    ("Süddeutsche Zeitung", 'Wie die "Süddeutsche Zeitung" berichtet, wird die Brücke gesperrt.'),
    ("Süddeutsche Zeitung", 'Das sagte er der "Süddeutschen Zeitung" am Montag.'),
    ("Süddeutsche Zeitung", "Nach Informationen der Süddeutschen Zeitung wird die Brücke gesperrt."),
    ("Der Spiegel", "Zuerst hatte der Spiegel berichtet."),
    ("Der Spiegel", "Dem Spiegel zufolge wird die Brücke gesperrt."),
    ("El País", "Según publicó El País, el puente se cerrará."),
    ("El País", "El puente se cerrará, según el diario El País."),
    ("Efe", "El alcalde lo dijo a Efe."),
    ("La Voz", "La Voz reveló el lunes que el puente se cerrará."),
    ("Le Monde", "Selon Le Monde, le pont sera fermé."),
    ("Le Monde", "Le pont sera fermé, a rapporté Le Monde, ce que Le Monde avait révélé lundi."),
    ("Le Parisien", "Le maire l'a confié au Parisien, d'après le Parisien de lundi."),
]
NO_CREDITS = [
    ("Harbor Times", "The Harbor Times building will be torn down."),
    ("Harbor Times", "She reads the Harbor Times every day."),
    ("Times", "The Washington Times reported on Monday that the bridge will close."),
    ("The Times", "The New York Times first reported the closure."),
    ("Reuters", "Bell told Reuters Health that she was sorry."),
    ("Time", "For the first time reported cases fell."),
    ("Time", "According to time sheets he was at work."),
    ("The Week", "The week reports came in, she was away."),
    ("People", "Some people told the mayor that they were sorry."),
    ("Post", "He told the postman."),
    ("Sun", "According to Sunday's papers the bridge is closed."),
    ("Die Zeit", "Laut Zeitplan wird die Brücke im Mai gesperrt."),
    ("Die Welt", "Gegenüber der Weltbank schwieg er."),
    ("El País", "El país informó poco de ello."),
    ("Le Monde", "Selon tout le monde le pont sera fermé."),
    ("A", "A reported case of fraud."),
    ("", "The bridge will close, the Harbor Times reported."),
    (None, "The bridge will close, the Harbor Times reported."),
]


@pytest.mark.parametrize(("source", "text"), CREDITS)
def test_an_outlet_that_reported_or_was_told_is_credited(source: str, text: str) -> None:
    found = credited_name(normalize(text), source)
    assert found in outlet_names(source) != ()


@pytest.mark.parametrize(("source", "text"), NO_CREDITS)
def test_a_name_alone_is_no_credit(source: str | None, text: str) -> None:
    assert credited_name(normalize(text), source) == ""


def test_an_article_does_not_credit_its_own_outlet() -> None:
    text = normalize("Bell was sorry, she told HPA.")
    assert credited_name(text, "Harbour Press Agency (HPA)", "Harbor Times") == "HPA"
    for own in ("Harbour Press Agency (HPA)", "harbour press agency", "The HPA", "Harbour News (HPA)"):
        assert credited_name(text, "Harbour Press Agency (HPA)", own) == ""


@pytest.mark.parametrize(
    ("source", "names"),
    [
        ("Harbour Press Agency (HPA)", ("Harbour Press Agency", "HPA")),
        ("El Faro Austral (English edition)", ("Faro Austral",)),
        ("CNN (Web News)", ("CNN",)),
        ("Wall Street Journal - News", ("Wall Street Journal",)),
        ("reuters.com", ("reuters",)),
        ("Fathom & Flag (blog)", ("Fathom & Flag",)),
        ("The", ("The",)),
        ("(AP)", ("AP",)),
        ("X", ()),
        ("", ()),
    ],
)
def test_names_of_an_outlet(source: str, names: tuple[str, ...]) -> None:
    assert outlet_names(source) == names


@pytest.mark.parametrize("source", ["a.b(c", "[", "*", "\\", "日本 (AP", "(" * 50, "x" * 300])
def test_names_are_data(source: str) -> None:
    assert credited_name(normalize("The bridge will close, the Harbor Times reported."), source) == ""
