"""Hostile responses, each by kind: name to a function that writes it into a folder and returns its path."""

from __future__ import annotations

import bz2
import gzip
import io
import json
import lzma
import os
import socket
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path

TEMPLATE = "Resources:\n  Topic:\n    Type: AWS::SNS::Topic\n"
MEGABYTE = 1_000_000
Writer = Callable[[Path], Path]


def text(content: str | bytes, name: str = "answer.md") -> Writer:
    def write(folder: Path) -> Path:
        path = folder / name
        path.write_bytes(content.encode("utf-8", "surrogatepass") if isinstance(content, str) else content)
        return path

    return write


def lazy(make: Callable[[], str | bytes], name: str = "answer.md") -> Writer:
    return lambda folder: text(make(), name)(folder)


def zipped(*members: tuple[str, bytes | str], mode: int = 0, deflate: bool = True) -> Writer:
    def write(folder: Path) -> Path:
        path = folder / "answer.zip"
        kind = zipfile.ZIP_DEFLATED if deflate else zipfile.ZIP_STORED
        with zipfile.ZipFile(path, "w", kind) as archive:
            for name, content in members:
                info = zipfile.ZipInfo(name)
                info.compress_type = kind
                info.external_attr = mode << 16
                archive.writestr(info, content)
        return path

    return write


def tarred(*members: tuple[str, bytes, bytes, str], opener: Callable[[bytes], bytes] = bytes) -> Writer:
    """Members are (name, type flag, content, link name)."""

    def write(folder: Path) -> Path:
        raw = io.BytesIO()
        with tarfile.open(fileobj=raw, mode="w") as archive:
            for name, kind, content, link in members:
                info = tarfile.TarInfo(name)
                info.type, info.linkname, info.size = kind, link, len(content)
                archive.addfile(info, io.BytesIO(content))
        path = folder / "answer.tar"
        path.write_bytes(opener(raw.getvalue()))
        return path

    return write


def folder_with(**files: str) -> Writer:
    def write(folder: Path) -> Path:
        root = folder / "answer"
        root.mkdir()
        (root / "main.yml").write_text(TEMPLATE)
        for name, content in files.items():
            (root / name.replace("__", ".")).write_text(content)
        return root

    return write


def with_link(folder: Path) -> Path:
    root = folder_with()(folder)
    (folder / "secret.yml").write_text("secret: true\n")
    (root / "link.yml").symlink_to(folder / "secret.yml")
    (root / "loop").symlink_to(root)
    (root / "etc").symlink_to("/etc")
    return root


def with_devices(folder: Path) -> Path:
    root = folder_with()(folder)
    os.mkfifo(root / "pipe.yml")
    server = socket.socket(socket.AF_UNIX)
    server.bind(str(root / "socket"))
    server.close()
    return root


def deep_folders(folder: Path) -> Path:
    root = folder_with()(folder)
    deep = root
    for _ in range(60):
        deep = deep / "d"
        deep.mkdir()
    (deep / "x.yml").write_text(TEMPLATE)
    return root


def many_files(folder: Path) -> Path:
    root = folder_with()(folder)
    for number in range(2_500):
        (root / f"{number}.txt").write_text("x")
    return root


def unreadable_name(folder: Path) -> Path:
    root = folder_with()(folder)
    os.close(os.open(os.fsencode(root) + b"/\xff\xfe.yml", os.O_CREAT | os.O_WRONLY))
    return root


def yaml(content: str) -> Writer:
    return text(content, "template.yml")


def fenced(content: str, info: str = "yaml") -> str:
    return f"```{info}\n{content}\n```\n"


def billion_laughs() -> str:
    rows = ["a0: &a0 [lol, lol, lol, lol, lol, lol, lol, lol, lol, lol]"]
    rows += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 12)]
    return "\n".join(rows) + "\n" + TEMPLATE


def quadratic_aliases() -> str:
    return "a: &a [" + "x, " * 5_000 + "x]\nb: [" + "*a, " * 5_000 + "*a]\n" + TEMPLATE


def nested_zip() -> bytes:
    data = TEMPLATE.encode()
    for _ in range(20):
        raw = io.BytesIO()
        with zipfile.ZipFile(raw, "w") as archive:
            archive.writestr("inner.zip", data)
        data = raw.getvalue()
    return data


def tar_of_zeros() -> bytes:
    info = tarfile.TarInfo("zeros.yml")
    info.size = 400 * MEGABYTE
    raw = io.BytesIO()
    with gzip.GzipFile(fileobj=raw, mode="wb", compresslevel=1) as stream:
        stream.write(info.tobuf())
        for _ in range(400):
            stream.write(bytes(MEGABYTE))
    return raw.getvalue()


def lying_zip(folder: Path) -> Path:
    path = zipped(("main.yml", TEMPLATE * 10_000))(folder)
    data = bytearray(path.read_bytes())
    size = (len(TEMPLATE) * 10_000).to_bytes(4, "little")
    for at in [index for index in range(len(data)) if data[index : index + 4] == size]:
        data[at : at + 4] = (10).to_bytes(4, "little")
    path.write_bytes(data)
    return path


def encrypted_zip(folder: Path) -> Path:
    path = zipped(("main.yml", TEMPLATE))(folder)
    data = bytearray(path.read_bytes())
    local, central = data.index(b"PK\x03\x04"), data.index(b"PK\x01\x02")
    data[local + 6] |= 1
    data[central + 8] |= 1
    path.write_bytes(data)
    return path


def chat(content: object) -> str:
    return json.dumps({"choices": [{"message": {"role": "assistant", "content": content}}]})


HOSTILE: dict[str, Writer] = {
    # names that lead out of the bundle, or mean something to a system
    "zip: parent folders": zipped(("../../escape.yml", TEMPLATE)),
    "zip: absolute path": zipped(("/tmp/escape.yml", TEMPLATE)),
    "zip: backslashes": zipped(("..\\..\\escape.yml", TEMPLATE)),
    "zip: drive letter": zipped(("C:\\escape.yml", TEMPLATE)),
    "zip: Windows device": zipped(("CON.yml", TEMPLATE), ("nul", TEMPLATE), ("com1.yml", TEMPLATE)),
    "zip: case collision": zipped(("main.yml", TEMPLATE), ("MAIN.yml", TEMPLATE), ("Main.YML", TEMPLATE)),
    "zip: same name twice": zipped(("main.yml", TEMPLATE), ("main.yml", TEMPLATE)),
    "zip: empty name": zipped(("", TEMPLATE), (".", TEMPLATE), ("./", "")),
    "zip: name of 5,000 characters": zipped(("a" * 5_000 + ".yml", TEMPLATE)),
    "zip: NUL in a name": zipped(("ma\0in.yml", TEMPLATE)),
    "zip: right-to-left override": zipped(("main\u202elmy.exe.yml", TEMPLATE)),
    "zip: control characters": zipped(("main\x1b[2J\r\n.yml", TEMPLATE)),
    "zip: a file where a folder is": zipped(("a", TEMPLATE), ("a/b.yml", TEMPLATE)),
    "zip: symbolic link": zipped(("link.yml", "/etc/passwd"), mode=0o120777),
    "zip: device": zipped(("device.yml", ""), mode=0o020666),
    "tar: parent folders": tarred(("../../escape.yml", tarfile.REGTYPE, TEMPLATE.encode(), "")),
    "tar: absolute path": tarred(("/tmp/escape.yml", tarfile.REGTYPE, TEMPLATE.encode(), "")),
    "tar: symbolic link": tarred(("link.yml", tarfile.SYMTYPE, b"", "/etc/passwd")),
    "tar: hard link": tarred(("link.yml", tarfile.LNKTYPE, b"", "/etc/passwd")),
    "tar: link to itself": tarred(("link.yml", tarfile.LNKTYPE, b"", "link.yml")),
    "tar: character device": tarred(("null.yml", tarfile.CHRTYPE, b"", "")),
    "tar: fifo": tarred(("pipe.yml", tarfile.FIFOTYPE, b"", "")),
    "markdown: parent folders": text(f"### ../../escape.yml\n{fenced(TEMPLATE)}"),
    "markdown: absolute path": text(f"### /tmp/escape.yml\n{fenced(TEMPLATE)}"),
    "record: parent folders": text(json.dumps({"files": {"../../escape.yml": TEMPLATE}}), "r.json"),
    "record: absolute path": text(json.dumps({"files": {"/tmp/escape.yml": TEMPLATE, "..": "x"}}), "r.json"),
    "folder: links": with_link,
    "folder: pipes and sockets": with_devices,
    "folder: 60 folders deep": deep_folders,
    "folder: 2,500 files": many_files,
    "folder: a name that is no text": unreadable_name,
    # archives that are larger inside
    "zip: 200 MB of zeros": lambda folder: zipped(("zeros.yml", bytes(200 * MEGABYTE)))(folder),
    "zip: many times 9 MB of zeros": lambda folder: zipped(*((f"{n}.yml", bytes(9 * MEGABYTE)) for n in range(30)))(
        folder
    ),
    "zip: 20 inside each other": lazy(nested_zip, "answer.zip"),
    "zip: a size that lies": lying_zip,
    "zip: encrypted": encrypted_zip,
    "zip: 5,000 files": lambda folder: zipped(*((f"{n}.yml", "x") for n in range(5_000)))(folder),
    "zip: cut off": lazy(lambda: nested_zip()[:-30], "answer.zip"),
    "zip: a beginning and nothing more": text(b"PK\x03\x04", "answer.zip"),
    "tar.gz: 400 MB of zeros": lazy(tar_of_zeros, "answer.tar.gz"),
    "gz: 100 MB of zeros": lazy(lambda: gzip.compress(bytes(100 * MEGABYTE), 1), "answer.gz"),
    "gz: cut off": lazy(lambda: gzip.compress(TEMPLATE.encode() * 1_000)[:-20], "answer.gz"),
    "bz2: 100 MB of zeros": lazy(lambda: bz2.compress(bytes(100 * MEGABYTE), 1), "answer.bz2"),
    "xz: 100 MB of zeros": lazy(lambda: lzma.compress(bytes(100 * MEGABYTE), preset=0), "answer.xz"),
    "tar: a broken header": lazy(lambda: bytes(257) + b"ustar" + bytes(2_000), "answer.tar"),
    "gz: not gzip after all": text(b"\x1f\x8b" + b"nonsense" * 100, "answer.gz"),
    # YAML and JSON
    "yaml: billion laughs": yaml(billion_laughs()),
    "yaml: quadratic aliases": yaml(quadratic_aliases()),
    "yaml: alias to itself": yaml("a: &a [*a]\n" + TEMPLATE),
    "yaml: 100,000 brackets": yaml(TEMPLATE + "x: " + "[" * 100_000),
    "yaml: 100,000 braces": yaml(TEMPLATE + "x: " + "{a: " * 100_000),
    "yaml: indented 3,000 deep": yaml(TEMPLATE + "x:\n" + "\n".join(" " * n + "a:" for n in range(1, 3_000))),
    "yaml: python objects": yaml("x: !!python/object/apply:os.system ['touch escape.yml']\n" + TEMPLATE),
    "yaml: a million keys": lazy(lambda: TEMPLATE + "".join(f"k{n}: {n}\n" for n in range(400_000)), "template.yml"),
    "yaml: keys that are lists": yaml("? [a, b]\n: c\n" + TEMPLATE),
    "yaml: digits without end": yaml(TEMPLATE + "x: " + "9" * 200_000 + "\n"),
    "yaml: merge keys": yaml("a: &a {b: 1}\nc:\n  <<: *a\n  <<: *a\n" + TEMPLATE),
    "yaml: duplicate keys": yaml(TEMPLATE + TEMPLATE),
    "yaml: 5,000 documents": yaml("---\n".join([TEMPLATE] * 5_000)),
    "yaml: tags": yaml("x: !<tag:example.com,2000:x> y\nz: !!binary AAAA\nw: !Unknown [1]\nv: !!int abc\n" + TEMPLATE),
    "json: 100,000 brackets": text('{"Resources": {"T": {"Type": "AWS::SNS::Topic"}}, "x": ' + "[" * 100_000, "t.json"),
    "json: a record 100,000 deep": text('{"files": ' + '{"a":' * 100_000, "r.json"),
    "json: duplicate keys": text('{"Resources": {"T": {"Type": "AWS::SNS::Topic"}, "T": 1}}', "t.json"),
    "json: NaN and huge numbers": text(
        '{"Resources": {"T": {"Type": "AWS::SNS::Topic", "N": 1e999999, "M": NaN}}}', "t.json"
    ),
    "json: lone surrogates": text('{"files": {"a\\ud800.yml": "Resources: {x: \\udfff}"}}', "r.json"),
    "json: choices that nest": text(chat([[[[[[[[["x"]]]]]]]]]), "r.json"),
    "jsonl: several records": text((chat("a") + "\n") * 3, "r.jsonl"),
    # text
    "text: empty": text(""),
    "text: white space": text(" \n\t\n" * 100),
    "text: NUL": text(b"Resources:\0\0\0"),
    "text: a NUL late in it": text(TEMPLATE.encode() + b" " * 9_000 + b"\0"),
    "text: UTF-16": text(("\ufeff" + fenced(TEMPLATE)).encode("utf-16-le")),
    "text: UTF-16 without a mark": text(fenced(TEMPLATE).encode("utf-16-be")),
    "text: UTF-16 cut in a character": text(b"\xff\xfeR\0e\0s\0o"),
    "text: UTF-32": text(fenced(TEMPLATE).encode("utf-32")),
    "text: a mark and CRLF": text("\ufeff" + fenced(TEMPLATE).replace("\n", "\r\n")),
    "text: bytes of Latin-1": text(fenced(TEMPLATE + "# caf\xe9\n").encode("latin-1")),
    "text: broken UTF-8": text(b"\xc3\x28\xa0\xa1" * 1_000),
    "text: control characters": text("".join(map(chr, range(1, 32))) + fenced(TEMPLATE)),
    "text: random bytes": text(bytes(range(256)) * 1_000),
    "text: one line of 10 MB": lazy(lambda: "x" * (10 * MEGABYTE - 100)),
    "text: one template line of 9 MB": lazy(lambda: fenced(TEMPLATE + "x: " + "y" * 9 * MEGABYTE)),
    "text: 11 MB": lazy(lambda: "x\n" * (11 * MEGABYTE // 2)),
    "text: 5 million empty lines": lazy(lambda: "\n" * 5 * MEGABYTE + "x"),
    "text: a link to a device": lambda folder: Path("/dev/zero"),
    # markdown
    "markdown: a fence of 100,000 ticks": text("`" * 100_000 + "\n" + TEMPLATE),
    "markdown: 20,000 fences": text(fenced("x") * 20_000),
    "markdown: 3,000 templates": text("".join(fenced(TEMPLATE.replace("Topic", f"T{n}")) for n in range(3_000))),
    "markdown: 3,000 templates without a fence": text("Next:\n\n".join([TEMPLATE] * 3_000)),
    "markdown: unclosed fences": text(("```yaml\n" + TEMPLATE) * 500),
    "markdown: files in files": text("```markdown\n" * 300 + TEMPLATE + "```\n" * 300),
    "markdown: quotes inside each other": text(">" * 50_000 + " x\n"),
    "markdown: lists inside each other": text("".join("  " * n + "- x\n" for n in range(1_000))),
    "markdown: brackets": text("[" * 100_000 + "](" * 50_000),
    "markdown: emphasis": text("*a_ " * 50_000),
    "markdown: Resources on every line": text("Resources:\n" * 50_000),
    "markdown: opening braces on every line": text('{\n"Resources"\n' * 20_000),
    "markdown: half a template, often": text("Resources:\n  A:\n    Type: AWS::X::Y\n    " + "'" * 50_000),
    "markdown: a fence with 80,000 blanks and a tick": text("```yaml" + " " * 80_000 + "`\n" + TEMPLATE + "```\n"),
    "markdown: 49 templates without a fence, and much prose": text(
        f"Then:\n\n{TEMPLATE}\nThat was it.\n\n" * 49 + "Word.\n\n" * 60_000
    ),
    "markdown: prose between two resources": text(
        fenced("Resources:\n  A:\n    Type: AWS::X::Y\n" + "Word, again.\n" * 60_000 + "  B:\n    Type: AWS::X::Y\n")
    ),
    "markdown: 3,000 files that hold fences": text("```markdown\n```yaml\nx: 1\n```\n```\n" * 3_000),
    "markdown: a heading of signs on every line": text(("# " + "- " * 90 + "\n") * 40_000),
    "markdown: blank lines in a manifest": text(fenced("apiVersion: v1" + "\n" * 150_000 + "x")),
    "markdown: one word without end": text('--parameter-overrides A="' + "w" * 200_000 + "\n"),
    "markdown: names as sentences": text(("a/" * 2_000 + "b.yml ") * 50 + "\n" + fenced(TEMPLATE)),
    "markdown: blanks before colons": text(
        fenced("Resources:\n" + (" " * 2_000 + "\n") * 2_000 + "  A:\n    Type: AWS::X::Y\n")
    ),
}
