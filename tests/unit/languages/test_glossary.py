"""One word for each concept: an officer who has learnt what a consignment is called meets it under no other name."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from sampan.core.languages import Language
from sampan.languages.catalogue import TRANSLATED, faults_file, pages_file, read

GLOSSARY: dict[str, dict[Language, str]] = {
    r"appeals?": {"ar": "نداء", "es": "llamamiento", "fr": "appel", "ru": "обращени", "zh": "求援"},
    r"bundles?": {"ar": "حزم", "es": "paquete", "fr": "paquet", "ru": "пакет", "zh": "数据包"},
    r"checkpoints?": {
        "ar": "نق[طا]",
        "es": "puntos? de control",
        "fr": "points? de contrôle",
        "ru": "контрольн",
        "zh": "检查点",
    },
    r"claims?": {"ar": "مطالب", "es": "reclamaci", "fr": "réclamation", "ru": "претензи", "zh": "索赔"},
    r"consignments?": {"ar": "إرسالي", "es": "envío", "fr": "envoi", "ru": "груз", "zh": "发运"},
    r"contributions?": {"ar": "مساهم", "es": "contribuc", "fr": "contribution", "ru": "взнос", "zh": "捐助"},
    r"depots?": {"ar": "مستودع", "es": "depósito", "fr": "dépôt", "ru": "склад", "zh": "仓库"},
    r"donors?": {"ar": "مانح", "es": "donante", "fr": "donat", "ru": "донор", "zh": "捐助"},
    r"earmark\w*": {
        "ar": "خصيص|خصص",
        "es": "asigna",
        "fr": "affect",
        "ru": "целев|назначени",
        "zh": "指定用途",
    },
    r"forecasts?": {
        "ar": "توقع",
        "es": "pron[óo]stic",
        "fr": "prévis|prévoir|prévu",
        "ru": "прогноз",
        "zh": "预测",
    },
    r"genomes?": {"ar": "جينوم", "es": "genoma", "fr": "génom", "ru": "геном", "zh": "基因组"},
    r"ledger": {"ar": "سجل", "es": "registro", "fr": "registre", "ru": "реестр", "zh": "账本"},
    r"lineages?": {"ar": "سلال", "es": "linaje", "fr": "lignée", "ru": "лини", "zh": "谱系"},
    r"pledg\w+": {"ar": "تعهد|متعه", "es": "prom[eé][ts]", "fr": "prom[ei][ts]", "ru": "обеща", "zh": "认捐"},
    r"receipts?": {
        "ar": "إيصال|استلام",
        "es": "recepci",
        "fr": "réception",
        "ru": "приёмк|акт",
        "zh": "收货",
    },
    r"reserves?": {"ar": "احتياط", "es": "reserva", "fr": "réserve", "ru": "резерв", "zh": "储备"},
    r"teams?": {"ar": "فريق|فرق", "es": "equipo", "fr": "équipe", "ru": "групп", "zh": "专家组"},
    r"waybills?": {
        "ar": "بوليصة",
        "es": "cartas? de porte",
        "fr": "lettres? de transport",
        "ru": "накладн",
        "zh": "运单",
    },
}
"""What each concept is called in English, and the stem of its one name elsewhere."""

OTHERS = {
    "A receipt says what was taken",  # of a download: no goods
    "Receipts of downloads",
}

UNSAID = re.compile(r"%\(\w+\)s|`?sampan [a-z][a-z ]*|\"[^\"]*\"|\S+://\S+")
"""What no translator puts into words: what fills a gap, commands, what is quoted, addresses."""

VOWELS = re.compile("[\u064b-\u0652]")
"""Marks of Arabic that are written or not."""


def texts(language: Language) -> Iterator[tuple[str, str]]:
    for file in (pages_file(language), faults_file(language)):
        for message in read(file, language):
            said = message.id if isinstance(message.id, str) else message.id[-1]
            told = message.string if isinstance(message.string, str) else message.string[-1]
            if said and not any(other in said for other in OTHERS):
                yield UNSAID.sub("", said), VOWELS.sub("", told).lower()


@pytest.mark.parametrize("language", TRANSLATED)
def test_every_concept_has_one_name(language: Language) -> None:
    named_otherwise = [
        (said, told)
        for said, told in texts(language)
        for term, stems in GLOSSARY.items()
        if re.search(rf"\b{term}\b", said, re.IGNORECASE) and not re.search(stems[language], told)
    ]
    assert not named_otherwise
