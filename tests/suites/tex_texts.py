#!/usr/bin/env python3
"""Holds how TeX is set against real titles, abstracts and comments, and prints a table of them: those of
latex_titles.tsv, and all that the listings of hf_daily, arxiv_api, oai_pmh and kaggle have.

    tests/suites/tex_texts.py [--tap] [--peers]      --peers: beside pylatexenc and pandoc, where they are

A text, or a formula by itself, is fully converted, shown as it came, or damaged: a letter, digit or
operator of the source is missing in what is set, a Greek letter is, or a backslash, a dollar or a brace
stands beside what was converted (but "x^{2k}" and "x_{ab}", which Unicode has no other way for). No
text may be damaged, and of the formulas 97 in 100 must be fully converted. Nothing here knows
how digest reads TeX. Needs the data in DIGEST_TEST_DATA (../shared/data) and DIGEST_BUILD/tests/tex_dump.
"""
import collections
import html
import json
import os
import re
import subprocess
import sys
import unicodedata
import xml.etree.ElementTree as tree

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
FULL, AS_IT_CAME, DAMAGED = "converted", "as it came", "damaged"
LEAST_CONVERTED = 0.97

FORMULA = re.compile(r"(?<![\\$])\$(?![\s\d.,]*\s)((?:\\.|[^$\\]){1,300}?)(?<![\\\s])\$(?!\d)")
TEX = re.compile(r"\\[a-zA-Z]|\\[\"'`^~=.]\{?[a-zA-Z]|[_^][{\w\\]|(?<![\\\w])\$[^$]*[\\^_{][^$]*\$")
GREEK = ("alpha beta gamma delta zeta eta theta iota kappa lambda mu nu xi pi rho sigma tau upsilon chi psi "
         "omega").split()
# Commands that may leave no trace: styles, spaces, sizes of brackets.
NO_TRACE = re.compile(r"\\(?:math\w+|text\w*|bf|rm|it|cal|em|boldsymbol|bm|operatorname|ensuremath|left|right|[bB]igg?[lr]?|"
                      r"q?quad|displaystyle|limits|nolimits|mbox|hbox|xspace|hspace|sf|tt|sc|small|nonumber)$")
# Arguments of these are no text: names of labels and works, lengths.
NO_TEXT = re.compile(r"\\(?:label|ref|cite[a-z]*|[hv]space|color|begin|end)\*?\s*\{[^{}]*\}")


# --- what must be there --------------------------------------------------------------------------


def plain(text):
    return unicodedata.normalize("NFKD", text.replace("ı", "i").replace("ȷ", "j").replace("ø", "o").replace("Ø", "O"))


def signs(text):
    """Letters, digits and operators of ASCII, each as often as it stands there."""
    return collections.Counter(c for c in plain(text) if c.isascii() and (c.isalnum() or c in "=+<>"))


def wanted(source):
    """The same of a source, its commands and what they alone read taken away."""
    return signs(re.sub(r"\\(?:[a-zA-Z]+|.)", " ", NO_TEXT.sub("", source)))


def greek_missing(source, text):
    names = " ".join(unicodedata.name(c, "") for c in plain(text))
    return [name for name in re.findall(r"\\(?:var)?([a-zA-Z]+)", source)
            if name.lower() in GREEK and name.upper().replace("LAMBDA", "LAM") not in names]


def leftovers(text):
    """What TeX left beside what was converted."""
    return re.findall(r"\\[a-zA-Z\"'`^]|(?<![_^])\{[^ ]|(?<!\w)\$[^\d\s$]\S*\$", text)


def verdict(source, text):
    if " ".join(text.split()) == " ".join(source.split()):
        return AS_IT_CAME
    missing = wanted(source) - signs(text)
    return DAMAGED if missing or greek_missing(source, text) else FULL


def verdict_of_formula(source, text):
    result = verdict(source, text)
    return DAMAGED if result == FULL and leftovers(text if "\\{" not in source else text.replace("{", "")) else result


# --- who sets it ---------------------------------------------------------------------------------


def set_by_digest(texts):
    program = os.path.join(os.environ.get("DIGEST_BUILD", os.path.join(TOP, "build")), "tests", "tex_dump")
    result = subprocess.run([program], input="".join(text + "\n" for text in texts).encode(),
                            stdout=subprocess.PIPE, check=True)
    return [json.loads(line) for line in result.stdout.decode().splitlines()]


def set_by_pylatexenc(texts):
    script = ("import sys, json\nfrom pylatexenc.latex2text import LatexNodes2Text\n"
              "set = LatexNodes2Text(math_mode='text')\n"
              "print(json.dumps([set.latex_to_text(text) for text in json.load(sys.stdin)]))")
    result = subprocess.run(["/usr/bin/python3", "-c", script], input=json.dumps(texts).encode(),
                            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=True)
    return json.loads(result.stdout)


def set_by_pandoc(texts):
    source = "\n\n".join(f"{text}\n\nENDOFTEXT" for text in texts)
    result = subprocess.run(["pandoc", "-f", "markdown", "-t", "plain", "--wrap=none"], input=source.encode(),
                            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=True)
    return result.stdout.decode().split("ENDOFTEXT")[:len(texts)]


# --- the tables ----------------------------------------------------------------------------------


def read_texts(path):
    with open(path, encoding="utf-8", newline="\n") as file:
        next(file)
        for line in file:
            fields = line.rstrip("\n").split("\t")
            yield fields[3].split(","), re.sub("[␊␉␍]", " ", fields[4])


def texts_of_json(data):
    """Titles, abstracts and comments at any depth."""
    if isinstance(data, list):
        for item in data:
            yield from texts_of_json(item)
    elif isinstance(data, dict):
        for name, value in data.items():
            if name in ("title", "summary", "abstract", "comments") and isinstance(value, str):
                yield value
            else:
                yield from texts_of_json(value)


def texts_of_listing(path):
    with open(path, encoding="utf-8", errors="replace") as file:
        text = file.read()
    if path.endswith(".jsonl"):
        yield from texts_of_json([json.loads(line) for line in text.splitlines()])
    elif path.endswith(".json"):
        yield from texts_of_json(json.loads(text))
    else:
        for element in tree.parse(path).iter():
            if str(element.tag).split("}")[-1] in ("title", "summary", "abstract", "comment", "comments", "description"):
                yield "".join(element.itertext())


def read_listings(data):
    """Every text once; a file that is broken on purpose has none."""
    seen = set()
    for folder in ("hf_daily", "arxiv_api", "oai_pmh", "kaggle"):
        for name in sorted(os.listdir(os.path.join(data, folder)) if os.path.isdir(os.path.join(data, folder)) else []):
            try:
                texts = [" ".join(text.split()) for text in texts_of_listing(os.path.join(data, folder, name))]
            except (ValueError, tree.ParseError):
                continue
            for text in texts:
                if text and text not in seen:
                    seen.add(text)
                    yield [folder], text


def text_of_html(markup):
    markup = re.sub(r"<a href=\"([^\"]*)\">", r"\1 ", markup)
    return html.unescape(re.sub(r"</?(?:em|strong|code|sub|sup|a)>", "", markup))


def judge_texts(rows, complaints):
    table = collections.defaultdict(collections.Counter)
    for (features, _), result in zip(rows, set_by_digest([source for _, source in rows])):
        source = result["clean"]
        states = [verdict(source, result["text"]), verdict(source, text_of_html(result["html"]))]
        state = DAMAGED if DAMAGED in states else states[0]
        has_tex = bool(TEX.search(source))
        if state == DAMAGED:
            complaints.append(f"{source[:200]} -> {result['text'][:200]}")
        for feature in [*features, "TeX" if has_tex else "no TeX"]:
            table[feature][state] += 1
    return table


def without_commands(formulas):
    """Each formula without one of its commands, for each that must leave a trace."""
    for source in formulas:
        for command in sorted(set(re.findall(r"\\[a-zA-Z]+", source))):
            if not NO_TRACE.match(command):
                yield source, re.sub(re.escape(command) + "(?![a-zA-Z])", " ", source)


def judge_formulas(name, formulas, setter, complaints):
    counts = collections.Counter()
    texts = dict(zip(formulas, setter(formulas)))
    pairs = list(without_commands(formulas))
    dropped = {source for (source, _), text in zip(pairs, setter([variant for _, variant in pairs]))
               if "".join(text.split()) == "".join(texts[source].split())}
    for source, text in texts.items():
        state = DAMAGED if source in dropped else verdict_of_formula(source, text)
        counts[state] += 1
        if state == DAMAGED:
            complaints.append(f"{name}: {source} -> {text.strip()}")
    return counts


def print_row(name, counts):
    total = sum(counts.values())
    print(f"# {name:22} {counts[FULL]:6} {counts[AS_IT_CAME]:6} {counts[DAMAGED]:6} {100 * counts[FULL] / total:6.1f} %")


def main(arguments):
    data = os.environ.get("DIGEST_TEST_DATA", os.path.join(TOP, "..", "shared", "data"))
    path = os.path.join(data, "latex_titles.tsv")
    if not os.path.exists(path):
        print("1..1\nok 1 - TeX # SKIP no data")
        return 0
    rows, complaints = list(read_texts(path)), []
    formulas = sorted({match.group() for _, source in rows for match in FORMULA.finditer(source)
                       if re.search(r"[\\^_=a-zA-Z]", match.group(1))})
    listed = list(read_listings(data))
    table = judge_texts(rows, complaints)
    listed_table = judge_texts(listed, complaints)
    own = judge_formulas("digest", formulas, lambda some: [row["text"] for row in set_by_digest(some)], complaints)
    print("# texts                   convtd  as-is damaged")
    for feature in sorted(table, key=lambda name: -sum(table[name].values())):
        print_row(feature, table[feature])
    print("# texts of listings")
    for feature in sorted(listed_table):
        print_row(feature, listed_table[feature])
    print("# formulas")
    print_row("digest", own)
    for name, setter in (("pylatexenc", set_by_pylatexenc), ("pandoc", set_by_pandoc)):
        if "--peers" not in arguments:
            continue
        try:
            print_row(name, judge_formulas(name, formulas, setter, []))
        except (OSError, subprocess.CalledProcessError):
            print(f"# {name}: not there")
    print("".join(f"# damaged: {complaint}\n" for complaint in complaints[:40]), end="")
    is_full = own[FULL] >= LEAST_CONVERTED * len(formulas)
    print(f"1..2\n{'not ok' if complaints else 'ok'} 1 - TeX: nothing is damaged in {len(rows)} texts "
          f"and {len(listed)} of listings")
    print(f"{'ok' if is_full else 'not ok'} 2 - TeX: {own[FULL]} of {len(formulas)} formulas are fully converted")
    return 1 if complaints or not is_full else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
