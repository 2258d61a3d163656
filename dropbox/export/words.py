"""Words with a task around names: titles, particles, roles, greetings; all folded.

Closed classes of Dutch and English, written out because no list of them is packaged. A rule of
`detect` that needs such a class takes it from here.
"""

from __future__ import annotations


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


PARTICLES = _set(
    "van vande vd de den der het 't ter ten te tot in op uit aan bij onder over voor von vom zu zur zum of du da das "
    "do dos di del della dello la le lo las los les d l el al ben bin bint ibn ibnu abu abou abdel abd oulad ould aulad "
    "ait ou y san sint st mac mc fitz af av ap binti bte"
)
"""May stand between a first name and a surname, or open a surname."""

OPENING = _set("van de den der ter ten te 't von el al ait oulad ben bin ibn abu da dos do das di du del la le vd d op in uit")
"""Particles that belong to the surname after them where they have no capital."""

DUTCH_PARTICLES = _set("van de den der het 't ter ten te von op in uit aan vd vande")

TITLES = _set(
    "heer meneer mijnheer mevrouw mevr mw mej mejuffrouw juffrouw juf dhr hr dokter dr drs mr mrs ms miss mister sir madam lady ir prof "
    "professor ing ds dominee pastoor pastor imam rabbijn rabbi zuster broeder tante oom opa oma tata omoe hadji hoca abi abla abba"
)

ROLES = _set(
    "collega collegas teamleider teammanager teamlead teamchef manager afdelingsmanager leidinggevende afdelingshoofd afdelingsleider "
    "directeur baas chef voorman ploegleider ploegbaas coordinator supervisor secretaresse secretaris assistent assistente "
    "medewerker medewerkster ambtenaar inspecteur controleur handhaver boa beveiliger portier conducteur chauffeur schoonmaker "
    "schoonmaakster stagiair stagiaire trainee adviseur beleidsadviseur beleidsmedewerker jurist griffier consulent casemanager "
    "klantmanager bode kok kantinemedewerker monteur ict'er uitzendkracht zzp'er bedrijfsarts huisarts arts psycholoog advocaat "
    "vertrouwenspersoon melder klager getuige wethouder burgemeester raadslid voorzitter notulist penningmeester mentor coach "
    "begeleider buddy vriend vriendin vrouw man zoon dochter broer zus zusje broertje vader moeder neef nicht schoonzus zwager "
    "partner echtgenoot echtgenote ex kind baby buurman buurvrouw kamergenoot "
    "colleague manager supervisor director boss lead teamlead intern witness friend wife husband brother sister son daughter "
    "father mother cousin uncle aunt nephew niece partner neighbour neighbor lawyer doctor nurse secretary assistant officer "
    "inspector guard receptionist coworker coordinator adviser advisor mayor alderman"
)

NAMED = _set("heet heette heten genaamd genoemd bijgenaamd ene zekere named called ik is")
"""After these a name may follow that has no other sign."""

GREETINGS = _set("beste geachte hoi ha hallo dag hey hee heey hi hello dear lieve goedemorgen goedemiddag goedenavond salam selam yo hej he aan t.a.v cc attn")

CLOSINGS = _set(
    "groet groeten groetjes gr grt mvg hoogachtend regards cheers sincerely best kind yours liefs x xx xxx xoxo thanks bedankt dank "
    "groetjes vriendelijke hartelijke warme thx"
)

ADDRESSED = _set(
    "allemaal allen all collega collegas team iedereen everyone everybody heer heren mevrouw meneer dames sir madam melder meldster lezer "
    "commissie college raad directie wethouder burgemeester gemeente redactie bestuur leden mensen vrienden vriend vriendin "
    "vertrouwenspersoon ombudsman ombudsvrouw meldpunt mr mw dhr mevr hr relatie klant bewoner bewoners inwoner colleague colleagues "
    "team folks guys people friend friends manager hr integrity committee board council mayor ik wij we je jij u jullie ja nee of en and there again weer"
)
"""Who is greeted without a name."""

FIELDS = _set(
    "aanwezig aanwezigen afwezig deelnemers getuigen getuige notulist notulen verslag voorzitter melder meldster klager klaagster beklaagde naam namen cc bcc "
    "van aan from to present attendees attending absent witnesses witness betrokkenen betrokkene afzender ontvanger behandelaar "
    "contactpersoon contact leidinggevende manager teamleider steunpersoon namens opgesteld door auteur author name names "
    "participants regie verzonden gespreksvoerder gesprekspartner interviewer"
)
"""Labels before a colon after which names stand."""

NO_SPEAKER = FIELDS | _set(
    "onderwerp subject betreft datum date re fw fwd tel telefoon mobiel mobile phone mail email e adres address bijlage bijlagen "
    "attachment ps nb let op voorbeeld vraag antwoord question answer conclusie actie actiepunt besluit afspraak locatie plaats tijd tijdstip "
    "location time nummer kenmerk ref referentie dossier status categorie functie afdeling team geboren bsn iban kenteken room kamer "
    "namelijk kortom samengevat citaat quote http https linkedin ext opmerking samenvatting toelichting situatie feit feiten gevolg reactie "
    "incident voorstel titel bron noot let nota bene ten eerste tweede derde update edit waarom wat wie waar wanneer hoe agenda doel"
)

PERSON_VERBS = _set(
    "zei zegt zeg zeiden zeggen heeft had hebben hadden is was waren wordt werd vroeg vraagt vond vindt vinden vertelde vertelt "
    "noemde noemt riep roept lachte lacht stond staat zat zit liep loopt kwam komt ging gaat gaf geeft deed doet wilde wou kon "
    "kan moest moet mag mocht zou zal keek kijkt schreef schrijft stuurde stuurt antwoordde antwoordt reageerde reageert belde belt "
    "appte mailde hoorde hoort zag ziet werkte werkt woont weet wist denkt dacht bleef blijft begon begint maakte maakt nam neemt "
    "kreeg krijgt hield houdt sprak spreekt legde legt bevestigt bevestigde ontkent ontkende herhaalde snauwde fluisterde "
    "schreeuwde grapte weigerde weigert besloot stelde stelt adviseert bood bracht trok gooide huilde voelt voelde verklaarde verklaart "
    "zelf ook dus nooit altijd daarentegen heet meldt meldde wees vertrok "
    "said says has had was is asked asks told tells called calls wrote writes laughed did does went came gave took made thinks "
    "thought knows knew wants wanted refused looked replied answered shouted heard saw felt works worked lives didn't doesn't isn't "
    "wasn't hasn't who sent"
)
"""Before or after a bare noun these rarely stand: what stands there is a person."""

SPEECH = _set(
    "zei zegt zeiden vroeg vraagt vertelde vertelt noemde noemt riep roept lachte lacht schreef schrijft stuurde stuurt antwoordde antwoordt "
    "reageerde reageert belde belt appte appt mailde mailt fluisterde schreeuwde grapte snauwde bevestigt bevestigde ontkent ontkende "
    "stelt stelde weigerde weigert verklaarde verklaart adviseert adviseerde herhaalde heeft had heet wilde vond vindt keek kijkt kwam ging zat "
    "said says asked asks told tells called calls wrote writes laughed replied answered shouted refused thinks has had"
)
"""What a person does and a thing hardly ever: one of these after a bare word makes it a person."""

PERSON_CUES = _set(
    "door met volgens namens tegen aan van dat omdat toen zei vroeg en of behalve via namelijk hoorde heeft had is wil wilde "
    "collega dan waarop wanneer als terwijl by with from according against told asked that when because and said"
)
"""After these a word with a capital is rather a person than a thing."""

CALENDAR = _set(
    "januari februari maart april mei juni juli augustus september oktober november december maandag dinsdag woensdag donderdag "
    "vrijdag zaterdag zondag january february march may june july august october monday tuesday wednesday thursday friday saturday "
    "sunday lente zomer herfst kerst pasen summer spring autumn"
)
"""Also surnames, but beside another name they are nearly always the day."""

FILE_ENDS = _set("docx doc pdf xlsx xls msg eml jpg jpeg png pptx ppt txt mp mp3 mp4 wav zip csv heic odt rtf m4a mov html")

DETERMINERS = _set(
    "de het een mijn jouw je zijn haar hun ons onze uw die dat deze dit geen elke elk iedere alle sommige veel weinig welke welk zulke "
    "the a an my your his her our their this that these those no every some any each its dr 'n m'n z'n zn mn n t zo'n"
)

FUNCTION_NL = _set(
    "de het een en van ik je dat die in is niet op te met voor er aan zijn maar om was ook bij naar ze hij wij we mijn door heb heeft "
    "had als dan nog wel uit over werd wordt geen meer zij haar hem ons onze al worden u uw kan wil moet zo toen tot omdat dit deze"
)
FUNCTION_EN = _set(
    "the a and of to i that in is not on with for it was he she they we my by have has had but as or at from this be are his her "
    "their our you your been who what when were will would there which because about me him them said after"
)

NO_SURNAME = FUNCTION_NL | FUNCTION_EN | _set(
    "wil kan zal zou mag moet moest wilde kon mocht doe doet hoop denk weet vind ga gaat ging kom komt laat heeft sinds volgens namens "
    "wie waar wat waarom hoe wanneer welke ja nee na nu hier daar dus want toch even graag soms nooit altijd echter bovendien "
    "daarna later vandaag gisteren morgen tijdens via tegen onder achter voor naast zonder sommige veel alle iedereen niemand "
    "iemand zelfs alleen helaas bedankt dank groet beste geachte may will can could should would did does do if so then now here "
    "yes no please since according although however today yesterday both all some many nobody everyone somebody even only"
)
"""At the start of a sentence these are words, also right before a name."""

UNIT_CUES = _set(
    "team teams afdeling afdelingen directie directies cluster clusters dienst stadsdeel gemeente bureau unit programma project "
    "projectteam vakgroep vakgroepen domein sector portefeuille wethouder locatie gebouw zaal ruimte kamer loket balie station halte "
    "plein straat weg wijk buurt partij fractie vakbond stichting vereniging netwerk universiteit hogeschool academie school "
    "ziekenhuis cafe restaurant hotel bedrijf firma krant dagblad tijdschrift wet richtlijn regeling besluit cursus training module "
    "systeem app applicatie functie schaal nota notitie rapport onderzoek campagne boek film serie "
    "department team unit division directorate office building room programme program project company firm newspaper act law"
)
"""After these a word with a capital names a part of an organisation or a thing."""

PLACE_CUES = _set("in te uit naar near from at to bij nabij omgeving regio stad dorp wijk buurt gemeente richting vanuit rond")

GROUP_ENDINGS = (
    "zaken beheer beleid plan opdracht dienst diensten team teams raad commissie schap centrum punt plein straat laan gracht weg kade dijk "
    "overleg fractie wet fonds bureau loket kantoor bedrijf programma project nota akkoord dag feest week maand viering borrel park "
    "haven stad dorp wijk buurt brug poort toren huis hal zaal kerk school museum theater bibliotheek ziekenhuis station plan agenda "
    "code regeling verordening besluit protocol register systeem portaal platform netwerk vereniging stichting bond partij "
    "ontwikkeling uitvoering ondersteuning dienstverlening veiligheid gezondheid inclusie diversiteit integriteit participatie "
    "communicatie inkoop administratie registratie organisatie directie afdeling sector cluster domein"
).split()
"""A compound with such an end names a thing, capital or not."""

CHAT = _set(
    "ff effe ofzo enzo idd iig zn mn m'n z'n ie tie wtf omg lol haha hahaha hahahaha hihi pff pfff pffff tja ikke btw nvm thx thnx "
    "lmk dm dms app appje appgroep appt mss miss egt eht ech jwz wrm nie niet da dah wa das k t 't n r d m s jij gwn gewoon mwah nou "
    "nah yep yup nope okee oke okay ok kk omfg fyi asap bro bruh man sis fam wollah wallah wollahi tfoe ewa ewaja jonguh ouwe "
    "toppie joe joepie doei doeg later tot zo xx xxx xo gr grt groetjes mvg pls plz aub svp ivm mbt ipv tov nav obv dmv tgv oa bv bijv "
    "enz etc ca nr nrs blz pag tel mob incl excl max min vd vh v/d a.u.b. u.c. woensdagmiddag tis khad keb kheb kga kdenk kvind "
    "bokito hoofddoek hijab boerka keffiyeh"
)
"""Short forms of chat that no dictionary has and that are no names."""

KNOWN_INITIALS = _set("l.s p.s n.b b.v n.v s.v.p a.u.b o.a m.b.t i.v.m t.a.v n.a.v d.d e.d i.p.v t.o.v d.m.v o.b.v m.u.v c.q e.a i.o u.s u.k e.g i.e a.s j.l t.g.v m.i z.o z.s.m d.w.z p.m a.m v.v c.s v.w.b p.p i.c t.b.v t.n.v w.o g.g.d u.n e.u")
