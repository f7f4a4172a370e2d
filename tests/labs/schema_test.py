#!/usr/bin/python3
"""Judges lab files by a JSON Schema as an editor would: schema_test.py SCHEMA.json --accept FILE... --reject FILE...

Scalars are resolved as YAML 1.2 does (so `on` is a text), keys are always texts, and a tagged value becomes its text.
"""

import argparse
import json
import re
import sys

import jsonschema
import yaml


class Loader(yaml.SafeLoader):
    yaml_implicit_resolvers = {}


Loader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile(r"^(true|True|TRUE|false|False|FALSE)$"), list("tTfF"))
Loader.add_implicit_resolver("tag:yaml.org,2002:int", re.compile(r"^[-+]?[0-9]+$"), list("-+0123456789"))
Loader.add_implicit_resolver("tag:yaml.org,2002:float", re.compile(r"^[-+]?[0-9]+\.[0-9]+$"), list("-+0123456789"))
Loader.add_implicit_resolver("tag:yaml.org,2002:null", re.compile(r"^(~|null|Null|NULL|)$"), ["~", "n", "N", ""])


def construct_mapping(loader, node):
    return {key.value: loader.construct_object(value, deep=True) for key, value in node.value}


def construct_tagged(loader, tag, node):
    if isinstance(node, yaml.SequenceNode):
        return [f"!{tag}"] + loader.construct_sequence(node, deep=True)
    return f"!{tag} {node.value}"


def construct_decimal(loader, node):
    return int(node.value, 10)


Loader.add_constructor("tag:yaml.org,2002:map", construct_mapping)
Loader.add_constructor("tag:yaml.org,2002:int", construct_decimal)
Loader.add_multi_constructor("!", construct_tagged)


def first_fault(validator, path):
    with open(path, encoding="utf-8") as stream:
        lab = yaml.load(stream, Loader=Loader)
    fault = jsonschema.exceptions.best_match(validator.iter_errors(lab))
    return fault and f"{'/'.join(map(str, fault.absolute_path))}: {fault.message}"


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("schema")
    parser.add_argument("--accept", nargs="*", default=[])
    parser.add_argument("--reject", nargs="*", default=[])
    arguments = parser.parse_args()
    with open(arguments.schema, encoding="utf-8") as stream:
        schema = json.load(stream)
    jsonschema.Draft7Validator.check_schema(schema)
    validator = jsonschema.Draft7Validator(schema)
    failures = 0
    for path in arguments.accept:
        fault = first_fault(validator, path)
        if fault:
            failures += 1
            print(f"{path}: refused: {fault}", file=sys.stderr)
    for path in arguments.reject:
        if not first_fault(validator, path):
            failures += 1
            print(f"{path}: accepted, though it is bad", file=sys.stderr)
    if not arguments.accept or not arguments.reject:
        failures += 1
        print("nothing to judge: name files to accept and to reject", file=sys.stderr)
    print(f"{len(arguments.accept)} to accept, {len(arguments.reject)} to reject, {failures} failures")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
