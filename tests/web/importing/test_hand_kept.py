"""Lists that people keep by hand, in their own languages, and what they take them to say."""

# ruff: noqa: E501 (rows of files are as long as they are)

from __future__ import annotations

import pytest

from leadline.engine.instants import to_datetime
from leadline.web.models import Contact, Touch
from tests.web.importing.conftest import take_in

pytestmark = pytest.mark.django_db


def told(name):
    """What happened with somebody: the kind and the day, and the amount where there is one."""
    touches = Touch.objects.filter(contact__name=name, in_force=True).order_by("happened_at", "id")
    amounts = [() if one.value is None else ((one.value, one.currency),) for one in touches]
    return [
        (one.kind, str(to_datetime(one.happened_at).date()), *amount)
        for one, amount in zip(touches, amounts, strict=True)
    ]


def addresses(name):
    return set(Contact.objects.get(name=name).addresses.values_list("value", flat=True))


def opted_out():
    return set(Touch.objects.filter(kind="opted_out").values_list("contact__name", flat=True))


def test_a_japanese_list_of_customers(funnels, owner):
    text = """顧客番号,氏名,フリガナ,会社名,電話番号,メールアドレス,登録日,担当者,紹介元,備考
0001,山田 太郎,ヤマダ タロウ,株式会社山田,090-1234-5678,taro@yamada.co.jp,2026/01/05,Ada,紹介,
0002,鈴木 花子,スズキ ハナコ,,080-1111-2222,hanako@suzuki.jp,2026年1月12日,,Instagram,"メール
不可"
"""
    take_in(owner, {"顧客名簿.csv": text.encode("cp932")})
    taro = Contact.objects.get(name="山田 太郎")
    assert (taro.key, taro.company.name, taro.owner, taro.path) == ("0001", "株式会社山田", owner, "referral")
    assert addresses("山田 太郎") == {"taro@yamada.co.jp", "090-1234-5678"}
    assert ("recorded", "2026-01-12") in told("鈴木 花子")


def test_a_turkish_list_of_offers(funnels, owner):
    text = """Müşteri Adı;Firma;Telefon;E-posta;Kaynak;İlk Görüşme Tarihi;Teklif Tarihi;Teklif Tutarı;Durum;Karar Tarihi;Sorumlu
Ayşe Yıldız;Yıldız Ltd.;0532 111 22 33;ayse@yildiz.com.tr;Tavsiye;05.01.2026;10.01.2026;25.000,00 TL;Kazanıldı;15.01.2026;Ada
Mehmet Öz;Öz A.Ş.;0533 222 33 44;mehmet@oz.com.tr;Web sitesi;07.01.2026;12.01.2026;18.500,00 TL;Kaybedildi;20.01.2026;Ada
"""
    take_in(owner, {"müşteriler.csv": text})
    assert ("bought", "2026-01-15", (2500000, "TRY")) in told("Ayşe Yıldız")
    assert ("proposed", "2026-01-10") in told("Ayşe Yıldız")
    assert ("lost", "2026-01-20") in told("Mehmet Öz")
    assert Contact.objects.get(name="Mehmet Öz").path == "website"


def test_a_polish_list_of_offers(funnels, owner):
    text = """Lp.;Firma;Osoba kontaktowa;Telefon;E-mail;Źródło;Data kontaktu;Oferta wysłana;Wartość oferty netto;Status;Data decyzji;Uwagi
1;Alfa Sp. z o.o.;Jan Kowalski;+48 601 111 222;jan@alfa.pl;Polecenie;05.01.2026;12.01.2026;12 500,00 zł;Wygrana;20.01.2026;
2;Beta S.A.;Ewa Nowak;602 333 444;ewa@beta.pl;Strona WWW;07.01.2026;15.01.2026;8 000,00 zł;Przegrana;25.01.2026;za drogo
"""
    take_in(owner, {"klienci.csv": text})
    assert ("bought", "2026-01-20", (1250000, "PLN")) in told("Jan Kowalski")
    assert ("lost", "2026-01-25") in told("Ewa Nowak")
    assert Contact.objects.get(name="Jan Kowalski").company.name == "Alfa Sp. z o.o."


def test_a_portuguese_list_of_offers(funnels, owner):
    text = """Nome;Telemóvel;E-mail;Empresa;Origem;Data do primeiro contacto;Orçamento enviado em;Valor do orçamento;Situação;Data de fecho
João Gonçalves;+351 912 345 678;joao@g.pt;Gonçalves Lda;Indicação;05/01/2026;08/01/2026;1.500,00 €;Ganho;15/01/2026
Inês Simões;+351 913 000 111;ines@s.pt;;Instagram;06/01/2026;10/01/2026;800,00 €;Perdido;20/01/2026
"""
    take_in(owner, {"clientes.csv": text})
    assert ("bought", "2026-01-15", (150000, "EUR")) in told("João Gonçalves")
    assert ("recorded", "2026-01-05") in told("João Gonçalves")
    assert addresses("Inês Simões") == {"ines@s.pt", "+351 913 000 111"}


def test_a_french_list_of_an_estate_agent(funnels, owner):
    text = """N° dossier;Civilité;Nom;Prénom;Tél. portable;Courriel;Budget max;Date 1er contact;Date visite;Origine;Négociateur;Statut;Date compromis
D-221;Mme;LEFÈVRE;Anaïs;06 12 34 56 78;anais.lefevre@free.fr;320 000 €;05/01/2026;12/01/2026;Leboncoin;Ada;Visite effectuée;
D-223;M.;DA SILVA;Théo;+33 7 11 22 33 44;dasilva@orange.fr;280 000 €;02/12/2025;10/12/2025;Vitrine;Ada;Vendu;20/01/2026
"""
    take_in(owner, {"acquéreurs.csv": text.encode("cp1252")})
    assert told("Anaïs LEFÈVRE") == [("recorded", "2026-01-05"), ("had_meeting", "2026-01-12")]
    assert told("Théo DA SILVA")[-1] == ("bought", "2026-01-20")
    assert addresses("Anaïs LEFÈVRE") == {"anais.lefevre@free.fr", "06 12 34 56 78"}


def test_a_spanish_list_of_patients_says_who_wants_no_letters(funnels, owner):
    text = """Nº Historia;Apellidos;Nombre;Móvil;Correo;Fecha alta;Última visita;Próxima cita;Cómo nos conoció;No enviar publicidad
1001;García López;María;600 111 222;maria.gl@gmail.com;10/01/2026;20/02/2026;15/03/2026;Google;No
1002;Pérez Ruiz;Juan;611222333;;12/01/2026;12/01/2026;;Recomendación de un amigo;Sí
"""
    take_in(owner, {"pacientes.csv": text})
    assert opted_out() == {"Juan Pérez Ruiz"}
    juan = Contact.objects.get(name="Juan Pérez Ruiz")
    assert (juan.key, juan.path) == ("1002", "referral")
    assert ("visited", "2026-02-20") in told("María García López")


def test_a_dutch_list_of_gifts_keeps_what_stands_between_the_names(funnels, owner):
    text = """Relatienr.;Aanhef;Voornaam;Tussenvoegsel;Achternaam;E-mailadres;Telefoonnr.;Datum gift;Bedrag;Machtiging
5001;Dhr.;Pieter;van der;Berg;p.vdberg@kpn.nl;06-12345678;05-01-2026;€ 50,00;nee
5002;Mevr.;Anneke;de;Vries;;0113-123456;12-01-2026;€ 10,00;ja
5001;Dhr.;Pieter;van der;Berg;p.vdberg@kpn.nl;06-12345678;12-02-2026;€ 25,00;nee
"""
    take_in(owner, {"donateurs.csv": text})
    assert told("Pieter van der Berg") == [
        ("bought", "2026-01-05", (5000, "EUR")),
        ("bought", "2026-02-12", (2500, "EUR")),
    ]
    assert Contact.objects.get(name="Anneke de Vries").key == "5002"


def test_an_italian_list_of_pupils_has_the_day_first_as_its_amounts_tell(funnels, owner):
    text = """Cognome e nome;Data di nascita;Cellulare;E-mail;Corso;Quota annuale;Data iscrizione
Rossi Marco;12/03/2015;333 1234567;paola.rossi@libero.it;Inglese A1;€ 480,00;10/09/2025
Bianchi Giulia;01/07/2014;347 7654321;annaverdi@gmail.com;Inglese A2;€ 520,00;12/09/2025
Totale;;;;;€ 1.000,00;
"""
    take_in(owner, {"iscrizioni.csv": text})
    assert told("Rossi Marco") == [("registered", "2025-09-10")]
    assert Contact.objects.count() == 2


def test_dates_possible_both_ways_are_asked_for_where_no_amount_tells(funnels, owner):
    from leadline.engine.importers import Mapping
    from leadline.web.actions.importing import proposals, uploads
    from tests.web.conftest import NOW
    from tests.web.importing.conftest import upload

    text = "name,email,created,amount\nAnn,ann@x.org,10/09/2025,480.00\nBob,bob@x.org,12/09/2025,520.00\n"
    folder, kept = uploads.keep([upload("list.csv", text)])
    assert proposals.look(owner, folder, kept, Mapping(), NOW)["dates"]


def test_members_of_a_gym_pay_by_the_month(funnels, owner):
    text = """FitPoint Köln e.K.;;;;;;;;
Stand: 28.02.2026;;;;;;;;
;;;;;;;;
Nr;Anrede;Nachname;Vorname;Geb.-Datum;E-Mail;Tarif;Beitrag/Monat;Eintritt;Austritt
101;Hr.;Yılmaz;Emre;03.04.1990;emre.y@gmx.de;Premium;39,90 €;01.03.2024;
102;Fr.;Schäfer;Lena;12.12.1985;lena.schaefer@web.de;Basic;24,90 €;15.09.2023;31.08.2025
Gesamt: 2;;;;;;;64,80 €;;
"""
    take_in(owner, {"Mitglieder.csv": text})
    assert told("Emre Yılmaz") == [("bought", "2024-03-01", (3990, "EUR"))]
    assert told("Lena Schäfer") == [("bought", "2023-09-15", (2490, "EUR")), ("churned", "2025-08-31")]


def test_a_cell_longer_than_the_beginning_of_a_file_keeps_nobody_out(funnels, owner):
    text = (
        f'name,email,created,note\nAnn,ann@x.org,2026-01-05,"{"x" * 600_000}"\nBob,bob@x.org,2026-01-06,ok\n'
    )
    record = take_in(owner, {"list.csv": text})
    assert record.state == "done", record.error
    assert set(Contact.objects.values_list("name", flat=True)) == {"Ann", "Bob"}
