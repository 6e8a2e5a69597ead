# SPDX-License-Identifier: Apache-2.0
"""`dovetail metric` against the published scorers: sacrebleu, rouge-score, rouge, nltk,
scikit-learn, scipy, and the numbers that COMET's scorers printed for 5,000 generations of
COMET-BART.

    .venv/bin/python -m pytest tests/oracles/metrics_test.py

The 5,000 (data set metric-oracle-comet-bart) are looked for in the folder that DOVETAIL_TEST_DATA
names, else in ../shared/data; without them their tests skip. Random texts hold Unicode, blanks of
all kinds, punctuation, repeated words and nothing at all; the seed is in the name of the test.
"""
import json
import os
import random
import shutil
import string
import subprocess
import unicodedata
from collections import Counter
from pathlib import Path

import pytest
import regex
from conftest import SOURCE, dovetail

COMET = "metric-oracle-comet-bart"
GENERATIONS = "system_eval__BART__BART-atomic_2020_gens.jsonl"
SCORES = "system_eval__results__BART-atomic_2020_gens_scores.jsonl"

WORDS = ["to", "drive", "The", "MALL", "there", "a", "x1", "42", "3,000.50", "caf\u00e9", "don't",
         "-", ".", "...", "e-mail", "5-", "\u212a", "\u0130zmir", "___", "\u4e2d\u6587", "", "to",
         "the", "&amp;", "&quot;x&quot;", "&amp;lt;", "<skipped>", "a.b,c", "1.", ".5", "U.S.",
         "(hi)", "\u201cq\u201d", "\U0001f600", "e\u0301", "{~}", "$5", "end-\n", "-\n", "Дверь",
         "ΟΔΟΣ", "แมวดำ", "コーヒー", "STRASSE"]
BLANKS = [" "] * 8 + ["  ", ", ", "-", "\t", "\n", "\r", "\u00a0", "\u2003", "\u3000", "\x1c",
                      "\u0085", ". ", "."]


def random_text(rng):
    words = rng.choices(WORDS, k=rng.choice([0, 1, 2, 3, 4, 5, 6, 8, 12, 30]))
    return "".join(word + rng.choice(BLANKS) for word in words)


def related_text(rng, text):
    """Some of its words in almost their order, so that longer n-grams match too."""
    words = [word for word in text.split(" ") if rng.random() < 0.8]
    if words and rng.random() < 0.3:
        words.insert(rng.randrange(len(words)), rng.choice(WORDS))
    return " ".join(words)


def random_items(seed, count=300):
    rng = random.Random(seed)
    items = []
    for _ in range(count):
        prediction = random_text(rng)
        references = [related_text(rng, prediction) if rng.random() < 0.7 else random_text(rng)
                      for _ in range(rng.randint(1, 4))]
        items.append({"prediction": prediction, "references": references})
    return items


@pytest.fixture(scope="session")
def comet(tmp_path_factory):
    data = Path(os.environ.get("DOVETAIL_TEST_DATA", SOURCE.parent / "shared" / "data"))
    archive = data / f"{COMET}.tar.xz"
    if archive.exists():
        unpacked = tmp_path_factory.mktemp("data")
        subprocess.run(["tar", "-xJf", archive, "-C", unpacked], check=True)
        data = unpacked
    if not (data / COMET).is_dir():
        pytest.skip(f"the data set {COMET} is not here: set DOVETAIL_TEST_DATA to the folder that "
                    "holds it")
    return data / COMET


@pytest.fixture(scope="session")
def comet_items(comet):
    lines = map(json.loads, (comet / GENERATIONS).read_text().splitlines())
    return [{"prediction": line["generation"], "references": line["references"]} for line in lines]


def scored(folder, items, *names):
    """Scores by metric name: (one an item, aggregate)."""
    (folder / "items.jsonl").write_text("".join(json.dumps(item) + "\n" for item in items))
    result = dovetail("metric", "--input", "items.jsonl", "--metrics", ",".join(names), cwd=folder)
    assert result.returncode == 0, result.stderr
    *lines, last = map(json.loads, result.stdout.splitlines())
    assert len(lines) == len(items) == last["n"]
    return {name: ([line[name] for line in lines], last["aggregate"][name]) for name in names}


UNSPACED = regex.compile(r"[\p{scx=Han}\p{scx=Hiragana}\p{scx=Katakana}\p{lb=SA}]")


def can_read(item, words):
    """Whether a metric has evidence: half of the letters, marks and numbers of the references at
    least, and anything at all. `words`: ascii, or between_blanks."""
    text = "".join(item["references"])
    content = [c for c in text if unicodedata.category(c)[0] in "LMN"]
    if words == "between_blanks":
        return 2 * sum(bool(UNSPACED.match(c)) for c in content) <= len(content)
    ascii_ones = [c for c in content if c.isascii() or c in "\u212a\u0130"]
    is_blank = all(unicodedata.category(c)[0] in "ZC" for c in text)
    return is_blank or (ascii_ones != [] and 2 * len(ascii_ones) >= len(content))


def assert_close(found, expected, items, words=None, tolerance=1e-12):
    assert len(found) == len(expected)
    for one, other, item in zip(found, expected, items):
        if words and not can_read(item, words):
            assert one is None, item
        else:
            assert one == pytest.approx(other, abs=tolerance, rel=tolerance), item


def test_comet_scores_are_equal_to_the_last_bit(tmp_path, comet, comet_items):
    published = json.loads((comet / SCORES).read_text())
    pairs = {"bleu_1": "Bleu_1", "bleu_2": "Bleu_2", "bleu_3": "Bleu_3", "bleu_4": "Bleu_4",
             "rouge_l_coco": "ROUGE_L", "cider": "CIDEr"}

    ours = scored(tmp_path, comet_items, *pairs)

    for name, theirs in pairs.items():
        scores, aggregate = ours[name]
        assert len(scores) == 5000
        assert scores == published["all_scores"][theirs], name
        assert aggregate == float(published["scores"][theirs]), name


def bleu_and_chrf(items):
    sacrebleu = pytest.importorskip("sacrebleu")
    hypotheses = [item["prediction"] for item in items]
    most = max(len(item["references"]) for item in items)
    streams = [[(item["references"] + [None] * most)[i] for item in items] for i in range(most)]
    return {"bleu": ([sacrebleu.sentence_bleu(item["prediction"], item["references"]).score
                      for item in items],
                     sacrebleu.corpus_bleu(hypotheses, streams).score),
            "chrf": ([sacrebleu.sentence_chrf(item["prediction"], item["references"]).score
                      for item in items],
                     sacrebleu.corpus_chrf(hypotheses, streams).score)}


def check_sacrebleu(folder, items):
    everything = bleu_and_chrf(items)
    readable = bleu_and_chrf([item for item in items if can_read(item, "between_blanks")])
    ours = scored(folder, items, "bleu", "chrf")
    for name, words, expected in [("bleu", "between_blanks", readable), ("chrf", None, everything)]:
        assert_close(ours[name][0], [score / 100 for score in everything[name][0]], items, words)
        assert ours[name][1] == pytest.approx(expected[name][1] / 100, rel=1e-12), name


@pytest.mark.parametrize("seed", range(5))
def test_sacrebleu_on_random_texts(tmp_path, seed):
    check_sacrebleu(tmp_path, random_items(seed))


def test_sacrebleu_on_comet(tmp_path, comet_items):
    check_sacrebleu(tmp_path, comet_items)


def check_rouge_score(folder, items):
    scorers = pytest.importorskip("rouge_score.rouge_scorer")
    scorer = scorers.RougeScorer(["rouge1", "rouge2", "rougeL"], use_stemmer=False)
    theirs = [scorer.score_multi(item["references"], item["prediction"]) for item in items]
    ours = scored(folder, items, "rouge_1", "rouge_2", "rouge_l", "token_f1")
    for name, key in [("rouge_1", "rouge1"), ("rouge_2", "rouge2"), ("rouge_l", "rougeL"),
                      ("token_f1", "rouge1")]:
        assert_close(ours[name][0], [float(one[key].fmeasure) for one in theirs], items, "ascii")


@pytest.mark.parametrize("seed", range(5))
def test_rouge_score_on_random_texts(tmp_path, seed):
    check_rouge_score(tmp_path, random_items(seed))


def test_rouge_score_on_comet(tmp_path, comet_items):
    check_rouge_score(tmp_path, comet_items[::5])


def mkqa_f1(prediction, reference, in_words):
    """What MKQA's evaluation counts (Longpre et al. 2021): words in common, or characters in
    languages without blanks; lower case, without ASCII's punctuation; no article is known here."""
    sides = ["".join(c for c in text.lower() if c not in string.punctuation)
             for text in (prediction, reference)]
    said, wanted = (side.split() if in_words else "".join(side.split()) for side in sides)
    common = sum((Counter(said) & Counter(wanted)).values())
    if not said or not wanted:
        return float(not said and not wanted)
    return 2 * common / (len(said) + len(wanted))


@pytest.mark.parametrize("seed", range(3))
def test_token_f1_of_mkqa_on_random_texts(tmp_path, seed):
    items = random_items(seed)
    expected = [max(mkqa_f1(item["prediction"], reference, can_read(item, "between_blanks"))
                    for reference in item["references"]) for item in items]
    assert_close(scored(tmp_path, items, "token_f1_mkqa")["token_f1_mkqa"][0], expected, items)


def in_other_case(seed, text):
    """The text in other case, composed otherwise, or with a character less."""
    return random.Random(seed).choice([
        text.upper(), text.lower(), text.swapcase(), unicodedata.normalize("NFD", text),
        unicodedata.normalize("NFC", text), text[1:]])


@pytest.mark.parametrize("seed", range(3))
def test_exact_match_as_unicode_compares(tmp_path, seed):
    def caseless(text):
        decomposed = unicodedata.normalize("NFD", " ".join(text.split()))
        return unicodedata.normalize("NFD", decomposed.casefold())

    items = [{**item, "prediction": in_other_case(seed + i, item["references"][0])}
             for i, item in enumerate(random_items(seed))]
    expected = [max(float(caseless(item["prediction"]) == caseless(reference))
                    for reference in item["references"]) for item in items]
    assert_close(scored(tmp_path, items, "exact_match")["exact_match"][0], expected, items)


def check_rouge_package(folder, items):
    rouge = pytest.importorskip("rouge").Rouge(metrics=["rouge-l"], stats=["f"])

    def f(prediction, reference):
        # the package refuses texts without a sentence; ours gives them 0
        if not prediction.replace(".", "") or not reference.replace(".", ""):
            return 0.0
        return rouge.get_scores(prediction, reference)[0]["rouge-l"]["f"]

    expected = [max(f(item["prediction"], reference) for reference in item["references"])
                for item in items]
    assert_close(scored(folder, items, "rouge_l_rouge_package")["rouge_l_rouge_package"][0],
                 expected, items, "between_blanks")


@pytest.mark.parametrize("seed", range(5))
def test_rouge_package_on_random_texts(tmp_path, seed):
    check_rouge_package(tmp_path, random_items(seed))


def test_rouge_package_on_comet(tmp_path, comet_items):
    check_rouge_package(tmp_path, comet_items)


LEXNAMES = """adj.all adj.pert adv.all noun.Tops noun.act noun.animal noun.artifact noun.attribute
noun.body noun.cognition noun.communication noun.event noun.feeling noun.food noun.group
noun.location noun.motive noun.object noun.person noun.phenomenon noun.plant noun.possession
noun.process noun.quantity noun.relation noun.shape noun.state noun.substance noun.time verb.body
verb.change verb.cognition verb.communication verb.competition verb.consumption verb.contact
verb.creation verb.emotion verb.motion verb.perception verb.possession verb.social verb.stative
verb.weather adj.ppl""".split()


@pytest.fixture(scope="session")
def nltk_wordnet(tmp_path_factory):
    """nltk's reader over Debian's files, which lack the list of the lexicographers' files."""
    nltk = pytest.importorskip("nltk")
    reader = pytest.importorskip("nltk.corpus.reader.wordnet").WordNetCorpusReader
    source = Path(os.environ.get("WNSEARCHDIR", "/usr/share/wordnet"))
    if not (source / "verb.exc").exists():
        pytest.skip("WordNet is not here: install wordnet-base")
    folder = tmp_path_factory.mktemp("wordnet")
    for file in source.iterdir():
        shutil.copy(file, folder)
    parts = {"noun": 1, "verb": 2, "adj": 3, "adv": 4}
    (folder / "lexnames").write_text("".join(f"{i:02d}\t{name}\t{parts[name.split('.')[0]]}\n"
                                             for i, name in enumerate(LEXNAMES)))
    nltk.data.path.append(str(folder))
    with pytest.MonkeyPatch.context() as patch:
        # only for other languages
        patch.setattr(reader, "map_wn", lambda self, version="wordnet": None)
        return reader(str(folder), None)


def check_meteor(folder, items, wordnet):
    meteor = pytest.importorskip("nltk.translate.meteor_score").meteor_score
    expected = [meteor([text.split() for text in item["references"]], item["prediction"].split(),
                       wordnet=wordnet)
                for item in items]
    assert_close(scored(folder, items, "meteor_nltk")["meteor_nltk"][0], expected, items,
                 "between_blanks")


def random_sentences(seed, wordnet, count=400):
    """Related words in many forms: plurals, past tenses, comparatives, synonyms."""
    rng = random.Random(seed)
    lemmas = sorted(lemma for lemma in wordnet.all_lemma_names() if lemma.isascii())
    common = ("to the a drive went mice bigger happiest flies dying children running ran lay "
              "enjoyed relational").split()

    def form(word):
        word = rng.choice([word] * 3 + [rng.choice(lemmas)])
        for synset in wordnet.synsets(word)[:1]:
            word = rng.choice([word, rng.choice(synset.lemmas()).name()])
        return rng.choice([word, word, word + "s", word + "ing", word.rstrip("e") + "ed",
                           word + "er", word + "ly", word + "iness", word.rstrip("y") + "ies",
                           word.upper(), word + ".", word + "\u4e2d", word + "Й", word + "й"])

    items = []
    for _ in range(count):
        words = rng.choices(common + rng.choices(lemmas, k=8), k=rng.randint(0, 9))
        items.append({"prediction": " ".join(map(form, words)),
                      "references": [" ".join(map(form, rng.sample(
                          words, rng.randint(0, len(words))))) for _ in range(rng.randint(1, 3))]})
    return items


@pytest.mark.parametrize("seed", range(3))
def test_meteor_of_nltk_on_random_sentences(tmp_path, nltk_wordnet, seed):
    check_meteor(tmp_path, random_sentences(seed, nltk_wordnet), nltk_wordnet)


def test_meteor_of_comet_is_equal_as_printed(tmp_path, comet, comet_items, nltk_wordnet):
    published = json.loads((comet / SCORES).read_text())
    scores, _ = scored(tmp_path, comet_items, "meteor_nltk")["meteor_nltk"]

    printed = [round(score, 4) for score in scores]  # as COMET's scorer rounds

    assert printed == published["all_scores"]["METEOR"]
    assert sum(printed) / len(printed) == pytest.approx(float(published["scores"]["METEOR"]), rel=1e-12)
    check_meteor(tmp_path, comet_items[::5], nltk_wordnet)


@pytest.mark.parametrize("seed", range(8))
def test_classification_as_scikit_learn(tmp_path, seed):
    metrics = pytest.importorskip("sklearn.metrics")
    rng = random.Random(seed)
    labels = ["yes", "no", "may be", "caf\u00e9", "5"][:rng.randint(2, 5)]
    items, given, predicted = [], [], []
    for _ in range(rng.choice([1, 2, 5, 300])):
        choices = rng.sample(labels, len(labels))
        right = rng.choice(labels)
        said = right if rng.random() < 0.5 else rng.choice(labels + ["neither", ""])
        items.append({"prediction": (f" {said} ".replace(" ", "  ").upper() if said.isascii()
                                     else said),
                      "references": [right], "choices": choices, "answer": choices.index(right)})
        given.append(right)
        predicted.append(said if said in labels else "<none>")
    used = sorted({label for label in given + predicted if label != "<none>"})

    ours = scored(tmp_path, items, "macro_f1", "matthews", "accuracy_text")

    f1 = metrics.f1_score(given, predicted, labels=used, average="macro", zero_division=0)
    assert ours["macro_f1"][1] == pytest.approx(f1, rel=1e-12)
    assert ours["matthews"][1] == pytest.approx(
        metrics.matthews_corrcoef(given, predicted), abs=1e-12)
    assert ours["accuracy_text"][1] == pytest.approx(
        metrics.accuracy_score(given, predicted), rel=1e-12)
    assert ours["macro_f1"][0] == ours["matthews"][0] == ours["accuracy_text"][0]


@pytest.mark.parametrize("seed", range(8))
def test_pearson_as_scipy(tmp_path, seed):
    stats = pytest.importorskip("scipy.stats")
    rng = random.Random(seed)
    pairs = []
    for _ in range(rng.choice([2, 3, 200])):
        x = rng.uniform(0, 5)
        pairs.append((round(x, 2), rng.choice([x + rng.gauss(0, 1), rng.uniform(-1e3, 1e3)])))
    items = [{"prediction": f" {said!r}\n", "references": [str(right)]} for right, said in pairs]

    scores, aggregate = scored(tmp_path, items, "pearson")["pearson"]

    expected = stats.pearsonr([said for _, said in pairs], [right for right, _ in pairs]).statistic
    assert aggregate == pytest.approx(expected, abs=1e-9)
    assert sum(scores) / len(scores) == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize("seed", range(3))
def test_distinct_as_sets_say(tmp_path, seed):
    items = random_items(seed)

    ours = scored(tmp_path, items, "distinct_1", "distinct_2", "distinct_predictions")

    predictions = [item["prediction"] for item in items]
    readable = [item["prediction"] for item in items if can_read(item, "between_blanks")]
    for n in (1, 2):
        grams = [[tuple(text.split()[i:i + n]) for i in range(len(text.split()) - n + 1)]
                 for text in readable]
        every = [gram for one in grams for gram in one]
        assert ours[f"distinct_{n}"][1] == len(set(every)) / len(every)
        assert [score for score in ours[f"distinct_{n}"][0] if score is not None] == [
            len(set(one)) / len(one) if one else 0 for one in grams]
    assert ours["distinct_predictions"][1] == pytest.approx(
        len(set(predictions)) / len(predictions), rel=1e-12)
