"""Lists in Russian, Swedish, Danish, Czech and others, whose commonest headers and words are read."""

# ruff: noqa: E501 (the lines of exports are as long as they are)

from __future__ import annotations

from tests.exported import by_subject, meanings, subjects, take_in, told, told_of, values


def test_russian_deals(tmp_path):
    deals = """
    ID сделки;Название сделки;Контакт;Компания;Бюджет;Этап сделки;Дата создания;Дата закрытия;Ответственный
    1;Сайт;Анна Иванова;ООО Ромашка;5000;Успешно реализовано;05.01.2026;01.02.2026;Ким
    2;SEO;Пётр Сидоров;ИП Сидоров;1200;Переговоры;13.01.2026;;Ким
    3;Магазин;Олег Петров;;800;Закрыто и не реализовано;14.01.2026;03.02.2026;Ким
    """
    found = take_in(tmp_path, {"sdelki.csv": deals})
    assert meanings(found) == {
        "ID сделки": "deal id",
        "Название сделки": "deal name",
        "Контакт": "name",
        "Компания": "company",
        "Бюджет": "value",
        "Этап сделки": "stage",
        "Дата создания": "created",
        "Дата закрытия": "closed",
        "Ответственный": "owner",
    }
    assert told(found) == [
        ("1", "bought", "2026-02-01"),
        ("1", "deal_opened", "2026-01-05"),
        ("2", "deal_opened", "2026-01-13"),
        ("3", "deal_opened", "2026-01-14"),
        ("3", "lost", "2026-02-03"),
    ]
    assert values(found) == {"1": 500000}


def test_a_russian_list_of_people(tmp_path):
    people = """
    Имя;Фамилия;Электронная почта;Телефон;Дата создания;Статус;Источник;Ответственный
    Анна;Иванова;anna@a.example;+7 900 000-00-00;05.01.2026;Клиент;Рекомендация;Ким
    Пётр;Сидоров;petr@b.example;;13.01.2026;Новый;Сайт;Ким
    Олег;Петров;oleg@c.example;;14.01.2026;Отказ;Реклама;Ким
    """
    found = take_in(tmp_path, {"lyudi.csv": people})
    assert by_subject(found, found.names["name"]) == {
        "anna@a.example": "Анна Иванова",
        "petr@b.example": "Пётр Сидоров",
        "oleg@c.example": "Олег Петров",
    }
    assert by_subject(found, found.touches.first("path")) == {
        "anna@a.example": "referral",
        "petr@b.example": "website",
        "oleg@c.example": "advertising",
    }
    assert ("lost", "2026-01-14") in told_of(found, "oleg@c.example")


def test_swedish_deals(tmp_path):
    deals = """
    Affär;Kund;Kontaktperson;E-post;Värde;Status;Skapad;Stängd;Säljare
    Webb;Berg AB;Anna Berg;anna@a.example;5000;Vunnen;2026-01-05;2026-02-01;Kim
    SEO;Lund AB;Per Lund;per@b.example;1200;Öppen;2026-01-06;;Kim
    Butik;Ek AB;Eva Ek;eva@c.example;800;Förlorad;2026-01-07;2026-02-03;Kim
    """
    found = take_in(tmp_path, {"affarer.csv": deals})
    assert subjects(found) == ["Butik", "SEO", "Webb"]
    assert told_of(found, "Webb") == [("bought", "2026-02-01"), ("deal_opened", "2026-01-05")]
    assert told_of(found, "Butik") == [("deal_opened", "2026-01-07"), ("lost", "2026-02-03")]


def test_danish_customers(tmp_path):
    customers = """
    Fornavn;Efternavn;E-mail;Oprettet;Første køb;Seneste køb;Omsætning
    Anna;Berg;anna@a.example;05-01-2026;10-01-2026;01-02-2026;5.000,00
    Per;Lund;per@b.example;16-01-2026;;;0,00
    """
    found = take_in(tmp_path, {"kunder.csv": customers})
    assert told_of(found, "anna@a.example") == [
        ("bought", "2026-01-10"),
        ("bought", "2026-02-01"),
        ("recorded", "2026-01-05"),
    ]
    assert values(found) == {"anna@a.example": 500000}


def test_a_czech_list_of_people(tmp_path):
    people = """
    Jméno;Příjmení;E-mail;Telefon;Firma;Vytvořeno;Stav;Zdroj
    Anna;Nováková;anna@a.example;;Nova s.r.o.;05.01.2026;Ztraceno;Doporučení
    Jan;Svoboda;jan@b.example;;Svo s.r.o.;13.01.2026;Nový;Web
    """
    found = take_in(tmp_path, {"lide.csv": people})
    assert by_subject(found, found.names["name"])["anna@a.example"] == "Anna Nováková"
    assert ("lost", "2026-01-05") in told_of(found, "anna@a.example")
    assert by_subject(found, found.touches.first("path"))["anna@a.example"] == "referral"


def test_french_headers_that_each_begin_with_the_deal(tmp_path):
    deals = """
    Affaire - ID;Affaire - Titre;Affaire - Valeur;Affaire - Statut;Affaire - Personne à contacter;Affaire - Affaire créée;Affaire - Date de gain;Affaire - Date de perte
    1;Site web;5000;Gagné;Anne Petit;2026-01-05;2026-02-01;
    2;SEO;1200;Ouvert;Bruno Roux;2026-01-06;;
    3;Boutique;800;Perdu;Chloé Noir;2026-01-07;;2026-02-03
    """
    found = take_in(tmp_path, {"affaires.csv": deals})
    assert meanings(found)["Affaire - Titre"] == "deal name"
    assert told_of(found, "1") == [("bought", "2026-02-01"), ("deal_opened", "2026-01-05")]
    assert told_of(found, "3") == [("deal_opened", "2026-01-07"), ("lost", "2026-02-03")]
    assert values(found) == {"1": 500000}
