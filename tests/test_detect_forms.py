"""Each house style and tradition of writing names is found, and its near misses stay readable."""

import pytest

from dropbox.export import lexicon
from dropbox.export.detect import detect
from dropbox.export.span import MASKED


def left(text: str) -> str:
    """Return the text with a dot for each masked letter or digit."""
    signs = list(text)
    for span in detect(text, lexicon.load()).spans:
        if span.label in MASKED:
            for at in range(span.start, span.end):
                signs[at] = "." if signs[at].isalnum() else signs[at]
    return "".join(signs)


def shown(text: str) -> tuple[str, str]:
    """Return a text without its braces, and the same with what stood in them dotted."""
    hidden = []
    within = False
    for sign in text:
        within = sign == "{" or (within and sign != "}")
        hidden.append("." if within and sign.isalnum() else sign)
    bare = text.replace("{", "").replace("}", "")
    return bare, "".join(hidden).replace("{", "").replace("}", "")


INITIALS = [
    "actie: {JdB} stuurt het verslag rond",
    "Actie: {HB}, {KT} en {MvL} bellen de bedrijfsarts.",
    "Het stuk is nagekeken door afdelingshoofd {RK} en teruggestuurd.",
    "Aanwezig was verder {J-P}, die niets zei.",
    "Afwezig: {R. Kromo} en {Emre Ş.}",
    "Dat zei {J. van Zuilen v. N.} in de gang.",
    "Mevrouw {van der M.} zei niets, {S. el O.} ook niet, {Bert vD} wel.",
    "{HK} zegt dat het klopt. Volgens {JP} niet.",
    "volgens mevr {b. jansen} en dhr {k.} was het anders",
    "{A.M. in 't Woud} tekende, {T. Mooij jr.} ook.",
    "De heer {Op den Kelder, W.} was er niet.",
    "Ze spelde het: {O-K-A-F-O-R}, met een k.",
    "Het voorstel van {Rozen v.d. Laan} ging niet door.",
]
FULL = [
    "{Wil de Boer} heeft mij gebeld.",
    "{Grace Hoop} told me to leave.",
    "{Sam Stil} zei niets.",
    "{Li Na} werkt hier drie jaar.",
    "{Mei Ling} zei dat het klopt.",
    "Collega {Sunday Oliseh} werd uitgelachen.",
    "Ik sprak {Loes Vrijdag} gisteren. Daarna werd {Vrijdag} boos.",
    "Dat zegt {Van Wessem} elke keer.",
    "Het dossier van {Jacobien van Zuilen van Nijevelt} is weg.",
    "Ik sprak {Maria de Fátima Lopes} en {Ine Groen in 't Woud}.",
    "Wij tekenen allen,\nHendrik Sahetapy\n{Will Grace}\n{Ans Hoop}",
    "Mijn man heet op het werk nu '{Zab}', want zijn naam vinden ze te lang.",
    "Alleen {Zé} zei: hou op.",
]
CHAT = [
    "fleur v b: heb je het gehoord\n{djamila r}: ja, net",
    "ik stuur het door naar onur, {shar} en hicham",
    "anita kok zei dat\nnee joh, dat was {kok} en niet piet",
    "{marja keizer} heeft dat gezegd, en {mark jansen} ook",
    "volgens {bos} was het een grap",
    "aanwezig: {roos}, {bos} en {storm}",
]
# each of a tradition, in a place where no capital or no list helps by itself
TRADITIONS = [
    ("Chinese", "gisteren zei {li wei} dat ze stopt, en {xiao ling} ook"),
    ("Hong Kong", "Met {Ng Siu Kei} en {Ka Yan Lam} is niets afgesproken."),
    ("Korean", "Ik sprak {Park Ji-woo} en {Kim Min-jun} in de hal."),
    ("Vietnamese", "{Nguyen Thi Thu Ha} en {Ly Huu Phuoc} waren er."),
    ("Hebrew", "{Tal} en {Nir} gingen naar {Rivka Ben-Ami} en {Noa Bar-On}."),
    ("Portuguese Jewish", "Mevrouw {Lopes Cardozo} sprak met {Teixeira de Mattos}."),
    ("Cape Verdean", "{Nha Bia}, {Djony} en {Titina} uit {Évora Lima} haar team."),
    ("Igbo and Yoruba", "{Chukwuemeka Odumegwu}, {Ugo} en {Segun Adebayo-Bakare} zwegen."),
    ("Hausa and Edo", "mevrouw {danjuma} belde met {osaze} en {efosa}"),
    ("Polish", "{kasia} en {gosia} van de was lachten om {pawel}"),
    ("Polish words", "{Kamil Król}, {Ewa Lis} en {Jan Baran} tekenden."),
    ("Frisian", "{sietske} en {tjibbe} van de loods weten ervan"),
    ("Surinamese words", "{Guno Tevreden} en {Ruth Nooitrust} zijn overgeslagen."),
    ("Ghanaian day names", "{kwabena} en {akosua} zijn naar huis gestuurd"),
    ("Tigrinya and Somali", "{selamawit} en {fadumo} kregen geen rooster"),
    ("Kurdish", "{berivan} en {rojda} hebben het gehoord"),
    ("Ukrainian", "{oleksandr} en {svitlana} mochten niet mee"),
    ("Hungarian", "{ildikó} en {zsuzsa} werden uitgelachen"),
    ("Tamil and Punjabi", "{janani} en {gurpreet} kregen de schuld"),
    ("Armenian", "{hripsime} en {hakob} mochten niet bidden"),
]


SHORT = [
    "{Tw.} is vandaag ziek, {Jb.} vervangt haar.",
    "Ze wil niet praten met {Wo.}; dat snap ik.",
    "{L.v.O.} sprak met {K.v.d.M.} over het rooster.",
    "Beklaagde: {De W., P.J.}",
    "De klacht is van mr. {R.S. de Graeff tot Zandwijk}.",
    "Ik geloof dat hij {In 't Hout} heet, of {Op den Akker}.",
    "Mijn chef ({G.}) en {Van den H.} lachten.",
    "Dat was het.\n\nGrt. {T.}",
    "{R.}: dat klopt niet\n{S.}: jawel",
    "{B} zei dat het mocht, {G} riep van niet.",
    "Aanwezig: {SB}, {KW}, {DR} en {TH} (vz)\nPunt 2: {KW} zoekt een zaal.",
    "aanwezig: {fk}, {lw}",
    "Kunt u {Wens} vragen of zij ook komt?",
    "Ask {Lies} at the desk, I gave it to {Lies} today.",
    "Volgens {PJM} is het zo afgesproken.",
    "{Abdel K.} en {Abdel R.} zijn twee mensen.",
    "Zie brief_{GW}_2.pdf in de map.",
]
SPOKEN = [
    "want {tk} zit de hele dag tegenover me",
    "ik had het met {fp} over de planning",
    "daar gaat {mvdl} over, zegt {rw}",
    "{q}: ben je er\n{lot}: ja\n{q}: mooi\n{lot}: hoezo\n{q}: zomaar",
    "{hoop} 09:01\nik hoop dat het lukt\n{daan} 09:02\nik ook\n{hoop} 09:03\nok",
    "{hoop} 10:01\nhoi\n{daan} 10:02\nik hoop dat het voor {hoop} meevalt\n{hoop} 10:03\nja",
    "{wens} 10:01\nhoi\n{daan} 10:02\ndat is een wens\n{wens} 10:03\nja",
    "{bas}: ik bel zo\n{joke}: heb je {bas} nog gesproken, was {bas} boos",
    "weet je wie {jip} (de stagiair) heeft aangenomen",
    "volgens mij weet {v dam} het en {rob v d berg} ook",
    "heeft iemand {roos} gezien of zit ze bij {wil} boven",
]


@pytest.mark.parametrize("text", SHORT)
def test_short_names_are_found_where_persons_stand(text: str) -> None:
    """Two letters, a first name cut by a point or the half of a surname name a person as well."""
    bare, hidden = shown(text)
    assert_hidden(bare, hidden)


@pytest.mark.parametrize("text", SPOKEN)
def test_short_names_in_chat_are_found(text: str) -> None:
    """Letters that speak or are spoken of are a person, and stay one in the rest of the chat."""
    bare, hidden = shown(text)
    assert_hidden(bare, hidden)


@pytest.mark.parametrize(
    "text",
    [
        "Het verbruik is 12 KW en de zaak loopt bij de OR.",
        "Antw. op de vraag, zie Betr. hierboven en blz. 3.",
        "Uitkomst: niets.\nFout: de datum.\nUitkomst: ook niets.\nUitkomst: iets.",
        "Vraag: mag dat?\nAntwoord: nee.\nVraag: waarom?\nAntwoord: daarom.",
        "U zei dat het mocht en ik wil dat graag zwart op wit.",
        "ik hoop dat je wil komen, ik wil wel en we zien wel",
        "ff wachten, ik app je zo, bel anders de balie van de afd",
        "A. de eerste mogelijkheid\nB. de tweede mogelijkheid",
    ],
)
def test_what_is_short_and_no_name_stays(text: str) -> None:
    """Measures, headings, questions, abbreviations and chat stay readable."""
    assert left(text) == text


@pytest.mark.parametrize("text", INITIALS)
def test_initials_are_found_in_house_styles(text: str) -> None:
    """Who is named by letters alone is named."""
    bare, hidden = shown(text)
    assert_hidden(bare, hidden)


@pytest.mark.parametrize("text", FULL)
def test_no_part_of_a_full_name_stays(text: str) -> None:
    """A word that is also a name, beside a name, is the rest of it."""
    bare, hidden = shown(text)
    assert_hidden(bare, hidden)


@pytest.mark.parametrize("text", CHAT)
def test_names_in_chat_are_found(text: str) -> None:
    """Speakers, lists and surnames without capitals stand where persons stand."""
    bare, hidden = shown(text)
    assert_hidden(bare, hidden)


@pytest.mark.parametrize(("tradition", "text"), TRADITIONS)
def test_names_of_each_tradition_are_found(tradition: str, text: str) -> None:
    """Nobody is less protected for where their name comes from."""
    bare, hidden = shown(text)
    assert_hidden(bare, hidden, tradition)


def assert_hidden(bare: str, hidden: str, tradition: str = "") -> None:
    """Assert that every letter that is hidden in ``hidden`` is masked in ``bare``."""
    found = left(bare)
    seen = [sign for sign, want in zip(found, hidden, strict=True) if want == "." != sign]
    assert not seen, (tradition, found)


@pytest.mark.parametrize(
    "text",
    [
        "De vergadering is in zaal Anne Frank, niet in room Spinoza.",
        "De vergaderzalen Aletta Jacobs, Multatuli en Desmond Tutu zijn bezet.",
        "De motie-Van der Linden en de Johannes Vermeer-regeling zijn aangenomen.",
        "Aan de Bos en Lommerweg, in het Huis van de Wijk, is een spreekuur.",
        "Rondvraag: niets.\nVervolgstap: een gesprek op de afdeling.\nSamenvatting: zie boven.",
        "De manager HR en de adviseur ICT waren het eens met de OR.",
        "Op 9 nov en op 2 jan was de kantine dicht, ma en di ook.",
        "Actie: OR en HR overleggen met de GGD over bijlage A-B.",
        "In de zaal zei niemand iets over het rooster van de werf.",
        "De Partij voor de Dieren stelde vragen over de Wet Bibob.",
        "ik ben er klaar mee en ga morgen naar het bos",
        "we zitten in mei weer in de grote zaal op de derde",
    ],
)
def test_things_called_after_people_stay(text: str) -> None:
    """Rooms, motions, streets, units and dates name nobody."""
    assert left(text) == text


@pytest.mark.parametrize(
    "text",
    [
        "Gisteren heb ik {JP} gesproken.",
        "Toen ging {Seb. Haarsma} naar huis.",
        "Op de lijst staat {Vries, de, Ineke} bovenaan.",
        "Ik zag {Jan van Wassenaer van Catwijck} binnenkomen.",
        "We spraken {Dov ha Levi} daar.",
        "Ze zag {Lea bat Sara} daar.",
        "Toen kwam {An-Sofie} binnen.",
        "De OR, het MT en team XQ weten ervan via HR.",
        "Het bestand van 5 GB staat op een SD kaart.",
        "werd door iedereen gezien, is in orde, was om twee uur klaar",
    ],
)
def test_short_and_parted_forms(text: str) -> None:
    """Two capitals without a cue, cut first names, parted surnames and rare particles."""
    bare, hidden = shown(text)
    assert_hidden(bare, hidden)
    assert "{" in text or left(text) == text


@pytest.mark.parametrize(
    "text",
    [
        "Aanwezig: melder ({Otto Pieters}). {OP} vraagt of het klopt, daarna belt {OP} terug.",
        "{Hilde Moerman} was er. He said that {HM} knows it.",
        "Met {Mirjam Sol} en {Ali Noor} besproken. Volgens {AN} is het waar.",
        "Actie: {vdB} zoekt een zaal en {dK} regelt de koffie.",
        "Toen belde ik. {Bo}'s zus nam op. {Mei} en {Storm} ruimen op.",
        "- {Zé} dos Anjos kookt\n- {Jé} zei dat het kan",
        "de chef zegt dat tegen {rosa de lurdes} en zij huilt",
        "Ik sprak {Frederik van Hoorn tot Lindenhof} en later {Van Hoorn tot Lindenhof} weer.",
        "fenna: is {wil} al binnen\nomar: {wil} heeft gebeld\nfenna: ik wil dat ook",
        "dorothea: kom je nog\nkamiel: ja hoor {dor}! tot zo\ndorothea: ok {kam}",
    ],
)
def test_rare_forms_of_a_name_are_found(text: str) -> None:
    """Initials that mean something else, accents, estates, and what friends call each other."""
    bare, hidden = shown(text)
    assert_hidden(bare, hidden)


@pytest.mark.parametrize(
    "text",
    [
        "Wat NA het gesprek kwam, weet ik niet. De OP vraagt om uitleg.",
        "Het geluid is 60 dB en de spanning 230 mV.",
        "Auto's en foto's. Radio's ook.",
        "Mei en juni zijn druk. Zaterdag en zondag ook.",
        "ik wil dat wel, wie wil kan mee en als je wil is er koffie",
        "Dít klopt niet. Zíj weten het.",
    ],
)
def test_what_looks_like_a_rare_form_stays(text: str) -> None:
    """Stress, measures, plurals, months and verbs name nobody."""
    assert left(text) == text
