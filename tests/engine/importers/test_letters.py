"""The code page of a list is found from its letters; where they don't prove it, that is said."""

from __future__ import annotations

from random import Random

import pytest

from leadline.engine.errors import BadFile
from leadline.engine.importers.reading.tables import read_table

POLISH = "Łukasz Wójcik|Gdańsk|Małgorzata Dąbrowska|Łódź|Paweł Święcicki|Częstochowa|Grażyna Żak|Poznań"
CZECH = "Jiří Dvořák|Plzeň|Kateřina Růžičková|Ústí nad Labem|Zdeněk Kučera|České Budějovice|Lukáš Němec|Děčín"
HUNGARIAN = "Szőke Győző|Győr|Erdős Előd|Hódmezővásárhely|Fűzfői Gergő|Mezőkövesd|Kőműves Ernő|Tűzkő"
RUSSIAN = "Анна Иванова|Москва|Сергей Кузнецов|Тверь|Ольга Смирнова|Нижний Новгород|Юрий Щукин|Ярославль"
UKRAINIAN = "Лілія Коваль|Київ|Андрій Шевченко|Львів|Їжак Юлія|Чернігів|Євген Мельник|Запоріжжя"
GREEK = "Γιώργος Παπαδόπουλος|Αθήνα|Ελένη Νικολάου|Θεσσαλονίκη|Κώστας Δημητρίου|Πάτρα|Άννα Ιωάννου|Ηράκλειο"
TURKISH = "Ayşe Yılmaz|İstanbul|Çağlar Güneş|Eskişehir|İbrahim Şahin|Diyarbakır|Doğan Işık|Muğla"
HEBREW = "משה כהן|תל אביב|שרה לוי|ירושלים|יוסף מזרחי|חיפה|רחל פרידמן|באר שבע"
ARABIC = "محمد العلي|الرياض|فاطمة الزهراء|جدة|عبد الله الحربي|مكة المكرمة|نورة القحطاني|الدمام"
CHINESE = "王小明|上海市|李建国|广州市|张秀英|成都市|刘德华|杭州市"
TAIWANESE = "陳志明|臺北市|林淑芬|高雄市|黃俊傑|臺中市|張雅婷|新竹縣"
KOREAN = "김민준|서울특별시|이서연|부산광역시|박지훈|대구광역시|최수빈|인천광역시"
JAPANESE = "山田太郎|東京都|鈴木花子|大阪市|佐藤健一|横浜市|高橋美咲|名古屋市"
GERMAN = "Jürgen Müller|Köln|Käthe Größmann|Düsseldorf|Günther Schäfer|Nürnberg|Björn Weiß|Würzburg"
FRENCH = "Zoë Lefèvre|Orléans|Benoît Français|Besançon|Hélène Châtel|Nîmes|Gérard Bérenger|Sète"

LISTS = [
    *((POLISH, codec) for codec in ("cp1250", "iso8859-2", "cp852")),
    *((CZECH, codec) for codec in ("cp1250", "iso8859-2")),
    *((HUNGARIAN, codec) for codec in ("cp1250", "iso8859-2")),
    *((RUSSIAN, codec) for codec in ("cp1251", "koi8-r", "cp866")),
    *((UKRAINIAN, codec) for codec in ("cp1251", "koi8-u")),
    *((GREEK, codec) for codec in ("cp1253", "iso8859-7")),
    (TURKISH, "cp1254"),
    (HEBREW, "cp1255"),
    (ARABIC, "cp1256"),
    *((CHINESE, codec) for codec in ("gbk", "gb18030")),
    *((TAIWANESE, codec) for codec in ("big5", "cp950")),
    *((KOREAN, codec) for codec in ("euc_kr", "cp949")),
    *((JAPANESE, codec) for codec in ("euc_jp", "cp932")),
    *((GERMAN, codec) for codec in ("cp1252", "latin-1", "cp850", "mac_roman")),
    *((FRENCH, codec) for codec in ("cp1252", "latin-1", "cp850", "mac_roman")),
]


def export(words, times=1):
    """A list of people as a CRM exports it, in which only names and towns have other letters."""
    names, towns = words.split("|")[::2], words.split("|")[1::2]
    rows = [
        f"{1000 + number},{name},user{number}@example.com,{town},Won,2026-01-15"
        for number, (name, town) in enumerate(zip(names * times, towns * times, strict=True))
    ]
    return "\r\n".join(["ID,Name,Email,City,Stage,Created", *rows, ""])


def read(path, content):
    path.write_bytes(content)
    [table] = read_table(path)
    return table


@pytest.mark.parametrize(("words", "codec"), LISTS)
def test_names_and_towns_are_read_as_they_were_written(tmp_path, words, codec):
    table = read(tmp_path / "people.csv", export(words).encode(codec))
    assert table.columns["Name"].values() == words.split("|")[::2]
    assert table.columns["City"].values() == words.split("|")[1::2]


def test_letters_far_down_in_a_file_are_read(tmp_path):
    plain = b"".join(b"%d,Ann,a@example.com,York,Won,2026-01-15\r\n" % row for row in range(60_000))
    head, _, rows = export(POLISH).encode("cp1250").partition(b"\r\n")
    table = read(tmp_path / "x.csv", head + b"\r\n" + plain + rows)
    assert len(plain) > 2 << 20
    assert table.columns["Name"].values()[-4:] == POLISH.split("|")[::2]


@pytest.mark.parametrize(
    ("words", "codec"),
    [(RUSSIAN, "cp1251"), (GREEK, "cp1253"), (HEBREW, "cp1255"), (ARABIC, "cp1256"), (KOREAN, "cp949")],
)
def test_letters_of_another_alphabet_leave_no_doubt(tmp_path, words, codec):
    assert read(tmp_path / "x.csv", export(words).encode(codec)).doubts == []


def test_a_few_letters_that_other_code_pages_have_too_are_said_to_be_checked(tmp_path):
    table = read(tmp_path / "x.csv", "name\nJosé\nSeñora Núñez\n".encode("cp1252"))
    [doubt] = table.doubts
    assert table.columns["name"].values() == ["José", "Señora Núñez"]
    assert doubt == (
        "read as Windows-1252 (cp1252), which its letters don't prove: check “Señora Núñez”, and where they "
        "are wrong, save the file as “CSV UTF-8”"
    )
    assert doubt in table.notes


@pytest.mark.parametrize("text", ["José", "Müller", "£100", "20°C", "“so” – don’t", "€5", "3 m²", "½"])
def test_signs_and_letters_that_are_the_same_in_each_code_page_leave_no_doubt(tmp_path, text):
    table = read(tmp_path / "x.csv", f"name\n{text}\n".encode("cp1252"))
    assert table.columns["name"].values() == [text]
    assert table.doubts == []


def test_many_letters_leave_no_doubt(tmp_path):
    names = [f"{name} {place}" for name in POLISH.split("|")[::2] for place in range(40)]
    content = "\n".join(["name", *names, ""]).encode("cp1250")
    table = read(tmp_path / "x.csv", content)
    assert table.columns["name"].values() == names
    assert table.doubts == []


def test_surnames_that_are_utf8_by_chance_are_no_utf8(tmp_path):
    names = ["谢", "王小明", "李建国", "张秀英", "刘德华"]
    assert "谢".encode("gbk").decode("utf-8") == "л"
    table = read(tmp_path / "x.csv", "\n".join(["name", *names, ""]).encode("gbk"))
    assert table.columns["name"].values() == names


def test_text_in_an_encoding_that_is_not_known_is_refused(tmp_path):
    path = tmp_path / "x.csv"
    chance = Random(1)
    cells = [bytes(chance.randrange(0x80, 0x100) for _ in range(8)) for _ in range(50)]
    path.write_bytes(b"\n".join([b"name", *cells, b""]))
    with pytest.raises(BadFile, match=r"an encoding that isn't known.*UTF-8"):
        read_table(path)


def test_lines_that_end_as_on_the_old_mac_are_in_its_letters(tmp_path):
    content = "Name;Erstgespräch\rJürgen Groß;03.02.2026\rZoë Çelik;04.02.2026\r".encode("mac_roman")
    table = read(tmp_path / "x.csv", content)
    assert list(table.columns) == ["Name", "Erstgespräch"]
    assert table.columns["Name"].values() == ["Jürgen Groß", "Zoë Çelik"]
    assert table.doubts == []
