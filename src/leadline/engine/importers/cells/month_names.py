"""Dates that are written with the name of a month or of a weekday, told in numbers."""

from __future__ import annotations

import re
from functools import lru_cache

PIVOT = 69
"""Years of two digits from here on are of the 1900s, those below of the 2000s (as POSIX has it)."""

_NAMES = """
january jan januar jänner janvier janv enero ene gennaio gen janeiro januari tammikuuta tammikuu tammi
stycznia styczeń sty ledna leden led januára január ianuarie ian ocak oca gener ιανουαρίου ιανουάριοσ
ιαν января январь янв січня січень січ

february feb februar février fevrier févr fevr fév febrero febbraio fevereiro fev februari helmikuuta
helmikuu helmi lutego luty lut února únor úno februára február febr februarie şubat şub febrer
φεβρουαρίου φεβρουάριοσ φεβ февраля февраль февр лютого лютий лют

march mar märz maerz mär mrz mars marzo março marco maart mrt marts maaliskuuta maaliskuu maalis marca
marzec března březen bře marec március márc martie mart maret març μαρτίου μάρτιοσ μαρ μάρ марта март
мар березня березень бер

april apr avril avr abril abr aprile huhtikuuta huhtikuu huhti kwietnia kwiecień kwi dubna duben dub
apríla apríl április ápr aprilie nisan nis απριλίου απρίλιοσ απρ апреля апрель апр квітня квітень квіт

may mai mayo maggio mag maio mei maj toukokuuta toukokuu touko maja května květen kvě mája máj május
mayıs maig μαΐου μάιοσ μαΐ μάι мая май травня травень трав

june jun juni juin junio giugno giu junho kesäkuuta kesäkuu kesä czerwca czerwiec cze června červen čvn
júna jún június iunie iun haziran haz juny ιουνίου ιούνιοσ ιουν ιούν июня июнь июн червня червень черв

july jul juli juillet juil julio luglio lug julho heinäkuuta heinäkuu heinä lipca lipiec lip července
červenec čvc júla júl július iulie iul temmuz tem juliol ιουλίου ιούλιοσ ιουλ ιούλ июля июль июл липня
липень лип

august aug août aout agosto ago augustus augusti elokuuta elokuu elo sierpnia sierpień sie srpna srpen
srp augusta augusztus ağustos ağu agustus agu agost αυγούστου αύγουστοσ αυγ αύγ августа август авг
серпня серпень серп

september sep sept septembre septiembre setiembre settembre set setembro syyskuuta syyskuu syys września
wrzesień wrz září zář septembra szeptember szept septembrie eylül eyl setembre σεπτεμβρίου σεπτέμβριοσ
σεπ сентября сентябрь сент вересня вересень вер

october oct oktober okt octobre octubre ottobre ott outubro out lokakuuta lokakuu loka października
październik paź října říjen říj októbra október octombrie ekim eki οκτωβρίου οκτώβριοσ οκτ октября
октябрь окт жовтня жовтень жовт

november nov novembre noviembre novembro marraskuuta marraskuu marras listopada listopad lis listopadu
novembra noiembrie kasım kas νοεμβρίου νοέμβριοσ νοε νοέ ноября ноябрь нояб листопада листопад лист

december dec dezember dez décembre decembre déc diciembre dic dicembre dezembro desember des joulukuuta
joulukuu joulu grudnia grudzień gru prosince prosinec pro decembra decembrie aralık ara desembre
δεκεμβρίου δεκέμβριοσ δεκ декабря декабрь дек грудня грудень груд
"""
MONTHS = {name: month for month, names in enumerate(_NAMES.split("\n\n"), 1) for name in names.split()}
"""Names and short names of months, in small letters, as CLDR has them in 21 languages, and their numbers.

Croatian is not among them: its “listopad” is October, and November in Polish and Czech.
"""

_WEEKDAYS = (
    "mon tue tues wed thu thur thurs fri sat sun monday tuesday wednesday thursday friday saturday sunday "
    "mo di mi do fr sa so montag dienstag mittwoch donnerstag freitag samstag sonnabend sonntag "
    "lun mar mer jeu ven sam dim lundi mardi mercredi jeudi vendredi samedi dimanche "
    "gio sab dom lunedì martedì mercoledì giovedì venerdì sabato domenica "
    "mié jue vie sáb lunes martes miércoles jueves viernes sábado domingo "
    "seg ter qua qui sex segunda-feira terça-feira quarta-feira quinta-feira sexta-feira "
    "zondag maandag dinsdag woensdag donderdag vrijdag zaterdag zo ma wo vr za söndag måndag tisdag "
    "onsdag torsdag fredag lördag sön mån tis ons tors fre lör søndag mandag tirsdag lørdag søn man tirs "
    "lør tir tor sunnuntai maanantaina tiistaina keskiviikkona torstaina perjantaina lauantaina maanantai "
    "tiistai keskiviikko torstai perjantai lauantai su ti ke pe la niedziela poniedziałek wtorek środa "
    "czwartek piątek sobota niedz pon wt śr czw pt sob neděle pondělí úterý středa čtvrtek pátek ne po út "
    "st čt pá nedeľa pondelok utorok streda štvrtok piatok ut št pi vasárnap hétfő kedd szerda csütörtök "
    "péntek szombat sze szo duminică luni marți miercuri joi vineri sâmbătă dum mie vin sâm "
    "pazar pazartesi salı çarşamba perşembe cuma cumartesi paz pzt sal çar cum cmt minggu senin "
    "selasa rabu kamis jumat sabtu min sen sel rab kam jum diumenge dilluns dimarts dimecres dijous "
    "divendres dissabte dg dl dt dc dj dv ds κυριακή δευτέρα τρίτη τετάρτη πέμπτη παρασκευή σάββατο κυρ "
    "δευ τρί τετ πέμ παρ σάβ воскресенье понедельник вторник среда четверг пятница суббота вс пн вт ср чт "
    "пт сб неділя понеділок вівторок середа четвер пʼятниця субота нд"
)
_WEEKDAY = re.compile(rf"(?:{'|'.join(_WEEKDAYS.split())})\.?,? +", re.IGNORECASE)
_DAY = r"(?P<day>\d{1,2})(?:st|nd|rd|th|er|º|°|\.)?"
_MONTH = r"(?P<month>[^\W\d_]{3,})\.?"
_YEAR = r"'?(?P<year>\d{4}|\d{2})"
_OF = r"(?:(?:de|del|of|di) )?"
_GAP = rf"(?:[ ,/.-]+{_OF}|(?<=\d)(?=[^\W\d])|(?<=[^\W\d])(?=\d))"
_WAYS = [
    re.compile(way, re.IGNORECASE)
    for way in (
        _DAY + _GAP + _MONTH + _GAP + _YEAR,
        _MONTH + _GAP + _DAY + r"[ ,/.-]+" + _YEAR,
        r"(?P<year>\d{4})" + _GAP + _MONTH + _GAP + _DAY,
        _MONTH + rf"(?:[ ,/.-]+{_OF}(?P<year>\d{{4}})|(?:-| ?')(?P<short>\d\d))",
    )
]
_TIME = re.compile(r"(.*?)(?:[ ,T]| at | um | à )+(\d{1,2}:[^(\[]*)(?:[(\[].*)?", re.IGNORECASE)


def expand_year(year: int) -> int:
    """The year that two digits stand for; a longer year as it is."""
    return year if year >= 100 else year + (2000 if year < PIVOT else 1900)


_EASTERN = re.compile(r"(\d{4}) ?[年년] ?(\d{1,2}) ?[月월] ?(\d{1,2}) ?[日일]")
"""Year, month and day as they are written in East Asia."""


def spell_out(text: str) -> str:
    """A date with names as year-month-day, its time after it; any other text without weekday and odd spaces.

    Month and year alone are the first day of that month; of a span (`5 May 2026 → 7 May 2026`) the first
    day counts.
    """
    text = _EASTERN.sub(r"\1-\2-\3 ", " ".join(text.split()).split(" → ")[0]).strip()
    timed = _TIME.fullmatch(text)
    return f"{_spell_day(timed[1])} {timed[2].strip()}" if timed else _spell_day(text)


@lru_cache(maxsize=1 << 16)
def _spell_day(text: str) -> str:
    bare = _WEEKDAY.sub("", text, count=1)
    for candidate in dict.fromkeys((text, bare)):
        for way in _WAYS:
            found = way.fullmatch(candidate)
            parts = found.groupdict() if found else {}
            month = MONTHS.get((parts.get("month") or "").casefold())
            if month:
                year = expand_year(int(parts["year"] or parts["short"]))
                return f"{year:04}-{month:02}-{int(parts.get('day') or 1):02}"
    return bare
