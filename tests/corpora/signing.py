#!/usr/bin/env python3
"""Model Signing bundles by the reference tool, good and bad, and what must come out of each.

    python3 signing.py make FOLDER     writes them with `cases.json`, which the Rust tests of canteen-provenance read
    python3 signing.py check PROGRAM   makes new ones, asks `PROGRAM verify` and the reference tool about each
    python3 signing.py bom BOM…        lets the official library of CycloneDX validate each BOM

Needs the packages of requirements.txt; `tests/it/interop.rs` makes an environment of them and calls it. The folder `sigstore` is not
made here: nobody can sign keyless without a network. Keys are new each time, and only the public halves are written.
"""

import base64
import copy
import hashlib
import json
import shutil
import subprocess
import sys
import tempfile
from datetime import datetime, timezone
from pathlib import Path

import model_signing
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

BEGIN, END = datetime(2025, 1, 1, tzinfo=timezone.utc), datetime(2025, 6, 1, tzinfo=timezone.utc)
NOT_GOOD, GOOD = "not good", "good"
# Where Canteen refuses what the reference tool takes. It never takes what that refuses.
STRICTER = {"digests by blake3", "a folder that the signer left out", "a certificate: authority", "a certificate: server",
            "same name twice", "key of the object twice", "two signatures"}


class Corpus:
    def __init__(self, folder):
        self.folder = folder.resolve()
        self.private = Path(tempfile.mkdtemp())
        self.keys = {}
        self.cases = []

    def case(self, name, signature, expected, model="model", **trust):
        self.cases.append({"name": name, "signature": signature, "model": model, "expected": expected, **trust})

    # Keys and certificates.

    def key(self, name, curve=ec.SECP256R1):
        key = ec.generate_private_key(curve())
        self.keys[name] = key
        pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        (self.private / f"{name}.pem").write_bytes(pem)
        public = key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
        (self.folder / f"{name}.pub").write_bytes(public)
        return key

    def certificate(self, name, issuer=None, ca=False, usage="digital_signature", purpose=None, begin=BEGIN, end=END):
        key = ec.generate_private_key(ec.SECP384R1() if ca else ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(x509.NameOID.ORGANIZATION_NAME, "Canteen tests"),
                             x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
        issuer_key, issuer_name = (key, subject) if issuer is None else (issuer[0], issuer[1].subject)
        builder = x509.CertificateBuilder(issuer_name, subject, key.public_key(), x509.random_serial_number(), begin, end)
        builder = builder.add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
        if usage:
            uses = ["digital_signature", "content_commitment", "key_encipherment", "data_encipherment", "key_agreement",
                    "key_cert_sign", "crl_sign", "encipher_only", "decipher_only"]
            builder = builder.add_extension(x509.KeyUsage(**{use: use == usage for use in uses}), critical=True)
        if purpose:
            builder = builder.add_extension(x509.ExtendedKeyUsage([purpose]), critical=False)
        if not ca:
            names = [x509.RFC822Name("models@example.com"), x509.UniformResourceIdentifier("https://models.example.com/signer")]
            builder = builder.add_extension(x509.SubjectAlternativeName(names), critical=False)
        made = builder.sign(issuer_key, hashes.SHA384())
        pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        (self.private / f"{name}.pem").write_bytes(pem)
        (self.private / f"{name}.crt").write_bytes(made.public_bytes(serialization.Encoding.PEM))
        return key, made

    def roots(self, name, *certificates):
        pems = [made.public_bytes(serialization.Encoding.PEM) for _, made in certificates]
        (self.folder / name).write_bytes(b"".join(pems))

    # Signatures.

    def sign(self, signature, model, signer, hashing=None):
        config = model_signing.signing.Config()
        signer(config)
        hashing = hashing or model_signing.hashing.Config()
        config.set_hashing_config(hashing.set_ignored_paths(paths=[self.folder / signature])).sign(model, self.folder / signature)

    def by_key(self, name):
        return lambda config: config.use_elliptic_key_signer(private_key=self.private / f"{name}.pem")

    def by_certificate(self, name, *chain):
        return lambda config: config.use_certificate_signer(
            private_key=self.private / f"{name}.pem", signing_certificate=self.private / f"{name}.crt",
            certificate_chain=[self.private / f"{link}.crt" for link in chain])

    def read(self, signature):
        return json.loads((self.folder / signature).read_text())

    def statement(self, signature):
        return json.loads(base64.b64decode(self.read(signature)["dsseEnvelope"]["payload"]))

    def forge(self, signature, statement, key="key", **changes):
        """A bundle over a statement of ours, rightly signed: what a malicious or broken signer makes."""
        payload = statement if isinstance(statement, bytes) else json.dumps(statement).encode()
        kind = "application/vnd.in-toto+json"
        signed = b"DSSEv1 %d %s %d %s" % (len(kind), kind.encode(), len(payload), payload)
        bundle = self.read("key.sig")
        envelope = bundle["dsseEnvelope"]
        envelope["payload"] = base64.b64encode(payload).decode()
        envelope["signatures"][0]["sig"] = base64.b64encode(self.keys[key].sign(signed, ec.ECDSA(hashes.SHA256()))).decode()
        (self.folder / signature).write_text(json.dumps({**bundle, **changes}))


def with_resources(statement, resources, **serialization_changes):
    """The root is that of the resources."""
    changed = copy.deepcopy(statement)
    digests = b"".join(bytes.fromhex(resource["digest"]) for resource in resources)
    changed["subject"][0]["digest"]["sha256"] = hashlib.sha256(digests).hexdigest()
    changed["predicate"]["resources"] = resources
    changed["predicate"]["serialization"].update(serialization_changes)
    return changed


def models(folder):
    model = folder / "model"
    (model / "weights").mkdir(parents=True)
    (model / "config.json").write_text('{"architectures": ["Tiny"]}\n')
    (model / "weights/model.bin").write_bytes(bytes(range(256)) * 10)
    for name in ("changed", "missing", "extra", "filled", "grown", "case"):
        shutil.copytree(model, folder / name)
    (folder / "changed/weights/model.bin").write_bytes(bytes(range(255, -1, -1)) * 10)
    (folder / "missing/weights/model.bin").unlink()
    (folder / "extra/weights/adapter.bin").write_bytes(b"not signed")
    (folder / "filled/.github").mkdir()
    (folder / "filled/.github/loader.py").write_text("# put here by anybody\n")
    (folder / "grown/config.json").write_text('{"architectures": ["Tiny"]}\n\n')
    (folder / "case/config.json").rename(folder / "case/Config.json")
    return model


def keys(corpus, model):
    case = corpus.case
    for name, curve in (("key", ec.SECP256R1), ("p384", ec.SECP384R1), ("p521", ec.SECP521R1), ("other", ec.SECP256R1)):
        corpus.key(name, curve)
        if name != "other":
            corpus.sign(f"{name}.sig", model, corpus.by_key(name))
            case(f"a key on {curve.name}", f"{name}.sig", GOOD, key=f"{name}.pub")
    der = base64.b64encode(corpus.keys["key"].public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)).decode()
    lines = "\r\n".join(der[at:at + 50] for at in range(0, len(der), 50))
    text = f"a note before the key\r\n-----BEGIN PUBLIC KEY-----\r\n{lines}\r\n-----END PUBLIC KEY-----\r\n"
    (corpus.folder / "key-uncanonical.pub").write_bytes(text.encode())
    case("the same key in an uncanonical PEM", "key.sig", GOOD, key="key-uncanonical.pub")
    case("another key", "key.sig", "provenance.wrong_signature", key="other.pub")
    case("another kind of trust", "key.sig", "provenance.other_kind", roots="roots.pem")
    for variant in ("changed", "grown", "missing", "extra", "case"):
        case(f"a model that is {variant}", "key.sig", NOT_GOOD, model=variant, key="key.pub")
    case("an ignored path that was filled", "key.sig", GOOD, model="filled", key="key.pub")
    corpus.sign("single.sig", model / "weights/model.bin", corpus.by_key("key"))
    case("one file", "single.sig", GOOD, model="model/weights/model.bin", key="key.pub")
    case("another file than the one signed", "single.sig", NOT_GOOD, model="changed/weights/model.bin", key="key.pub")
    case("a folder for one file", "single.sig", NOT_GOOD, key="key.pub")
    shards = model_signing.hashing.Config().use_shard_serialization(shard_size=1000)
    corpus.sign("shards.sig", model, corpus.by_key("key"), shards)
    case("shards", "shards.sig", GOOD, key="key.pub")
    for variant in ("changed", "grown", "missing", "extra"):
        case(f"shards of a model that is {variant}", "shards.sig", NOT_GOOD, model=variant, key="key.pub")
    for name in ("blake2", "blake3"):
        hashing = model_signing.hashing.Config().use_file_serialization(hashing_algorithm=name)
        corpus.sign(f"{name}.sig", model, corpus.by_key("key"), hashing)
        case(f"digests by {name}", f"{name}.sig", "provenance.unsupported", key="key.pub")
    hashing = model_signing.hashing.Config().set_ignored_paths(paths=["weights"])
    signer = model_signing.signing.Config().set_hashing_config(hashing)
    corpus.by_key("key")(signer)
    signer.sign(model, corpus.folder / "left-out.sig")
    case("a folder that the signer left out", "left-out.sig", NOT_GOOD, key="key.pub")


def certificates(corpus, model):
    root = corpus.certificate("root", ca=True, usage="key_cert_sign")
    middle = corpus.certificate("middle", issuer=root, ca=True, usage="key_cert_sign")
    weak = corpus.certificate("weak", issuer=root, ca=True, usage="crl_sign")
    corpus.roots("roots.pem", root)
    corpus.roots("other-roots.pem", corpus.certificate("stranger", ca=True, usage="key_cert_sign"))
    code, tls = x509.ExtendedKeyUsageOID.CODE_SIGNING, x509.ExtendedKeyUsageOID.SERVER_AUTH
    for name, issuer, expected, settings in (
        ("leaf", middle, GOOD, {}),
        ("code-signing", middle, GOOD, {"usage": None, "purpose": code}),
        ("authority", middle, "provenance.certificate", {"ca": True}),
        ("server", middle, "provenance.certificate", {"purpose": tls}),
        ("encryption", middle, "provenance.certificate", {"usage": "key_agreement"}),
        ("no-usage", middle, "provenance.certificate", {"usage": None}),
        ("by-weak", weak, "provenance.certificate", {}),
        ("before-its-issuer", middle, "provenance.certificate", {"begin": datetime(2024, 1, 1, tzinfo=timezone.utc)}),
    ):
        corpus.certificate(name, issuer=issuer, **settings)
        corpus.sign(f"{name}.sig", model, corpus.by_certificate(name, "weak" if issuer is weak else "middle"))
        corpus.case(f"a certificate: {name}", f"{name}.sig", expected, roots="roots.pem")
    corpus.case("another root", "leaf.sig", "provenance.certificate", roots="other-roots.pem")
    corpus.case("a key instead of roots", "leaf.sig", "provenance.other_kind", key="key.pub")
    corpus.case("a certificate and a changed file", "leaf.sig", NOT_GOOD, model="changed", roots="roots.pem")
    bundle = corpus.read("leaf.sig")
    corpus.sign("wrong-chain.sig", model, corpus.by_certificate("leaf", "stranger"))
    corpus.case("the wrong issuer between", "wrong-chain.sig", "provenance.certificate", roots="roots.pem")
    bundle["dsseEnvelope"]["signatures"][0]["sig"] = corpus.read("no-usage.sig")["dsseEnvelope"]["signatures"][0]["sig"]
    (corpus.folder / "leaf-altered.sig").write_text(json.dumps(bundle))
    corpus.case("a certificate over an altered statement", "leaf-altered.sig", "provenance.wrong_signature", roots="roots.pem")
    bundle["verificationMaterial"]["x509CertificateChain"]["certificates"] = []
    (corpus.folder / "no-certificate.sig").write_text(json.dumps(bundle))
    corpus.case("no certificate", "no-certificate.sig", "provenance.bad_bundle", roots="roots.pem")


def forged(corpus):
    good = corpus.statement("key.sig")
    config, weights = good["predicate"]["resources"]
    bundle = corpus.read("key.sig")
    altered = copy.deepcopy(bundle)
    payload = json.loads(base64.b64decode(altered["dsseEnvelope"]["payload"]))
    payload["predicate"]["resources"].pop()
    altered["dsseEnvelope"]["payload"] = base64.b64encode(json.dumps(payload).encode()).decode()
    (corpus.folder / "altered.sig").write_text(json.dumps(altered))
    corpus.case("an altered statement", "altered.sig", "provenance.wrong_signature", key="key.pub")

    def bad(name, statement, expected="provenance.bad_statement", **changes):
        corpus.forge(f"{name}.sig", statement, **changes)
        corpus.case(name.replace("-", " "), f"{name}.sig", expected, key="key.pub")

    for name, path in (("leaves-the-folder", "../config.json"), ("absolute-name", "/etc/hostname"), ("backslash", "a\\b"),
                       ("drive", "c:config.json"), ("dot-inside", "weights/./model.bin"), ("doubled-slash", "weights//model.bin"),
                       ("the-folder-itself", ".")):
        bad(name, with_resources(good, [{**config, "name": path}, weights]))
    bad("same-name-twice", with_resources(good, [config, config, weights]))
    bad("same-name-but-for-capitals", with_resources(good, [{**config, "name": "Config.json"}, config, weights]))
    bad("root-of-other-files", {**good, "subject": [{"name": "model", "digest": {"sha256": "0" * 64}}]})
    bad("two-subjects", {**good, "subject": good["subject"] * 2})
    bad("another-predicate", {**good, "predicateType": "https://example.com/something"})
    bad("not-even-json", b"{")
    text = json.dumps(good)
    bad("key-of-the-object-twice", (text[:-1] + ', "predicate": ' + json.dumps(good["predicate"]) + "}").encode())
    bad("replacement-character", with_resources(good, [{**config, "name": "config\ufffd.json"}]), NOT_GOOD)
    shards = corpus.statement("shards.sig")
    bad("shards-with-a-gap", with_resources(shards, [r for r in shards["predicate"]["resources"] if ":1000:" not in r["name"]]))
    bad("shards-that-overlap", with_resources(shards, [
        {**r, "name": r["name"].replace(":1000:", ":999:")} for r in shards["predicate"]["resources"]]))
    bad("unknown-method", with_resources(good, [config, weights], method="tensors"), "provenance.unsupported")
    old = {**good, "predicateType": "https://model_signing/Digests/v0.1", "predicate": {"unused": "x"}}
    bad("old-version", old, "provenance.old_bundle")
    bad("old-media-type", good, "provenance.bad_bundle", mediaType="application/vnd.dev.sigstore.bundle+json;version=0.2")
    bad("no-envelope", good, "provenance.bad_bundle", dsseEnvelope={})
    twice = copy.deepcopy(bundle)
    twice["dsseEnvelope"]["signatures"] *= 2
    (corpus.folder / "two-signatures.sig").write_text(json.dumps(twice))
    corpus.case("two signatures", "two-signatures.sig", "provenance.bad_bundle", key="key.pub")
    both = copy.deepcopy(bundle)
    both["verificationMaterial"]["certificate"] = {"rawBytes": "AAAA"}
    (corpus.folder / "two-signers.sig").write_text(json.dumps(both))
    corpus.case("two ways to say who signed", "two-signers.sig", "provenance.bad_bundle", key="key.pub")
    no_hint = copy.deepcopy(bundle)
    no_hint["dsseEnvelope"]["signatures"][0]["keyid"] = None
    no_hint["verificationMaterial"] = {"publicKey": {"rawBytes": "AAAA", "keyDetails": "PKIX_ECDSA_P256_SHA_256"}}
    (corpus.folder / "no-hint.sig").write_text(json.dumps(no_hint))
    corpus.case("no hint and no log entries, as version 0.3 wrote", "no-hint.sig", GOOD, key="key.pub")
    (corpus.folder / "no-bundle.sig").write_text("[]")
    corpus.case("no bundle", "no-bundle.sig", "provenance.bad_bundle", key="key.pub")


def make(folder):
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.iterdir():
        if old.is_dir() and old.name != "sigstore":
            shutil.rmtree(old)
        elif old.is_file() and old.name != "README.md":
            old.unlink()
    corpus = Corpus(folder)
    model = models(folder)
    keys(corpus, model)
    certificates(corpus, model)
    forged(corpus)
    (folder / "cases.json").write_text(json.dumps(corpus.cases, indent=1) + "\n")
    shutil.rmtree(corpus.private)
    return corpus.cases


def reference(folder, case):
    """What the reference tool says."""
    config = model_signing.verifying.Config()
    if "key" in case:
        config.use_elliptic_key_verifier(public_key=folder / case["key"])
    else:
        config.use_certificate_verifier(certificate_chain=[folder / case["roots"]])
    if case["signature"] == "shards.sig":
        # Left to itself it reads the size of its own shards back as a fraction, and fails.
        config.set_hashing_config(model_signing.hashing.Config().use_shard_serialization(shard_size=1000))
    try:
        config.verify(folder / case["model"], folder / case["signature"])
        return GOOD
    except Exception:
        return NOT_GOOD


def verify(program, folder, case):
    trust = next([f"--{kind}", folder / case[kind]] for kind in ("key", "roots") if kind in case)
    asked = [program, "--json", "verify", folder / case["model"], "--signature", folder / case["signature"], *trust]
    said = subprocess.run(asked, capture_output=True, text=True)
    answer = json.loads(said.stdout or said.stderr)
    found = answer.get("code") or (GOOD if answer["good"] else NOT_GOOD)
    fits = said.returncode == {GOOD: 0, NOT_GOOD: 20}.get(found, said.returncode) and said.returncode in (0, 1, 20)
    return found if fits else f"{found} with exit code {said.returncode}"


def check(program):
    wrong = []
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        for case in make(folder):
            found = verify(program, folder, case)
            if found != case["expected"]:
                wrong.append(f"{case['name']}: {found}, not {case['expected']}")
            theirs = reference(folder, case)
            if (found == GOOD) != (GOOD == theirs) and not (theirs == GOOD and case["name"] in STRICTER):
                wrong.append(f"{case['name']}: {found}, and for the reference tool {theirs}")
        linked = folder / "linked"
        shutil.copytree(folder / "model", linked)
        (linked / "config.json").unlink()
        (linked / "config.json").symlink_to(folder / "model/config.json")
        case = {"model": "linked", "signature": "key.sig", "key": "key.pub"}
        if (found := verify(program, folder, case)) != NOT_GOOD:
            wrong.append(f"a link to a signed file: {found}")
    return wrong


def boms(paths):
    validator = JsonStrictValidator(SchemaVersion.V1_7)
    found = ((path, validator.validate_str(Path(path).read_text())) for path in paths)
    return [f"{path}: {error}" for path, error in found if error]


def told(wrong):
    print("\n".join(wrong) or "Everything is as expected.")
    sys.exit(bool(wrong))


def main():
    match sys.argv[1:]:
        case ["make", folder]:
            print(len(make(Path(folder))), "cases")
        case ["check", program]:
            told(check(Path(program).resolve()))
        case ["bom", *paths]:
            told(boms(paths))
        case _:
            sys.exit(__doc__)


main()
