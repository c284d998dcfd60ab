"""IntelMQ's parser of Shadowserver's reports on a table, and its deduplicator behind it: rows by second of processor time.

peer.py TABLE SCHEMA ROOT PORT: ROOT is a folder of our own, PORT a free one for a Redis (0: none). One JSON line a part.
"""
import json
import os
import shutil
import subprocess
import sys
import time

table, schema, root, port = sys.argv[1:5]
port = int(port)
os.environ["INTELMQ_ROOT_DIR"] = root
state = os.path.join(root, "var/lib/bots")
for folder in (os.path.join(root, "etc"), os.path.join(root, "var/log"), state):
    os.makedirs(folder, exist_ok=True)
shutil.copy(schema, os.path.join(state, "shadowserver-schema.json"))

import intelmq  # noqa: E402
from intelmq.bots.experts.deduplicator.expert import DeduplicatorExpertBot  # noqa: E402
from intelmq.bots.parsers.shadowserver.parser import ShadowserverParserBot  # noqa: E402
from intelmq.lib.bot import BotLibSettings  # noqa: E402
from intelmq.lib.message import Report  # noqa: E402

QUIET = {"logging_level": "ERROR", "error_dump_message": False}


def report(bot):
    own = Report(harmonization=bot.harmonization)
    own.add("feed.name", "Bench")
    own.add("extra", {"file_name": "event_bench.csv"})
    with open(table, encoding="utf-8") as text:
        own.add("raw", text.read())
    return own


def tell(part, rows, events, seconds, more):
    line = {"bench": "feeds", "peer": "intelmq " + intelmq.__version__, "part": part, "rows": rows, "events": events,
            "cpu_seconds": round(seconds, 3), "rows_per_cpu_second": round(rows / max(seconds, 1e-9))}
    print(json.dumps(dict(line, **more)), flush=True)


def rows_of(path):
    with open(path, encoding="utf-8") as text:
        return sum(1 for _ in text) - 1


def in_process(rows):
    """As a library: no queue, nothing is written as text in between."""
    bot = ShadowserverParserBot("peer-parser", settings=dict(BotLibSettings, **QUIET))
    own = report(bot)
    began = time.process_time()
    events = len(bot.process_message(own)["output"])
    tell("parsed in one process", rows, events, time.process_time() - began, {})


def cpu_of(pid):
    with open(f"/proc/{pid}/stat", encoding="ascii") as text:
        fields = text.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def by_redis(rows):
    """As teams run it: a bot takes from a list in Redis and gives to the next one."""
    server = subprocess.Popen(
        ["redis-server", "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", root],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        for _ in range(100):
            if subprocess.run(["redis-cli", "-p", str(port), "ping"], capture_output=True, check=False).stdout.strip() == b"PONG":
                break
            time.sleep(0.1)
        parts = {}
        redis = {"source_pipeline_broker": "redis", "destination_pipeline_broker": "redis", "source_pipeline_port": port,
                 "destination_pipeline_port": port, "statistics_port": port, "redis_cache_port": port}

        def bot(kind, name, to, **more):
            queues = {"_default": [to], "_on_error": ["peer-error"]}
            return kind(name, source_queue=name, settings=dict(QUIET, logging_path=None, destination_queues=queues, **redis, **more))

        def work(name, made, times):
            before, began = cpu_of(server.pid), time.process_time()
            for _ in range(times):
                made.process()
            parts[name] = (time.process_time() - began, cpu_of(server.pid) - before)

        import redis as client  # IntelMQ needs it itself
        asked = client.Redis(port=port, db=2)
        parser = bot(ShadowserverParserBot, "peer-parser", "peer-dedup")
        asked.lpush("peer-parser", report(parser).serialize())
        work("parser", parser, 1)
        events = asked.llen("peer-dedup")
        own, theirs = parts["parser"]
        tell("parsed, by way of Redis", rows, events, own + theirs, {"of_which_redis": round(theirs, 3)})
        expert = bot(DeduplicatorExpertBot, "peer-dedup", "peer-output", filter_keys="raw,time.observation", filter_type="blacklist")
        work("dedup", expert, events)
        own = sum(one for one, _ in parts.values())
        theirs = sum(one for _, one in parts.values())
        tell("parsed and deduplicated, by way of Redis", rows, asked.llen("peer-output"), own + theirs, {"of_which_redis": round(theirs, 3)})
    finally:
        server.terminate()
        server.wait()


def main():
    rows = rows_of(table)
    in_process(rows)
    if port:
        by_redis(rows)


main()
