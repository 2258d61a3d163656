"""Direct identifiers in the spellings that people use, and numbers that lead to nobody."""

import time

import pytest

from dropbox.export.detect import contact

FOUND = {
    "e-mail": [
        "<jdevries at gmail com> is het",
        'mail me op <sanne de wit @ gmail.com> graag',
        'mijn mail is <piet klaver apenstaartje hotmail punt com> hoor',
        'reply to <k_boahen@proton.me>. Please do',
        "mail naar <p.devries82@kpnmail.nl> graag",
        "mijn adres: <sanne.kok @ hotmail.com>",
        "schrijf <jantje(at)planet(punt)nl> maar",
        "het is <r punt bakker apenstaartje outlook punt com> hoor",
        "stuur het naar <m.ozcan at gmail dot com> please",
        "mailadres is <lot_mulder77>, van gmail",
        "kan naar <w.vdberg@amsterdam> intern",
        "reply to <d.smith+work@council.org.uk> soon",
        "gescand: <k.jansen@amsterdam,nl> stond er",
        "<info.bakkerij [at] zaandam [dot] nl> is van hem",
        "op <fatma85 bij hotmail> bereik je me",
        "gebroken: <henk.postma@\nvoorbeeld.nl> dus",
        "naar <j . visser @ ziggo . nl> gemaild",
    ],
    "phone": [
        'appen op <6 1234 5678> graag',
        'bel maar, <6-12345678> zonder nul',
        'je telefoon eindigt op <..8812> zei hij',
        'mijn nummer is 06 wat en <4471> op het eind',
        'bestand IMG_<0612345678>_x.jpg',
        'tel. <O2O-55l 23 4O> in een scan',
        'Tel. huis: <552 44 12> na zes',
        "bel <06.41.52.63.74> even",
        "op <06/12 34 56 78> na vijf",
        "tel. <(020) 552 44 10> of",
        "+ buitenland: <+31 (0)6 2233 4455> ja",
        "nummer <0031 6 12 34 56 78> dus",
        "app <06 - 98 76 54 32> maar",
        "<+32 475 12 34 56> is haar Belgische nummer",
        "<0 6 1 2 3 4 5 6 7 8> stond er gespeld",
        "mobiel: <6 12345678> zonder nul",
        "afgebroken <06-12 34\n56 78> in de brief",
        "scan: <O6-1234 5678> met een letter",
        "<075-6 123 456> in Zaandam",
        "thuis <020‑6123456> bereikbaar",
        "<nul zes twaalf vierendertig zesenvijftig achtenzeventig> zei ze",
        "<06 twaalf vierendertig 56 78> half in woorden",
        "<zero six, one two three four, five six seven eight> on the tape",
        "<+44 7700 900 123> from London",
        "bel <4471234> dan",
    ],
    "extension": [
        "kort: tst<4471> of langskomen",
        'nummer volgens haar: toestel <4471>',
        "<toestel 4471> neemt op",
        "<tst. 230> of langskomen",
        "call me at <ext. 6612> today",
        "doorkiesnummer <5512> werkt",
        "bel intern <4471> als het moet",
    ],
    "BSN": [
        "lijst: bsn#<123456782> en verder",
        'moet ik mijn bsn geven? <1234 56 789>',
        'mijn bsn, zo staat het op de brief daar: <1234 56 782>',
        "bsn <1112.22.333> staat erop",
        "BSN-nr: <123 456 789>, dank",
        "sofinummer is <987654321> geloof ik",
        "burgerservicenummer van haar: <12 34 56 789>",
        "<111222333> stond op het briefje",
    ],
    "IBAN": [
        'op <NL 9l ABNA O417 1643 OO> gestort',
        "naar <nl91 abna 0417 1643 00> graag",
        "<NL 91 ABNA 0417164300> van hem",
        "<NL91-ABNA-0417-1643-00> met streepjes",
        "rekening <BE68 5390 0754 7034> in Gent",
        "<NL91ABNA04\n17164300> over twee regels",
        "<DE89370400440532013000> is Duits",
    ],
    "account": [
        "creditcard <4111 1111 2222 1111> gebruikt",
        "de code van mijn pas eindigt op <221>, zei hij",
        'the account ending in <4471> was used',
        "gironummer <1234567> bestaat nog",
        "rek.nr. <12.34.56.789> bij de bank",
        "bankrekening: <4512 33 981> van toen",
    ],
    "licence plate": [
        'auto met <M-AB 1234> uit Beieren',
        'een wagen, <HH-XY 482E>, stond dubbel',
        '<KLE-B 204> noteerde hij',
        '<1-ABC-234> is Belgisch',
        'Frans: <AB-123-CD> gezien',
        'auto in de garage van de flat, <xk482b>, stond',
        'scan: <7-KTD-O2> las ik',
        "de auto <GB-482-K> stond er",
        "kenteken <xk 482 b> is van hem",
        "een <12-ABC-3> reed weg",
        "busje met <8-kjd-41> erop",
        "kenteken is <99XXH4> denk ik",
        "hij reed <voertuig 214> die dag",
        "<wagen 07> stond klaar",
        "<AB-12-CD> en niets anders",
        "nummerplaat: <VXT-31-D> gezien",
    ],
    "personnel number": [
        "mijn nr bij HR is <448812> geloof ik",
        'wat is je personeelsnummer?\nkim: <4 48 21>',
        'medewerkers (pers.nr. <K4471>), Piet (<K5582>) en Jan (<K1190>)',
        'badge <77123> van Piet; later weer <77123> gezien',
        'bij personeel bekend als SAP <10022811>',
        'pn <44210> en pn <44211>',
        'personeelsnr. <1O4482> in de scan',
        "P-nr <104482> is van mij",
        "pnr <88213> staat op de lijst",
        "persnr. <P104482> klopt",
        "medew. nr <20-1187> dus",
        "SAP-nummer: <00417722> in het systeem",
        "inlognaam <jbakk01> gezien",
        "personeelsnummer is <1 2 3 4 5 6> zei hij",
        "badge <4471-B> kwijt",
        "mijn paspoortnummer: <NWR2L8KP3> voor de zekerheid",
        "rijbewijs nr. <5512348890> gekopieerd",
        "<104482> is mijn personeelsnummer",
        "staff no. <AB-2231> on file",
        "dienstnummer <70-133> droeg hij",
    ],
    "handle": [
        'bel of signal <wout.77>. Na acht uur',
        'Skype <live:henk.o> werkt',
        'op GitLab heet hij <wkramer-dev>.',
        "insta: <noortje.x99> volgt mij",
        "op snap heet ik <boefje_020> daar",
        "TikTok <@dansmetlot> filmde het",
        "Telegram: <kaya1988>, reageert snel",
        "Signal-naam is <stille.wateren7> dacht ik",
        "<rens_fietst> op Strava zag het",
        "account: <h.vries3> op het netwerk",
        "discord <piet#4412> online",
        "gebruikersnaam: <vdmeer-t2> ingelogd",
    ],
    "profile": [
        "<linkedin.com/in/piet-paulus> staat alles",
        "zie <linkedin punt com slash in slash pietpaulus>",
        "<www.facebook.com/lot.mulder> openbaar",
        "<https://x.com/lotmulder> meldt het",
        "<instagram.com/lot_m> ook",
    ],
    "address": [
        "op <Insulindeweg 401-B2> boven",
        "<Nieuwstraat 12 1381 BC Weesp> is het",
        'hij woont <plantage kerklaan 14> hoog',
        'kom naar <jan van galenstraat 112 hs> om zes uur',
        'op de <ferdinand bolstraat 9> gezien',
        'ze woont op de <lange leemstraat 4>',
        "<Plein '40-'45 12> is het",
        'aan <Plein 1940-1945 7-II> woont hij',
        'op <ligplaats 12> aan de steiger',
        '<standplaats 7 aan de Ringweg> woont hij',
        'I live at <14A Burgemeester Stramanweg>',
        'ik woon <Zeedijk, nr. 18> hoog',
        'adres: <Nassaukade nummer 210>',
        'Beller woont <Nassaukade, op 21 hs>.',
        'woont <Kerkstraat l4> hier',
        'thuis op <Noorder Ban 12-C>, ziek',
        '<Kerkstraat 18 bel 3> luidt ze',
        "woont <Kerkstraat 12> hoor",
        "hij woont op <Nes 12> boven",
        "aan de <Rokin 9-II> gezien",
        "thuis: <Damrak 12, 1012 LG Amsterdam> graag",
        "<Plantage Middenlaan 2> is het",
        "<'t Hoge Nest 4b> in Weesp",
        "ik woon op <Singel 14> zelf",
        "post naar <Gooioord 212> sturen",
        "ze woont op nummer <14 in de Lindenstraat> al lang",
        "<Eerste Helmersstraat 45-3> woont ze",
        "<Baarsjesweg 202 hs> beneden",
        "lives at <12 Rose Street> alone",
        "<tweede oosterparkstraat 31> in kleine letters",
        "<Admiraal de Ruijterweg 88A> boven de winkel",
        "<Dapperplein 5, kamer 3> onderhuur",
    ],
    "postcode": [
        '<1051 RN 22> is mijn adres',
        '<1051rn 22-3> daar woon ik',
        'postcode <1O12 AB> klopt',
        "in <1093 KV> ergens", "postcode <1012ab> klopt", "<2024\nXB> viel uiteen",
    ],
    "postbox": ["<Postbus 4471> in Almere"],
    "room": [
        'aan <FL2-desk 9> gezeten',
        'aan de <B3-plek 12> zit hij',
        'ik zit in <k3.07> nu',
        'en je kamernummer?\nlot: <3.14>',
        "<kamer 3.14> links",
        "zit op <kmr. B2.07> nu",
        "<k. 2.31> achterin",
        "<werkplek 12-044> bij het raam",
        "<3e etage kamer 12> rechts",
        "aan <bureau 4.15> zit hij",
        "in de <Stopera 2.118> dus",
        "<room 0412> upstairs",
        "<desk 7.32b> near the door",
        "<kluisje 212> van haar",
    ],
    "date of birth": [
        "geb. <'81>",
        "geboren <'79>, in Assen",
        'Fatima (<12-04-1978>) kwam binnen',
        'M. Haddad, <03/11/1969>, kwam binnen',
        'geb. <l2-O4-l98l> te Assen',
        'geb. <1 2 - 0 4 - 1 9 8 1> las de scan',
        'geboortejaar, <1971>, staat erop',
        "ik ben van <'74> dus",
        'geboren op <de derde van de zevende, 1990> was ik',
        "mw. K., g.d. <3 mei '81>",
        'geboren op <3 mei 1981>, maar in het systeem staat <05.03.1981>',
        "geb. <3-4-'81> te Assen",
        "<3 april 1981> geboren in Delft",
        "geboortedatum: <03041981> klopt",
        "jarig op <4 mei> altijd",
        "born on <April 3, 1981> there",
        "geboren op <12 sept. 1990> dus",
        "date of birth <1981-04-03> given",
        "geb.dat. <03.04.81> staat er",
        "geboren op <drie april negentientachtig> zei ze",
    ],
    "internet address": ["ip <192.168.4.17> gelogd", "vanaf <2001:db8:0:4::17> gelogd"],
    "device": ["mac <00:1B:44:11:3A:B7> gezien", "IMEI <490154203237518> gemeld"],
}  # fmt: skip
ROWS = [(kind, row) for kind, rows in FOUND.items() for row in rows]

STAYS = [
    "collega 3 en medewerker 14 zeiden niets",
    "HR 2024 en client 3",
    "zaak 2024-0188 loopt nog",
    "dossiernummer 20231187 is gesloten",
    "kenmerk INT/24/0093 vermelden",
    "zaaknummer 111222333 in het register",
    "artikel 5.1 lid 2 onder e",
    "schaal 10 en trede 4",
    "Team 3 en Team West 3",
    "van 10.00 tot 12.30 uur",
    "op 12 mei om 9.30 uur",
    "in 2019, 2020 en 2021",
    "een budget van € 1.250.000,00",
    "ongeveer 12,5 procent van 340 mensen",
    "tram 14 en bus 22 stonden stil",
    "lijn 5 reed niet",
    "versie 2.10.4 van het formulier",
    "bel 112 bij gevaar",
    "het algemene nummer 14 020 is bekend",
    "bijlage 4 en hoofdstuk 12",
    "Windows 11 en Office 365",
    "een kamer met een raam",
    "de ruimte was leeg, de zaal ook",
    "op de derde verdieping",
    "week 12 en week 13",
    "ik bel morgen 2 keer",
    "Wet van 14 maart 2019",
    "Amsterdam 2025 is een plan",
    "vergadering 3 ging niet door",
    "hij was pas 3 weken in dienst",
    "motie 114 is aangenomen",
    "at 10.30 on 3 May 2021",
    "look at me and look at that",
    "ik zit op insta maar zelden",
    "een app van vorige week",
    "van 3 tot 5 personen per kamer",
    "zeven acht negen keer geteld",
    "een of twee, drie of vier weken",
    "mei 2024 tot juni 2025",
    "het nummer 1 van de lijst",
    "1e, 2e en 3e plaats",
    "50 man en 20 vrouwen op 1 zaal",
    "vergadering 3 om half 4 in de Kerkstraat, 12 mensen kwamen",
    "in 2019-2024 is veel gebeurd",
    "Zie art. 10 AVG en artikel 12 van het besluit",
    "het gebouw aan de Kerkstraat kreeg op 12 mei een verbouwing",
    "hij kent 3 mensen daar",
    "de bus 21 is laat",
    "boot 2 steunt dit plan",
    "de auto stond er 20 minuten",
    "incident INC0048213 is gemeld",
    "factuur F20240417 is betaald",
    "bel 14 020 voor vragen",
    "aangifte PL1300-2024077231 is gedaan",
    "de rooster: 6.00-14.30 uur",
    "2l melk en 10l water",
    "ik ben van 9 tot 5 aanwezig",
    "sinds 1-3-2005 in dienst",
    "in dienst per 01-09-1998",
    "hoeveel mensen waren er? 12 of 14",
    "Wat is je vraag? 3 dingen",
    "naam;aantal;jaar\nA;12;2019\nB;14;2020",
    "team | uren | score\nWest | 36 | 7,5\nOost | 32 | 8,1",
    "aantal|tel\nappels|3\nperen|4",
    "het eindigt op 31 december",
    "het project eindigt in 2024",
    "SAP 4 wordt ingevoerd",
    "het Plein was leeg",
    "team A-B 3 won",
    "de CO-OP 2024 vergadering",
    "schaal A-B 12 is hoger",
    "E-HRM 12 is het systeem",
    "COVID-19 en COVID-20",
    "op de grote markt stonden 12 kramen",
    "we reden 12 Kilometer door de Haarlemmerstraat",
    "om 12 uur in de Haarlemmerstraat",
    "om 10.30 uur, Haarlemmerstraat",
    "6 2020 2021 en 2022 waren jaren",
    "de score was 6 12 14",
    "op 6 12345 mensen",
    "versie k2.3 van het formulier",
    "O2 gehalte was laag",
    "H2O en CO2",
    "artikel 1o en 2o van de wet",
    "paragraaf 3.14 van het rapport",
    "het besluit van 12-04-1998 (zaak 3)",
    "de wet van 12 mei 1998, artikel 3",
    "(versie 01-02-2003)",
    "de notulen (12-04-2021) zijn rond",
    "Bijlage 2, 03-04-2019, is weg",
    "kamer? ja, 3 stuks",
    "budget: 2024 | 12000 | 13000",
    "Locatie 3 gaat dicht",
    "heide 12 hectare",
    "zomer op de heide 2024",
    "Hij was de beste van de derde klas",
    "tabel 3|4|5",
    "ik zag hem op 3 mei | 4 mei | 5 mei",
    "vergadering van 06 12 2012 34 mensen",
    "op 06 12 2012 34 stuks",
]


def read(row: str) -> tuple[str, list[int]]:
    """Return a row without its angle brackets, and the places of the characters between them."""
    wanted: list[int] = []
    text, inside = "", False
    for char in row:
        if char in "<>":
            inside = char == "<"
            continue
        if inside:
            wanted.append(len(text))
        text += char
    return text, wanted


@pytest.mark.parametrize(("kind", "row"), ROWS)
def test_identifier_is_found_whole(kind: str, row: str) -> None:
    """Every letter and digit between the angle brackets is found, in any spelling."""
    text, wanted = read(row)
    covered = {at for span in contact.found(text) for at in range(span.start, span.end)}
    missed = [text[at] for at in wanted if text[at].isalnum() and at not in covered]
    assert missed == [], kind


@pytest.mark.parametrize("row", [row for _kind, row in ROWS])
def test_little_more_than_the_identifier_is_taken(row: str) -> None:
    """At most two words beside an identifier go with it: the rest stays readable."""
    text, wanted = read(row)
    covered = {at for span in contact.found(text) for at in range(span.start, span.end)}
    outside = "".join(
        char if at in covered and at not in wanted else " " for at, char in enumerate(text)
    )
    assert len(outside.split()) <= 2


@pytest.mark.parametrize("text", STAYS)
def test_what_leads_to_nobody_stays(text: str) -> None:
    """Cases, laws, years, hours, amounts, lines and kinds of rooms stay readable."""
    assert [text[span.start : span.end] for span in contact.found(text)] == []


@pytest.mark.parametrize(
    "piece",
    ["06 ", "0", "a.b ", "a@", "1-", "nul zes ", "kamer 1 ", "NL91 ", "straat 1 ",
     "AB-12-", "(0", "mail is a.",
     "linkedin ", "x op ", "geb. 1-", "tel: ",
     "l1O ", "a\tb1\tc\n", "geb.\ttel\tbsn\n1\t2\t3\n", "K4471 ", "pn K4471 ", "? 12 ", "op 4471 ",
     "jan de ", "1012 AB 1 ", "mail a b ", "'40-'45 ", "M-AB 1 ", "1 2 - ", "auto a ", "6 1234 ",
     "@ ", "punt ", "apenstaart ", ": 12 34 ", "A1 ", "1.1.", "in/"],
)  # fmt: skip
def test_cost_of_identifiers_is_linear(piece: str) -> None:
    """Ten times the text is about ten times the work and never a hundred, whatever it repeats."""
    spent = []
    for size in (4_000, 40_000):
        text = (piece * size)[:size]
        began = time.process_time()
        list(contact.found(text))
        spent.append(time.process_time() - began)
    assert spent[1] < 40 * max(spent[0], 0.02)
