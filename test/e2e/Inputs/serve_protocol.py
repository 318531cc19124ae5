"""Holds every path of the Open Inference Protocol against its OpenAPI file: what is asked, and what is answered.

serve_protocol.py DLC FOLDER EXAMPLES FILE.
"""
import json
import os
import sys

import jsonschema
import yaml

from scratch import Scratch
from server import Server

scratch = Scratch(*sys.argv[1:3])
examples, file = sys.argv[3:]
with open(file, encoding="utf-8") as text:
    openapi = yaml.safe_load(text)
scratch.must("train", os.path.join(examples, "iris.dsl"), "-o", "iris.model", "-q", "--epochs=3")


def holds(value, schema, what):
    """Whether `value` is what a part of the file describes."""
    whole = {"$ref": f"#/components/schemas/{schema}", "components": openapi["components"]}
    problems = [error.message for error in jsonschema.Draft202012Validator(whole).iter_errors(value)]
    scratch.check(not problems, f"{what} is no {schema}: {problems}\n{value}")


def schema_of(method, status):
    answer = method["responses"].get(str(status), {}).get("content", {}).get("application/json")
    return answer and answer["schema"]["$ref"].rsplit("/", 1)[1]


ROWS = [[6.8, 2.8, 4.8, 1.4], [6.0, 3.4, 4.5, 1.6]]
QUESTIONS = [
    # As KServe shows it for a model of iris, and as its description of the protocol does.
    {"inputs": [{"name": "input-0", "shape": [2, 4], "datatype": "FP32", "data": ROWS}]},
    {"id": "42", "inputs": [{"name": "input", "shape": [2, 4], "datatype": "FP64", "data": sum(ROWS, [])}],
     "outputs": [{"name": "output"}]},
    {"inputs": [{"name": "input", "shape": [1, 4], "datatype": "INT32", "data": [6, 3, 4, 1], "parameters": {"x": 1}}],
     "parameters": {"priority": 1}}]
WRONG = [{"inputs": [{"name": "input", "shape": [4, 2], "datatype": "FP32", "data": sum(ROWS, [])}]},
         {"inputs": [{"name": "input", "shape": [2, 4], "datatype": "BOOL", "data": [True] * 8}]},
         {"inputs": []}]

seen = 0
with Server(scratch, "iris.model") as server:
    client = server.client()
    for path, methods in openapi["paths"].items():
        concrete = path.replace("${MODEL_NAME}", "iris").replace("${MODEL_VERSION}", "1")
        for shown in {concrete, concrete.replace("/versions/1", "")}:
            if "get" in methods:
                status, answer = client.ask(shown)
                scratch.check(status == 200, f"{shown}: {status} {answer}")
                if schema := schema_of(methods["get"], status):
                    holds(answer, schema, shown)
                seen += 1
            for question in QUESTIONS + WRONG if "post" in methods else []:
                holds(question, "inference_request", "the question")
                status, answer = client.ask(shown, json.dumps(question), "application/json")
                scratch.check(status == (400 if question in WRONG else 200), f"{question}: {status} {answer}")
                holds(answer, schema_of(methods["post"], status), f"{shown} with {question}")
                seen += 1
scratch.check(seen >= 15, f"only {seen} requests: is this the OpenAPI file of the protocol?")
scratch.end()
