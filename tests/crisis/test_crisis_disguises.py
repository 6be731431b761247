"""What defeats naive matching, trick by trick, and long texts."""

import pytest

from bot.crisis import Detector, Tier
from bot.wording import normalise


@pytest.mark.parametrize(
    ("typed", "plain"),
    [
        ("I’m", "im"),
        ("don´t", "dont"),
        ("KILL", "kil"),
        ("killlll", "kil"),
        ("k1ll", "kil"),
        ("ki\u200bll", "kil"),
        ("ki\u00adll", "kil"),
        ("ｋｉｌｌ", "kil"),
        ("𝐤𝐢𝐥𝐥", "kil"),
        ("kïll", "kil"),
        ("su!cide", "su*cide"),
        ("s*icide", "s*icide"),
        ("**really**?!", "realy*"),
        ("well... yes", "wel yes"),
        ("at 10 o'clock", "at 10 oclock"),
        ("", ""),
        ("💔", ""),
        ("k🔫ill", "k*il"),
        ("🔫", "gun"),
        ("ѕuiсide", "suicide"),
        ("родная", "родная"),
        ("życie mojej łąki", "zycie mojej laki"),
        ("yaşıyorum", "yasiyorum"),
        ("w a n t t o d i e", "wantodie"),
        ("a b c", "a b c"),
    ],
)
def test_normalise(typed: str, plain: str) -> None:
    assert normalise(typed).rstrip("*") == plain.rstrip("*")


def test_normalise_is_stable() -> None:
    once = normalise("I’m s00 TIRED,  k!ll me—pls_now 😭")
    assert normalise(once) == once


@pytest.mark.parametrize(
    "text",
    [
        "I’m going to kill myself",
        "Im going to kill myself",
        "I´m going to kill myself",
        "I`m going to kill myself",
        "I WANT TO DIE",
        "i want to dieeeeee",
        "i waaaant to die",
        "i want to d\u200bi\u200be",
        "i want to di\u2060e",
        "i want to d😭ie",
        "i want to k💀i💀l💀l myself",
        "i want to die😭😭i miss her",
        "i want to ⚰️",
        "going to 🔫 myself",
        "I wаnt to diе",
        "i miss her.i want to die.sorry",
        "no!i want to die",
        "want to kill/hurt myself",
        "i want to k1ll myself",
        "i want to d1e",
        "i want to d!e",
        "my su!cide plan",
        "my s*icide note",
        "my s#icide note",
        "my su_icide note",
        "want to k*ll myself",
        "want to k** myself",
        "k i l l myself",
        "k.i.l.l myself",
        "k-i-l-l m-y-s-e-l-f",
        "i w a n t to d i e",
        "i w a n t t o d i e",
        "s u i c i d e",
        "i wsh i was deadd",
        "kill my self",
        "un alive myself",
        "my sui cide note",
        "kms",
        "K.M.S.",
        "k m s",
        "i want to unalive myself",
        "i want to kill mysefl",
        "my suicde note",
        "sucidal thoughts",
        "ｉ ｗａｎｔ ｔｏ ｄｉｅ",
        "𝕚 𝕨𝕒𝕟𝕥 𝕥𝕠 𝕕𝕚𝕖",
        "i wánt to dïe",
        "i want 2 die",
        "wannadie",
        "*i want to die*",
        "i\nwant\nto\ndie",
        "i just really fucking want to die lol",
    ],
)
def test_a_disguise_is_seen_through(detector: Detector, text: str) -> None:
    assert detector.tier(text) is Tier.EXPLICIT


@pytest.mark.parametrize(
    "text",
    [
        "Quiero morirme",
        "ya no quiero vivir",
        "intenté suicidarme el año pasado",
        "não quero mais viver",
        "tentei me matar ontem",
        "J’ai envie de mourir",
        "je me suis ouvert les veines",
        "ich hab alle Tabletten genommen",
        "voglio morire",
        "ho provato a tagliarmi le vene",
        "ik wil dood",
        "ik denk aan zelfmoord",
        "chcę się zabić",
        "tnę się znowu",
        "ölmek istiyorum",
        "kendimi öldüreceğim",
        "main jeena nahi chahti",
        "Я хочу умереть",
        "aku mau mati",
        "main marna chahta hoon",
        "gusto ko nang mamatay",
        "أريد أن أموت",
    ],
)
def test_the_plainest_words_of_other_languages_are_heard(detector: Detector, text: str) -> None:
    assert detector.tier(text) is Tier.EXPLICIT


@pytest.mark.parametrize(
    "text",
    ["muero de ganas de llamarlo", "me quiero morir de la vergüenza", "je meurs de rire", "ich vermisse ihn so sehr",
     "muoio di fame", "ik ga dood van de kou", "umieram ze śmiechu", "morro de saudade", "gülmekten öldüm"],
)  # fmt: skip
def test_everyday_words_of_other_languages_are_left_alone(detector: Detector, text: str) -> None:
    assert detector.tier(text) is Tier.NONE


@pytest.mark.parametrize(
    ("everyday", "explicit"),
    [
        ("this is killing me", "I want to die"),
        ("I'm dying to text her", "I want to kill myself"),
        ("I could kill him", "I'm suicidal"),
        ("I'd end it with him", "I want to end my life"),
        ("I cut him off", "I cut myself again"),
        ("I'd rather die than text", "I want to be dead"),
        ("I want to disappear from his feed", "I took all my pills"),
    ],
)
def test_everyday_talk_hides_nothing_but_itself(detector: Detector, everyday: str, explicit: str) -> None:
    assert detector.tier(everyday) is Tier.NONE
    assert detector.tier(f"{everyday} and {explicit}") is Tier.EXPLICIT
    assert detector.tier(f"{explicit}, {everyday}") is Tier.EXPLICIT


@pytest.mark.parametrize("text", ["", " ", "😭", "???", "\u200b", "10", "*", "/start", "Привет", "元気"])
def test_a_text_without_words_of_danger(detector: Detector, text: str) -> None:
    assert detector.tier(text) is Tier.NONE


LONG = "I went to work and had lunch with Ana and thought about nothing much. " * 150


@pytest.mark.parametrize(
    ("text", "tier"),
    [
        (LONG, Tier.NONE),
        (LONG + "I want to die", Tier.EXPLICIT),
        ("I want to die. " + LONG, Tier.EXPLICIT),
        (LONG + "there is no point anymore", Tier.AMBIGUOUS),
        ("this is killing me " * 600, Tier.NONE),
        ("a" * 10_000, Tier.NONE),
        ("k " * 5_000, Tier.NONE),
        ("k*i*" * 2_500, Tier.NONE),
        ("*" * 10_000, Tier.NONE),
        ("😭" * 10_000, Tier.NONE),
        ("i want to " * 1_000, Tier.NONE),
        ("i want to " * 1_000 + "die", Tier.EXPLICIT),
    ],
)
def test_a_long_text_is_read_to_its_end(detector: Detector, text: str, tier: Tier) -> None:
    assert detector.tier(text) is tier
