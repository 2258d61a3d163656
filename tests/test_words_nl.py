"""The Dutch reply-code word list keeps the promises the reply code relies on."""

from __future__ import annotations

import re
from pathlib import Path

from mnemonic import Mnemonic

PATH = Path(__file__).resolve().parents[1] / "dropbox" / "protocol" / "words_nl.txt"
RAW = PATH.read_bytes()
WORDS = RAW.decode("ascii").split("\n")[:-1]

# A word may not begin with any of these: accusation and punishment, violence and
# fear, illness and death, religion, origin and skin, sex and swearing, the body's
# shape, politics, alcohol and drugs.
FORBIDDEN = re.compile(
    r"""
    aangif|aanhoud|aanklac|aanslag|arrest|beboet|bedreig|bedrieg|bedrog|beschuld|boete|
    celstraf|crimi|dader|delict|dief|dieven|fraude|getuig|gevang|inbraak|klacht|klikspaan|
    leugen|liegen|misbrui|misdaa|ontsla|oordeel|politie|rechter|schuld|schande|spion|
    straf|verdach|verraad|vijand|vonnis|wraak|
    agressi|angst|bang|bloed|bombard|bommen|dreig|duivel|geweer|geweld|heks|kogel|leger|mes|
    messen|monster|moord|oorlog|pistool|raket|ramp|schiet|spook|terreur|vecht|vermoord|
    vrees|wapen|wreed|wurg|
    aids|begraf|begrav|braak|dement|dodelij|dode|dood|graf(?!i)|griep|invalid|kanker|kist|
    koorts|kreupel|lijk(?!t)|overled|pest(?!o)|pijn|sterf|tumor|virus|wond|ziek|
    abdij|allah|bijbel|bisschop|boeddh|christ|domine|engel|geloof|gelov|god|hemel|hindoe|
    islam|jezus|joden|jodi|jood|kerk|kerst|klooster|koran|moskee|moslim|paus|priest|
    sekte|zonde|
    afkomst|arabi|autochto|allochto|blank|buitenl|huid|kleurling|marok|migra|neger|nikker|
    ras(?!p)|slaaf|slaven|turk|turken|vluchtel|vreemd|zigeun|zwart|
    borsten|erot|geil|hoer|homo|kont|kut|lesb|lul|naakt|neuk|penis|piem|pik(?!n)|pis|poep|
    porno|scheet|schijt|seks|slet|snol|sperma|teef|tiet|tyfus|tering|vagina|verdom|
    dik(?!w)|idioot|lelijk|mager|mietje|mongo|nicht|sukkel|trut|vetzak|gekte|
    ideolog|kamerlid|links|liberaal|nazi|partij|premier|rechts|regering|stembus|wethoud|
    alcohol|bier|borrel|cafe|cocaine|drank|dronk|drug|hasj|heroine|jenever|kater|kroeg|
    likeur|opium|rum(?!o)|sigar|tabak|verslaa|whisk|wiet|wijn|wodka
    """,
    re.VERBOSE,
)


def edit_distance_is_one(a: str, b: str) -> bool:
    """Tell whether one letter changed, added or left out turns a into b."""
    if len(a) > len(b):
        a, b = b, a
    if a == b or len(b) - len(a) > 1:
        return False
    i = 0
    while i < len(a) and a[i] == b[i]:
        i += 1
    return a[i + 1 :] == b[i + 1 :] if len(a) == len(b) else a[i:] == b[i + 1 :]


def sounded(word: str) -> str:
    """Spell a word so that the classic Dutch spelling doubts fall together."""
    word = word.replace("ij", "ei").replace("auw", "ou").replace("ouw", "ou")
    word = word.replace("au", "ou").replace("ch", "g")
    return re.sub("(dt|d)$", "t", word)


def test_there_are_2048_distinct_words():
    """The list holds exactly 2048 words and none of them twice, so a word carries eleven bits."""
    assert len(WORDS) == 2048
    assert len(set(WORDS)) == 2048


def test_every_word_is_four_to_eight_plain_letters():
    """Every word is four to eight letters a to z, without accent, hyphen, apostrophe or capital."""
    assert [w for w in WORDS if not re.fullmatch("[a-z]{4,8}", w)] == []


def test_the_file_is_sorted_with_lf_line_ends():
    """The file is sorted by plain ASCII with one word a line, LF line ends and a final newline."""
    assert sorted(WORDS) == WORDS
    assert ("\n".join(WORDS) + "\n").encode("ascii") == RAW


def test_the_first_four_letters_decide_a_word():
    """No two words share their first four letters."""
    assert len({w[:4] for w in WORDS}) == 2048


def test_no_word_can_be_taken_for_an_english_one():
    """No word shares its first four letters with an English BIP 39 word, or is one."""
    english = Mnemonic("english").wordlist
    decided = {w[:4] for w in english} | set(english)
    assert [w for w in WORDS if w[:4] in decided or w in decided] == []


def test_no_two_words_differ_by_one_letter():
    """No word becomes another by changing, adding or leaving out one letter."""
    pairs = [
        (a, b) for i, a in enumerate(WORDS) for b in WORDS[i + 1 :] if edit_distance_is_one(a, b)
    ]
    assert pairs == []


def test_no_two_words_sound_alike():
    """No two words are the same once ei and ij, au and ou, g and ch, and final d and t are one."""
    heard = [sounded(w) for w in WORDS]
    assert [w for w in WORDS if heard.count(sounded(w)) > 1] == []


def test_no_word_touches_a_forbidden_theme():
    """No word begins with a stem that would frighten, accuse, offend or exclude the writer."""
    assert [w for w in WORDS if FORBIDDEN.match(w)] == []
