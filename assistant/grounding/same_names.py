"""Names that Italian and English write differently, and what is called after them.

Each line is one group; any of its words or phrases stands for any other. For telling that "Louis XVI" of a claim is
the "Luigi XVI" of its source; not a dictionary.
"""

from __future__ import annotations

from functools import lru_cache

from assistant.stems import without_accents

_GROUPS = """
francia france francese francesi french
italia italy italiano italiana italiani italiane italian italians
germania germany tedesco tedesca tedeschi tedesche german germans
inghilterra england inglese inglesi english
gran bretagna, great britain, regno unito, united kingdom, uk, britannico, britannica, britannici, british, britain
stati uniti, united states, usa, america, americano, americana, americani, americane, american, americans, statunitense
spagna spain spagnolo spagnola spagnoli spanish
portogallo portugal portoghese portoghesi portuguese
svizzera switzerland svizzero svizzeri swiss
austria austriaco austriaca austriaci austrian austrians
prussia prussiano prussiana prussiani prussian prussians
russia russo russa russi russe russian russians
unione sovietica, soviet union, urss, ussr, sovietico, sovietica, sovietici, soviet
olanda, holland, paesi bassi, netherlands, olandese, olandesi, dutch
belgio belgium belga belgi belgian
grecia greece greco greca greci greche greek greeks
roma rome romano romana romani romane roman romans
egitto egypt egizio egizi egiziano egyptian egyptians
turchia turkey turco turca turchi turkish ottomano ottomana ottomani ottoman
polonia poland polacco polacca polacchi polish
svezia sweden svedese svedesi swedish
norvegia norway norvegese norwegian
danimarca denmark danese danesi danish
irlanda ireland irlandese irlandesi irish
scozia scotland scozzese scozzesi scottish
galles wales gallese welsh
ungheria hungary ungherese ungheresi hungarian
giappone japan giapponese giapponesi japanese
cina china cinese cinesi chinese
india indiano indiana indiani indian indians
brasile brazil brasiliano brazilian
messico mexico messicano mexican
canada canadese canadian
australia australiano australian
africa africano africana africani african
asia asiatico asiatica asian
europa europe europeo europea europei europee european europeans
unione europea, european union, ue, eu
nazioni unite, united nations, onu
medio oriente, middle east
mediterraneo mediterranean
atlantico atlantic
pacifico pacific
alpi alps alpino alpine
himalaya himalayas
parigi paris parigino parigini parisian
londra london
berlino berlin
vienna viennese
venezia venice veneziano veneziani venetian
firenze florence fiorentino fiorentini florentine
milano milan milanese
torino turin torinese
napoli naples napoletano neapolitan
genova genoa genovese
padova padua
siracusa syracuse
atene athens ateniese ateniesi athenian athenians
sparta spartano spartani spartan
costantinopoli constantinople
gerusalemme jerusalem
mosca moscow
varsavia warsaw
praga prague
bruxelles brussels
ginevra geneva
zurigo zurich
lione lyon lyons
marsiglia marseille marseilles
tamigi thames
reno rhine
danubio danube
tevere tiber
nilo nile
sicilia sicily siciliano siciliani sicilian
sardegna sardinia sardo sardinian
toscana tuscany toscano tuscan
lombardia lombardy lombardo lombard
piemonte piedmont piemontese piedmontese
bastiglia bastille
versailles
vandea vendee
corsica corsican
luigi louis ludovico lewis
carlo charles karl carlos
enrico henry henri heinrich
guglielmo william wilhelm guillaume
giovanni john jean johann
giacomo james jacques
giorgio george georges georg
federico frederick friedrich
francesco francis francois franz
filippo philip philippe
pietro peter pierre
paolo paul
alessandro alexander
giulio julius
augusto augustus
ottaviano octavian
cesare caesar
marco mark marcus
antonio anthony antony antoine
giuseppe joseph
tommaso thomas
michele michael michel
andrea andrew andre
stefano stephen etienne
edoardo edward
riccardo richard
roberto robert
giuliano julian
costantino constantine
teodosio theodosius
giustiniano justinian
adriano hadrian
traiano trajan
vespasiano vespasian
tiberio tiberius
nerone nero
elisabetta elizabeth
maria mary marie
caterina catherine
vittoria victoria
anna anne
margherita margaret
maria antonietta, marie antoinette, antonietta, antoinette
napoleone napoleon bonaparte napoleonico napoleonica napoleonic
dio god
gesu jesus
cristo christ cristiano cristiana cristiani christian christians
maometto muhammad mohammed
buddha buddista buddhist
islam islamico islamica islamic musulmano musulmani muslim muslims
ebreo ebrei ebraico ebraica jewish jews hebrew
cattolico cattolica cattolici catholic catholics
protestante protestanti protestant protestants
platone plato platonico platonic
aristotele aristotle aristotelico aristotelian
socrate socrates
archimede archimedes
euclide euclid euclideo euclidea euclidean
pitagora pythagoras pitagorico pythagorean
tolomeo ptolemy tolemaico ptolemaic
ippocrate hippocrates
galeno galen
omero homer
virgilio virgil vergil
orazio horace
ovidio ovid
livio livy
cicerone cicero
dante alighieri
petrarca petrarch
tiziano titian
raffaello raphael
michelangelo buonarroti
copernico copernicus copernicano copernican
galileo galilei galilean galileiano
keplero kepler
cartesio descartes cartesiano cartesiana cartesian
newton newtoniano newtoniana newtonian
leibniz leibnizian
darwin darwiniano darwinian
mendel mendeliano mendelian
linneo linnaeus
colombo columbus
magellano magellan
lutero luther luterano lutheran
calvino calvin calvinista calvinist
erasmo erasmus
agostino augustine
tommaso d'aquino, aquinas, thomas aquinas
marx marxista marxisti marxist marxists marxiano
kant kantiano kantiana kantian
hegel hegeliano hegelian
freud freudiano freudian
keynes keynesiano keynesiana keynesian
terra earth
sole sun
luna moon
marte mars
venere venus
giove jupiter
saturno saturn
mercurio mercury
urano uranus
nettuno neptune
plutone pluto
via lattea, milky way
stati generali, estates general
rinascimento renaissance
illuminismo enlightenment
medioevo, middle ages, medievale, medieval
rivoluzione revolution
impero empire
repubblica republic
assemblea assembly
comitato committee
convenzione convention
dichiarazione declaration
guerra war
terrore terror
risorgimento
bibbia bible
natale christmas
pasqua easter
linguaggio language
dna adn
rna arn
aids hiv
nato otan
fmi imf
pil gdp
"""


def _plain(name: str) -> str:
    return without_accents(name.strip().lower())


@lru_cache(maxsize=1)
def _groups() -> dict[str, frozenset[str]]:
    """Every name with all that stand for it, itself included."""
    found: dict[str, frozenset[str]] = {}
    for line in _GROUPS.split("\n"):
        names = frozenset(_plain(name) for name in (line.split(",") if "," in line else line.split()))
        for name in names:
            found[name] = found.get(name, frozenset()) | names
    return found


def same_names(name: str) -> frozenset[str]:
    """What stands for a name, in lower case and without accents; phrases have spaces. Empty where none is known."""
    return _groups().get(name, frozenset())


def phrases_with(word: str) -> frozenset[str]:
    """The phrases of the table that have this word."""
    return _phrases().get(word, frozenset())


@lru_cache(maxsize=1)
def _phrases() -> dict[str, frozenset[str]]:
    found: dict[str, frozenset[str]] = {}
    for name in _groups():
        for word in name.split() if " " in name else ():
            found[word] = found.get(word, frozenset()) | {name}
    return found
