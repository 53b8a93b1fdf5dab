"""The language of an article."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newsdedup.text.language import UNKNOWN, find_language

SENTENCES = [
    ("en", "The government has approved a new law on taxes this week, and it will come into force in January."),
    ("de", "Die Regierung hat in dieser Woche ein neues Gesetz über die Steuern beschlossen, das im Januar gilt."),
    ("es", "El gobierno aprobó esta semana una nueva ley sobre los impuestos que entrará en vigor en enero."),
    ("fr", "Le gouvernement a adopté cette semaine une nouvelle loi sur les impôts qui entrera en vigueur en janvier."),
    ("it", "Il governo ha approvato questa settimana una nuova legge sulle tasse che entrerà in vigore a gennaio."),
    ("pt", "O governo aprovou esta semana uma nova lei sobre os impostos que entra em vigor em janeiro."),
    ("nl", "De regering heeft deze week een nieuwe wet over belastingen aangenomen die in januari ingaat."),
    ("sv", "Regeringen antog i veckan en ny lag om skatter som träder i kraft i januari."),
    ("pl", "Rząd przyjął w tym tygodniu nową ustawę o podatkach, która wejdzie w życie w styczniu."),
    ("tr", "Hükümet bu hafta ocak ayında yürürlüğe girecek yeni bir vergi yasasını kabul etti."),
    ("fi", "Hallitus hyväksyi tällä viikolla uuden verolain, joka tulee voimaan tammikuussa."),
    ("ru", "На этой неделе правительство приняло новый закон о налогах, который вступит в силу в январе."),
    ("el", "Η κυβέρνηση ενέκρινε αυτή την εβδομάδα έναν νέο νόμο για τους φόρους."),
    ("ar", "وافقت الحكومة هذا الأسبوع على قانون جديد للضرائب سيدخل حيز التنفيذ في يناير."),
    ("ja", "政府は今週、税金に関する新しい法律を承認した。"),
    ("ko", "정부는 이번 주에 세금에 관한 새로운 법을 승인했다."),
    ("zh", "政府本周通过了一项新的税法，将于一月生效。"),
    ("th", "รัฐบาลอนุมัติกฎหมายภาษีฉบับใหม่ในสัปดาห์นี้"),
]


@pytest.mark.parametrize(("lang", "text"), SENTENCES)
def test_one_sentence_is_enough(lang: str, text: str) -> None:
    assert find_language(text) == lang


@pytest.mark.parametrize(("lang", "text"), [case for case in SENTENCES if case[0] in ("en", "de", "es", "fr", "ru")])
def test_capitals_and_line_breaks_change_no_language(lang: str, text: str) -> None:
    assert find_language(text.upper()) == lang
    assert find_language(text.replace(" ", "\n")) == lang


@pytest.mark.parametrize(
    "text", ["", " \n", "12 34 !!", "Shoigu", "Shoigu Putin Wei", "Hola, ¿qué tal?", "\ud800", "🙂"]
)
def test_too_little_to_tell(text: str) -> None:
    assert find_language(text) == UNKNOWN


MIXED = [
    # A foreign quotation does not turn an article.
    ("en", 'The minister said: "Wir schaffen das", and the crowd in the square cheered for more than an hour.'),
    ("de", 'Der Minister sagte auf der Konferenz: "Yes we can", und die Menge auf dem Platz jubelte eine Stunde lang.'),
    # A few names in another script do not either.
    ("en", "The company, known in China as 阿里, said on Monday that it had sold all of its shares in the bank."),
    ("zh", "阿里巴巴集团(Alibaba)周一表示，已出售其在该银行的全部股份。"),
]


@pytest.mark.parametrize(("lang", "text"), MIXED)
def test_the_language_of_most_of_the_text_wins(lang: str, text: str) -> None:
    assert find_language(text) == lang


@settings(derandomize=True, deadline=None, max_examples=50)
@given(st.text(max_size=300))
def test_any_text_has_a_language_or_none(text: str) -> None:
    assert find_language(text) == find_language(text)
    assert find_language(text).isalpha()
