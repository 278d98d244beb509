#!/usr/bin/env python3
"""Asks two servers the same random questions and prints where their answers differ.

  fuzz.py --one http://127.0.0.1:8018 --two http://127.0.0.1:8069 --db odoo18 [--seed 1] [--rounds 5] [--calls 200] [--kinds read] [--only METHOD]

README.md says how it works. Standard library only."""
import argparse
import collections
import json
import random
import sys
import time

from answers import Facts, answer, differences, row
from draw import CORE, Draw
from kinds import CHANGE, KINDS, MUTATING
from side import DIGITS, Ref, Refused, Side
from world import World

WITH_DOMAIN = ('search', 'search_count', 'search_read', 'read_group', 'web_search_read', 'web_read_group')

# what a change leaves behind: model, domain by the record's model and id, fields
TRACES = (
    ('mail.message', [('model', 'model'), ('res_id', 'id')], ['body', 'subject', 'message_type', 'subtype_id', 'author_id', 'email_from', 'is_internal', 'record_name',
     'parent_id', 'partner_ids', 'notified_partner_ids', 'tracking_value_ids', 'mail_activity_type_id', 'attachment_ids']),
    ('mail.tracking.value', [('mail_message_id.model', 'model'), ('mail_message_id.res_id', 'id')], ['field_id', 'old_value_integer', 'old_value_float',
     'old_value_char', 'old_value_text', 'old_value_datetime', 'new_value_integer', 'new_value_float', 'new_value_char', 'new_value_text', 'new_value_datetime']),
    ('mail.followers', [('res_model', 'model'), ('res_id', 'id')], ['partner_id', 'subtype_ids']),
    ('mail.activity', [('res_model', 'model'), ('res_id', 'id')], ['activity_type_id', 'summary', 'note', 'date_deadline', 'user_id', 'state', 'active', 'automated']),
)


def show(value):
    if isinstance(value, Ref):
        return repr(value)
    if isinstance(value, dict):
        return '{' + ', '.join(f'{k!r}: {show(v)}' for k, v in value.items()) + '}'
    if isinstance(value, (list, tuple)):
        return '[' + ', '.join(map(show, value)) + ']'
    return repr(value)


def short(value, width=300):
    text = show(value)
    return text if len(text) <= width else text[:width] + '…'


class Fuzzer:
    def __init__(self, options):
        self.options = options
        self.sides = [Side(url, options.db, options.user, options.password) for url in (options.one, options.two)]
        self.facts = Facts(self.sides)
        self.groups = collections.OrderedDict()
        self.compared = collections.Counter()
        self.refused = collections.Counter()
        self.stamp = f'f{options.stamp or int(time.time())}'
        self.seed = 0

    # ------------------------------------------------------------ one call

    def send(self, side, call):
        args, kwargs = list(call['args']), dict(call['kwargs'])
        if 'domain_' in kwargs:
            kwargs['domain'] = kwargs.pop('domain_')
        if call['method'] in WITH_DOMAIN:
            domain = kwargs.pop('domain', [])
            known = [['id', 'in', self.world.get(call['model'], [])]]
            args = [known + domain if isinstance(domain, list) else domain] + args
        try:
            value = side.call(call['model'], call['method'], side.render(args), side.render(kwargs), call['user'])
        except Refused as refused:
            return 'error', (refused.name, side.message(refused.message)), None
        try:
            return 'result', answer(side, self.facts, call, value), value
        except Exception as trouble:      # an answer of another shape than Odoo's
            return 'result', f'cannot make sense of it: {trouble!r} {str(value)[:200]}', value

    def differs(self, one, two):
        """None, or (kind, text)"""
        if one[0] != two[0]:
            return 'outcome', f'one: {short(one[1])}\n      two: {short(two[1])}'
        if one[0] == 'error':
            return self.errors_differ(one[1], two[1])
        where = differences(one[1], two[1])
        if where:
            path = DIGITS.sub('', where[0][0])
            return f'result{path}', '\n      '.join(f'{p or "answer"}: {short(a)} ≠ {short(b)}' for p, a, b in where[:4])
        return None

    @staticmethod
    def errors_differ(one, two):
        (name, message), (other, text) = one, two
        message, text = (DIGITS.sub('#', t.split('\n')[0] if n.startswith('psycopg2') else t) for n, t in ((name, message), (other, text)))
        if name != other:
            return f'error name {name} ≠ {other}', f'{short(message)}\n      {short(text)}'
        if 'Snailmail' in message and name.endswith('AccessError'):      # a module that one of the two has not
            return None
        if message != text and not name.startswith('psycopg2'):
            return f'error message {name.split(".")[-1]}', f'{short(message)}\n      {short(text)}'
        return None

    def compare(self, call):
        one, two = (self.send(side, call) for side in self.sides)
        self.compared[call['method']] += 1
        if one[0] == 'error':
            self.refused[call['method']] += 1
        return one, two, self.differs(one, two)

    # ------------------------------------------------------------ smaller repros

    def smaller(self, call, tries=40):
        """the least of the call that still differs; read-only calls only"""
        kind = self.compare(call)[2]
        changed = kind is not None
        while changed and tries > 0:
            changed = False
            for candidate in candidates(call):
                tries -= 1
                if tries < 0:
                    break
                found = self.compare(candidate)[2]
                if found and (found[0].split('.')[0] == kind[0].split('.')[0]):
                    call, kind, changed = candidate, found, True
                    break
        return call, kind

    def note(self, call, kind, number):
        signature = self.signature(call, kind)
        entry = self.groups.setdefault(signature, {'count': 0, 'examples': []})
        entry['count'] += 1
        if len(entry['examples']) < self.options.examples:
            text = f'seed {self.seed}.{number} as {call["user"]}: {call["model"]}.{call["method"]}(*{show(call["args"])}, **{show(call["kwargs"])})\n      {kind[1]}'
            entry['examples'].append(text)
            if self.options.verbose:
                print(f'  {signature}\n    {text}', flush=True)

    def signature(self, call, kind):
        domain = call['kwargs'].get('domain')
        about = ''
        if isinstance(domain, list) and len(domain) == 1 and isinstance(domain[0], list) and len(domain[0]) == 3:
            path, op, value = domain[0]
            field = self.facts.field(call['model'], str(path)) or {}
            about = f' [{"dotted " if "." in str(path) else ""}{field.get("type")} {op} {type(value).__name__}]'
        return f'{call["method"]} {call["model"]} {kind[0]}{about}'

    # ------------------------------------------------------------ a round

    def round(self, seed):
        self.seed = seed
        rng = random.Random(seed)
        self.world = World(self.sides, self.facts, f'{self.stamp}{seed}', None)
        self.facts.muted, self.wrong, self.recent = set(), {}, []
        self.world.users(f'{self.stamp}-{seed}')
        draw = Draw(self.facts, self.world, rng, gentle=True)
        for call in self.world.settle(draw):
            self.mutate(call, 'world')
        self.mute()
        self.audit('world')
        size = {m: len(v) for m, v in self.world.items() if m in CORE}
        print(f'seed {seed}: {size}', flush=True)
        for number in range(self.options.calls):
            rng = random.Random(f'{seed}.{number}')
            draw = Draw(self.facts, self.world, rng)
            reading = self.options.kinds == 'read' or self.options.kinds == 'all' and number < self.options.calls * 0.7
            if self.options.kinds == 'change':
                reading = rng.random() < 0.15           # onchange and copy_data, among the changes
            kinds = [k for k in KINDS if (k[0] not in MUTATING) == reading and wanted(k[0], self.options) and (not self.options.only or k[0] in self.options.only.split(','))]
            if not kinds:
                continue
            method, _, make = rng.choices(kinds, [k[1] for k in kinds])[0]
            model = rng.choice([m for m in CORE if self.world.get(m)])
            call = make(draw, model)
            if call is None:
                continue
            call = {'model': model, 'method': method, 'user': 'admin', 'args': [], **call}
            call['kwargs'] = {**call.get('kwargs', {})}
            context = {**draw.context(), **call['kwargs'].pop('context', {})}
            if context:
                call['kwargs']['context'] = context
            if rng.random() < 0.45:
                call['user'] = rng.choice(['user', 'user', 'manager', 'manager', 'portal', 'portal', 'internal', 'none'])
            if self.options.at is not None and number != self.options.at:
                if reading:
                    continue
            self.mutate(call, number) if method in MUTATING else self.ask(call, number)
            if not reading and number % 8 == 7:
                self.audit(number)

    def ask(self, call, number):
        _, _, kind = self.compare(call)
        if kind:
            call, again = self.smaller(call)
            self.note(call, again or ('unsteady', kind[1]), number)

    def mutate(self, call, number):
        one, two, kind = self.compare(call)
        if one[0] == 'result' or two[0] == 'result':
            self.recent.append(short(f'{number} {call["user"]}: {call["model"]}.{call["method"]}(*{show(call["args"])})', 200))
        model, method = call['model'], call['method']
        if kind is None and one[0] == 'error':
            return
        single = method in ('create', 'copy', 'name_create') and not isinstance((call['args'] or [0])[0], list) or method == 'copy'
        if kind and (one[0] != two[0] or one[0] == 'error' or not single):
            self.note(call, kind, number)
        touched = call.get('touched') or []
        if one[0] == two[0] == 'result' and method == 'web_save' and not call['args'][0]:
            ids = [v[2][0].get('id') if v[2] else None for v in (one, two)]
            if all(type(i) is int for i in ids):
                touched = [self.world.add(model, ids)]
        if one[0] == two[0] == 'result' and method in ('create', 'copy', 'name_create'):
            made = [v[2] if isinstance(v[2], list) and method != 'name_create' else [v[2][0] if isinstance(v[2], list) else v[2]] for v in (one, two)]
            touched = [self.world.add(model, ids) for ids in zip(*made) if all(type(i) is int for i in ids)]
        if one[0] != two[0] and method in ('create', 'copy', 'name_create'):
            for side, (outcome, _, value) in zip(self.sides, (one, two)):      # what only one side has would be in every answer
                new = value[0] if isinstance(value, list) and value else value
                if outcome == 'result' and type(new) is int:
                    try:
                        side.call(model, 'unlink', [[new]])
                    except Refused:
                        pass
        self.verify(call, touched, number)

    def audit(self, number):
        """every record of the world: what a change did to others than those it named"""
        recent, self.recent = self.recent[-12:], []
        for model in CORE:
            known = [r for r in self.world[model] if '#' in r.symbol]
            there = [[r for r in known if side.render(r) in side.call(model, 'exists', [[side.render(k) for k in known]])] for side in self.sides]
            for ref in known:
                if (ref in there[0]) != (ref in there[1]):
                    self.world.drop(ref)
                    self.note_audit(model, ref, recent, number, 'exists', f'{ref in there[0]} ≠ {ref in there[1]}')
                elif ref not in there[0]:
                    self.world.drop(ref)
            known = [r for r in known if r in self.world[model]]
            look = {'model': model, 'method': 'read', 'args': [known, self.facts.compared(model)], 'kwargs': {}, 'user': 'admin'}
            one, two, kind = self.compare(look)
            if kind is None or one[0] != 'result' or two[0] != 'result':
                continue
            for ref, a, b in zip(known, one[1], two[1]):
                found = differences(a, b)
                if found:
                    self.world.drop(ref)
                    fields = ','.join(sorted({p.split('.')[1].split('[')[0] for p, _, _ in found})[:5])
                    self.note_audit(model, ref, recent, number, fields, '\n      '.join(f'{p}: {short(x, 160)} ≠ {short(y, 160)}' for p, x, y in found[:6]))

    def note_audit(self, model, ref, recent, number, fields, text):
        calls = '\n        '.join(recent if number != 'world' else [])
        self.note({'model': model, 'method': 'audit', 'args': [ref], 'kwargs': {}, 'user': 'admin'}, (f'later {fields}', f'{text}\n        {calls}'), number)

    def mute(self):
        """fields that differ on many records of the world have been told; the rest of the round goes round them, and round the
        records that differ in others"""
        for model in CORE:
            own = [r for r in self.world[model] if r in self.wrong]
            per = collections.Counter(f for r in own for f in self.wrong[r])
            muted = {f for f, n in per.items() if n >= max(2, len(self.world[model]) / 4)}
            self.facts.muted |= {(model, f) for f in muted}
            for ref in own:
                if self.wrong[ref] - muted:
                    self.world.drop(ref)
        if self.facts.muted:
            print('  muted:', ', '.join(sorted(f'{m}.{f}' for m, f in self.facts.muted)), flush=True)

    def verify(self, call, touched, number):
        """what a change left behind, field by field; a record that differs is no longer used"""
        for ref in touched:
            names = self.facts.compared(ref.model)
            look = {'model': ref.model, 'method': 'read', 'args': [[ref], names], 'kwargs': {}, 'user': 'admin'}
            one, two, kind = self.compare(look)
            if kind is None:
                continue
            fields = sorted({p.split('.')[1].split('[')[0] for p, _, _ in differences(one[1], two[1]) if '.' in p}) if one[0] == two[0] == 'result' else []
            text = '\n      '.join(f'{p}: {short(a, 160)} ≠ {short(b, 160)}' for p, a, b in differences(one[1], two[1])[:6]) if fields else kind[1]
            self.note(call, (f'leaves {",".join(fields[:5])}' if fields else f'then read {kind[0]}', text), number)
            if number == 'world' and fields:
                self.wrong[ref] = set(fields)
            else:
                self.world.drop(ref)
        for ref in touched:
            if ref in self.world.get(ref.model, []) and number != 'world':
                self.traces(call, ref, number)

    def traces(self, call, ref, number):
        """messages, tracked values, followers and activities of a record"""
        for model, domain, names in TRACES if 'message_ids' in self.facts[ref.model] else ():
            seen = []
            for side in self.sides:
                here = [[f, '=', {'model': ref.model, 'id': side.render(ref)}[v]] for f, v in domain]
                kwargs = {'order': 'id', 'context': {'active_test': False}}
                try:
                    rows = side.call(model, 'search_read', [here, names], kwargs)
                except Refused as refused:
                    rows = [{'error': str(refused)}]
                rows = [{k: v for k, v in row(side, self.facts, model, r).items() if k != 'id'} for r in rows]
                seen.append(sorted(rows, key=str) if model == 'mail.followers' else rows)
            self.compared['traces'] += 1
            found = differences(*seen)
            if found:
                text = '\n      '.join(f'{p}: {short(a, 200)} ≠ {short(b, 200)}' for p, a, b in found[:5])
                self.note(call, (f'leaves {model} {DIGITS.sub("", found[0][0])}', text), number)
                self.world.drop(ref)
                return

    # ------------------------------------------------------------ all rounds

    def run(self):
        start = time.time()
        for seed in range(self.options.seed, self.options.seed + self.options.rounds):
            try:
                self.round(seed)
            except KeyboardInterrupt:
                break
        self.report(time.time() - start)
        return 1 if self.groups else 0

    def report(self, seconds):
        print()
        for signature, entry in sorted(self.groups.items(), key=lambda e: (e[0].split()[0], -e[1]['count'])):
            print(f'{entry["count"]:4} × {signature}')
            for text in entry['examples']:
                print(f'    {text}')
        total, refused = sum(self.compared.values()), sum(self.refused.values())
        print(f'\n{total} calls compared ({refused} refused by the first) in {seconds:.0f} s, {sum(e["count"] for e in self.groups.values())} differences in {len(self.groups)} groups')
        print(', '.join(f'{m} {n}' for m, n in self.compared.most_common()))
        if self.options.json:
            with open(self.options.json, 'w') as out:
                json.dump({'groups': self.groups, 'compared': self.compared}, out, indent=1)


def wanted(method, options):
    return options.kinds == 'all' or (options.kinds == 'read') == (method not in CHANGE)


def candidates(call):
    """smaller calls to try"""
    kwargs = call['kwargs']
    context = kwargs.get('context') or {}
    for key in context:
        yield {**call, 'kwargs': {**kwargs, 'context': {k: v for k, v in context.items() if k != key}}}
    for key in kwargs:
        if key not in ('domain', 'groupby', 'specification', 'fields', 'args') and not (key == 'context' and context):
            yield {**call, 'kwargs': {k: v for k, v in kwargs.items() if k != key}}
    if call['user'] != 'admin':
        yield {**call, 'user': 'admin'}
    domain = kwargs.get('domain')
    if isinstance(domain, list) and domain:
        if len(domain) > 1:
            for leaf in domain:
                if isinstance(leaf, list):
                    yield {**call, 'kwargs': {**kwargs, 'domain': [leaf]}}
                    yield {**call, 'kwargs': {**kwargs, 'domain': ['!', leaf]}}
        yield {**call, 'kwargs': {**kwargs, 'domain': []}}
    for key in ('fields', 'groupby'):
        names = kwargs.get(key)
        if isinstance(names, list) and names:
            for name in names if len(names) > 1 else []:
                yield {**call, 'kwargs': {**kwargs, key: [name]}}
            if len(names) > 2:
                yield {**call, 'kwargs': {**kwargs, key: names[1:]}}
            if key == 'fields':
                yield {**call, 'kwargs': {**kwargs, key: []}} if call['method'] == 'read_group' else call
    spec = kwargs.get('specification')
    if isinstance(spec, dict) and len(spec) > 1:
        for name, inner in spec.items():
            yield {**call, 'kwargs': {**kwargs, 'specification': {name: inner}}}
    if call['method'] in ('read', 'web_read', 'export_data') and call['args'] and isinstance(call['args'][0], list) and len(call['args'][0]) > 1:
        for ref in call['args'][0]:
            yield {**call, 'args': [[ref]] + call['args'][1:]}
    if call['method'] == 'export_data' and len(call['args'][1]) > 1:
        for path in call['args'][1]:
            yield {**call, 'args': [call['args'][0], [path]]}


def parser(about):
    p = argparse.ArgumentParser(description=about.split('\n')[0])
    p.add_argument('--one', required=True, help='the server that is right')
    p.add_argument('--two', required=True, help='the server that is compared with it')
    p.add_argument('--db', default='odoo18')
    p.add_argument('--user', default='admin')
    p.add_argument('--password', default='admin')
    p.add_argument('--seed', type=int, default=1)
    p.add_argument('--rounds', type=int, default=3)
    p.add_argument('--calls', type=int, default=200, help='calls a round, besides those that make its world')
    p.add_argument('--kinds', choices=('all', 'read', 'change'), default='all', help='read: no change and no onchange; change: the rest')
    p.add_argument('--only', help='methods, comma-separated')
    p.add_argument('--at', type=int, help='of the reading calls, this number only')
    p.add_argument('--examples', type=int, default=2, help='examples printed a group')
    p.add_argument('--stamp', help='prefix of logins (default: the time)')
    p.add_argument('--json', help='write the groups here')
    p.add_argument('-v', '--verbose', action='store_true')
    return p


def main():
    return Fuzzer(parser(__doc__).parse_args()).run()


if __name__ == '__main__':
    sys.exit(main())
