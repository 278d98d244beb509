#!/usr/bin/env python3
"""Asks two servers everything of a class, one thing a call: every field with every operator and value, every order,
every group-by and aggregate, every field read. Where fuzz.py draws, this goes through all.

  sweep_reads.py --one http://127.0.0.1:8018 --two http://127.0.0.1:8069 --db odoo18 [--modes domain,order] [--users admin,portal]

README.md says how it works. Standard library only."""
import collections
import itertools
import random
import sys
import time

from draw import AGGREGATES, CORE, DATES, GRANULARITIES, LIKE, OPERATORS, TIMES, WORDS, Draw
from fuzz import Fuzzer, parser, show
from side import DIGITS
from world import USERS, World

ODD = [False, True, None, 0, 1, '', 'x', '7', 1.5, [], [False], [1], ['x'], [False, 'x'], {}]
AS_TEXT = ['Beta', 'a', '%', '_', '\\', 'sPaced', 'É', '100%']
OWN = {'boolean': [True, False, 'f', 'true'], 'integer': [2, -5, '3', 2147483647, 2 ** 40], 'float': [2.5, -1, '4.2'], 'monetary': [2.5, -1, '4.2'],
       'date': DATES[:2] + TIMES[:2] + ['2024', '2024-13-01'], 'datetime': TIMES[:2] + DATES[:2] + ['2024-01-01 10', '2024-02-30'],
       'selection': ['nonsense'], 'char': WORDS[:4], 'text': WORDS[:3], 'html': ['<p>rich <b>text</b></p>', 'rich']}
SUB = ['id', 'name', 'display_name', 'active', 'create_date', 'partner_id', 'user_ids', 'tag_ids', 'nope']
DIRECTIONS = ['', ' asc', ' desc', ' DESC NULLS LAST', ' nulls first', ' desc nulls first', ' asc nulls last', ' nope', '.id', '.name desc', ':x']


class Sweep(Fuzzer):
    def __init__(self, options):
        super().__init__(options)
        self.rng = random.Random(options.seed)
        self.full = collections.Counter()

    # ------------------------------------------------------------ what there is

    def models(self):
        return [m for m in CORE if not self.options.models or m in self.options.models.split(',')]

    def fields(self, model):
        only = self.options.fields.split(',') if self.options.fields else None
        return [n for n in sorted(self.facts.compared(model)) if only is None or n in only]

    def kind(self, model, name):
        """what decides how a field behaves"""
        field = self.facts[model][name]
        flags = [w for w in ('store', 'searchable', 'sortable', 'required', 'translate', 'company_dependent', 'groups') if field.get(w)]
        if field.get('related'):
            flags.append('related')
        return f'{field["type"]} {" ".join(flags)}'

    def shorter(self, model, name, about, all_of_them, few):
        """all for the first fields of a kind, a few drawn for those that follow"""
        all_of_them = list(all_of_them)
        key = (self.kind(model, name), about)
        self.full[key] += 1
        if self.options.all or self.full[key] <= 2 or len(all_of_them) <= few:
            return all_of_them
        return self.rng.sample(all_of_them, few)

    def values(self, model, name, op):
        field = self.facts[model][name]
        kind, target = field['type'], field.get('relation')
        known = self.world.get(target if target else model) or []
        if op in ('any', 'not any'):
            return [[], [['id', 'in', known[:2]]], [['id', '=', False]], [['name', 'ilike', 'a']], [['nope', '=', 1]], False, 1, 'x', ['|', ['id', '=', 1]]]
        own = list(OWN.get(kind, []))
        if kind == 'selection':
            own += [s[0] for s in (field.get('selection') or [])[:3]]
        if target or name == 'id':
            own = known[:2] + known[-1:] + [999999, 'Beta', 'a']
        out = own + ODD
        if op in LIKE:
            out = AS_TEXT + own[:3] + ODD
        if op in ('in', 'not in', '=', '!='):
            out += [own[:2], own[:2] + [False], own[:1] + ['x'], [True], [False, None], [0], [''], [1.5]]
        return out

    # ------------------------------------------------------------ the classes of questions

    def domain(self, model):
        for name in self.fields(model):
            for op in OPERATORS + ['=<', 'IN', 'nope']:
                for value in self.shorter(model, name, op, self.values(model, name, op), self.options.few):
                    yield name, f'{op} {told(value)}', 'search', {'domain': [[name, op, value]], 'order': 'id'}
            for value in self.shorter(model, name, 'not', self.values(model, name, '='), self.options.few):
                for op in ('=', 'in', 'ilike', '>'):
                    yield name, f'! {op} {told(value)}', 'search', {'domain': ['!', [name, op, value]], 'order': 'id'}

    def path(self, model):
        for name in self.fields(model):
            field = self.facts[model][name]
            target = field.get('relation')
            tails = [s for s in SUB if target not in CORE or s in self.facts[target] or s == 'nope'] if target else ['x']
            if field['type'] in ('date', 'datetime'):
                tails = GRANULARITIES + ['x']
            for tail in tails:
                inner = (self.facts[target].get(tail) if target in CORE else None) or {'type': 'integer' if tail in GRANULARITIES else 'char'}
                values = OWN.get(inner['type'], [1, 2]) + [False, True, None, 0, 3, 'a', [], [1, False], [2, 3], ['a']]
                for op in self.shorter(model, name, f'path {tail}', ['=', '!=', 'in', 'not in', 'ilike', 'not ilike', '<', '>=', '=?', 'child_of', 'any', 'not any'], 4):
                    for value in self.rng.sample(values, 3):
                        for negate in ([], ['!']):
                            yield name, f'.{tail} {negate} {op} {told(value)}', 'search', {'domain': negate + [[f'{name}.{tail}', op, value]], 'order': 'id'}

    def order(self, model):
        for name in self.fields(model):
            for direction in self.shorter(model, name, 'order', DIRECTIONS, 4):
                yield name, f'order{direction}', 'search', {'domain': [], 'order': f'{name}{direction}, id'}

    def group(self, model):
        for name in self.fields(model):
            dated = self.facts[model][name]['type'] in ('date', 'datetime')
            ways = ['', ':month'] if not dated else [''] + [f':{g}' for g in GRANULARITIES] + [':nope']
            for way, lazy in itertools.product(ways, (True, False)):
                for extra in ({}, {'orderby': f'{name} desc'}, {'orderby': '__count desc, ' + name + way}, {'limit': 2, 'offset': 1}):
                    if extra and way not in ('', ':month'):
                        continue
                    for method in ('read_group', 'web_read_group'):
                        yield name, f'group{way} {"lazy " if lazy else ""}{list(extra)}', method, {'domain': [], 'fields': [], 'groupby': [name + way], 'lazy': lazy, **extra}
            for zone in ('Europe/Brussels', 'Pacific/Auckland') if dated else ():
                for way in (':day', ':week', ':hour', ':month', ':day_of_week', ':iso_week_number', ':hour_number'):
                    yield name, f'group{way} tz', 'read_group', {'domain': [], 'fields': [], 'groupby': [name + way], 'context': {'tz': zone}}

    def aggregate(self, model):
        for name in self.fields(model):
            for way in ['', ':'] + [f':{a}' for a in AGGREGATES] + [':recordset', ':nope']:
                for groupby in ([], ['create_uid'], [name]):
                    yield name, f'aggregate{way} by {len(groupby)}{"self" if groupby == [name] else ""}', 'read_group', {'domain': [], 'fields': [name + way], 'groupby': groupby, 'lazy': False}
            yield name, 'aggregate other', 'read_group', {'domain': [], 'fields': [f'n:max({name})'], 'groupby': [], 'orderby': 'n desc'}

    def read(self, model):
        for name in self.fields(model):
            for load in ('_classic_read', ''):
                yield name, f'read {load}', 'read', {'args': [self.world[model], [name]], 'load': load}
            yield name, 'read active_test', 'read', {'args': [self.world[model], [name]], 'context': {'active_test': False, 'bin_size': True}}
            yield name, 'search_read', 'search_read', {'domain': [], 'fields': [name], 'order': 'id desc'}

    def web(self, model):
        for name in self.fields(model):
            target = self.facts[model][name].get('relation')
            inners = [{}]
            if target:
                inners += [{'fields': {}}, {'fields': {'display_name': {}}}, {'fields': {'id': {}, 'create_uid': {'fields': {'display_name': {}}}}},
                           {'fields': {'display_name': {}}, 'limit': 1, 'order': 'id desc'}, {'limit': 1}, {'order': 'nope'}, {'fields': {'nope': {}}},
                           {'context': {'active_test': False}}, {'fields': {'display_name': {}}, 'context': {'active_test': False}}]
            for inner in inners:
                yield name, f'web_read {inner}', 'web_read', {'args': [self.world[model]], 'specification': {name: inner}}
            yield name, 'web_search_read', 'web_search_read', {'domain': [], 'specification': {name: {}}, 'order': 'id'}

    def about(self, model):
        for name in self.fields(model):
            yield name, 'default_get', 'default_get', {'args': [[name]]}
            yield name, 'export_data', 'export_data', {'args': [self.world[model], [name]]}
            for attributes in (['string', 'type', 'help', 'required', 'readonly', 'store', 'sortable', 'searchable', 'groupable', 'aggregator'], []):
                yield name, f'fields_get {len(attributes)}', 'fields_get', {'args': [[name], attributes]}
            yield name, 'fields_get all', 'fields_get', {'args': [[name]]}

    def panel(self, model):
        for name in self.fields(model):
            for options in ({}, {'enable_counters': True}, {'expand': True}, {'hierarchize': False}, {'limit': 1}, {'enable_counters': True, 'expand': True},
                            {'category_domain': [['id', '!=', False]]}, {'group_by': 'create_uid'}, {'search_domain': [['id', '>', 0]], 'enable_counters': True}):
                known = [['id', 'in', self.world[model]]]
                for method in ('search_panel_select_range', 'search_panel_select_multi_range'):
                    yield name, f'panel {sorted(options)}', method, {'args': [name], **options, 'search_domain': known + options.get('search_domain', [])}

    def names(self, model):
        for op in OPERATORS + ['nope', '']:
            for value in AS_TEXT + WORDS + ODD:
                yield 'display_name', f'name_search {op} {told(value)}', 'name_search', {'name': value, 'operator': op, 'args': [['id', 'in', self.world[model]]]}
        for limit in (None, 0, 1, -1, False, True, '2', 'x', 1.5, []):
            for method in ('search', 'search_read', 'name_search', 'web_search_read', 'search_count', 'read_group', 'web_read_group'):
                about = {'search_read': {'fields': ['name']}, 'web_search_read': {'specification': {}}, 'read_group': {'fields': [], 'groupby': ['create_uid', 'write_uid'], 'lazy': False}}
                about['web_read_group'] = about['read_group']
                for key in ('limit', 'offset', 'count_limit', 'order', 'orderby', 'fields', 'groupby', 'lazy', 'domain', 'context'):
                    base = {'args': [['id', 'in', self.world[model]]]} if method == 'name_search' else {'domain': []}
                    yield 'id', f'{method} {key}={limit!r}', method, {**base, **about.get(method, {}), key: limit}

    def several(self, model):
        """two group-bys at once, temporal filling, progress bars: drawn, as there are too many pairs"""
        names = [n for n in self.fields(model) if self.facts[model][n].get('groupable')]
        dated = [n for n in names if self.facts[model][n]['type'] in ('date', 'datetime')]
        numbers = [n for n in names if self.facts[model][n].get('aggregator')]
        for name in names:
            for _ in range(6):
                other = self.rng.choice(names)
                ways = [n + self.rng.choice(['', ':month', ':week', ':day', ':quarter', ':iso_week_number']) if n in dated else n for n in (name, other)]
                fields = self.rng.sample(numbers, min(2, len(numbers))) + self.rng.choice([[], ['id:count'], ['last:max(write_date)'], ['__count']])
                extra = self.rng.choice([{}, {'limit': 2}, {'limit': 1, 'offset': 1}, {'orderby': f'{name} desc'}, {'orderby': f'{other}, {name} desc'},
                                         {'orderby': '__count desc'}, {'orderby': f'{(numbers or ["id"])[0]} desc'}])
                context = self.rng.choice([{}, {}, {'tz': 'Pacific/Auckland'}, {'active_test': False}, {'lang': 'fr_FR'}])
                yield name, f'two {sorted(extra)}', self.rng.choice(['read_group', 'web_read_group']), {
                    'domain': [], 'fields': fields, 'groupby': ways, 'lazy': self.rng.random() < 0.5, **extra, **({'context': context} if context else {})}
        for name in dated:
            for way, fill in itertools.product(('', ':day', ':week', ':month', ':year', ':month_number'), (True, {}, {'min_groups': 3}, {'fill_from': '2026-01-01'},
                                               {'fill_from': '2026-11-01', 'fill_to': '2027-01-15'}, {'fill_to': '2026-12-01', 'min_groups': 2})):
                if way == ':day' and 'fill_from' in (fill if isinstance(fill, dict) else {}):
                    continue
                yield name, f'fill {way} {fill}', 'read_group', {'domain': [], 'fields': numbers[:1], 'groupby': [name + way], 'context': {'fill_temporal': fill}}
        for name in names:
            for field in [n for n in names if self.facts[model][n]['type'] in ('selection', 'boolean')][:4] + ['name']:
                if not self.facts[model][name].get('relation'):
                    bar = {'field': field, 'colors': {s[0]: 'success' for s in (self.facts[model][field].get('selection') or [['x', 'x']])[:3]}}
                    yield name, 'bar', 'read_progress_bar', {'domain': [['id', 'in', self.world[model]]], 'group_by': name, 'progress_bar': bar}

    def misc(self, model):
        """what clients ask beside: rights, metadata, copies, names under context keys, defaults, pages"""
        known = self.world[model]
        for ids in ([], known[:1], known):
            for operation in ('read', 'write', 'create', 'unlink', 'nope'):
                yield 'id', f'has_access {operation}', 'has_access', {'args': [ids, operation]}
                yield 'id', f'check_access {operation}', 'check_access', {'args': [ids, operation]}
                for loud in (True, False):
                    yield 'id', f'check_access_rights {operation}', 'check_access_rights', {'args': [operation], 'raise_exception': loud}
            for method in ('get_metadata', 'get_external_id', 'exists', 'copy_data', 'get_formview_id', 'get_formview_action', 'get_access_action', 'name_get'):
                yield 'id', method, method, {'args': [ids]}
        for one in known:
            yield 'id', 'copy_data', 'copy_data', {'args': [[one]]}
            for context in ({}, {'show_address': True}, {'show_email': True}, {'show_vat': True}, {'address_inline': True, 'show_address': True}, {'partner_show_db_id': True},
                            {'lang': 'fr_FR'}, {'hierarchical_naming': False}, {'formatted_display_name': True}, {'show_user_group_warning': True}):
                yield 'display_name', f'name {sorted(context)}', 'read', {'args': [[one], ['display_name']], 'context': context}
        for name in self.fields(model):
            field = self.facts[model][name]
            values = OWN.get(field['type'], [1]) + [False, 1, 'x', [1]]
            if field.get('relation'):
                values = (self.world.get(field['relation']) or [1])[:2] + [False, 'x', [6]]
            for value in self.shorter(model, name, 'default', values, 2):
                yield name, f'default_get {told(value)}', 'default_get', {'args': [[name]], 'context': {f'default_{name}': value}}
            yield name, 'archived', 'search_read', {'domain': [[name, '!=', False]], 'fields': [name], 'order': 'id', 'context': {'active_test': False}}
            yield name, 'bare', 'search_read', {'domain': [], 'fields': [name], 'order': 'id', 'load': None, 'limit': 3}
            yield name, 'language', 'web_search_read', {'domain': [], 'specification': {name: {}}, 'order': 'id', 'context': {'lang': 'fr_FR'}}
            yield name, 'language', 'read', {'args': [known, [name]], 'context': {'lang': 'fr_FR'}}
            yield name, 'missing', 'read', {'args': [[999999], [name]]}
            yield name, 'texts', 'read', {'args': [['1', '2'], [name]]}
            yield name, 'nope', 'read', {'args': [known[:1], [name, 'nope']]}
            yield name, 'one', 'read', {'args': [known[0], [name]]}
            yield name, 'twice', 'read', {'args': [known[:1] + known[:1], [name, name]]}

    # ------------------------------------------------------------ asking

    def run(self):
        start = time.time()
        self.seed, self.recent = self.options.seed, []
        rng = random.Random(self.seed)
        self.world = World(self.sides, self.facts, f'{self.stamp}{self.seed}', None)
        self.facts.muted, self.wrong = set(), {}
        self.world.users(f'{self.stamp}-{self.seed}')
        for call in self.world.settle(Draw(self.facts, self.world, rng, gentle=True)):
            self.mutate(call, 'world')
        self.groups.clear()
        self.mute()
        for ref in [r for r in self.world['res.partner'] if r.symbol == 'base.main_partner']:      # the company's own contact is the installation's
            self.world.drop(ref)
        self.compared.clear()
        try:
            for mode, model, user in itertools.product(self.options.modes.split(','), self.models(), self.options.users.split(',')):
                before, asked = sum(e['count'] for e in self.groups.values()), sum(self.compared.values())
                for name, about, method, kwargs in getattr(self, mode)(model):
                    if self.rng.random() < self.options.share:
                        self.put(mode, model, user, name, about, method, kwargs)
                now, then = sum(e['count'] for e in self.groups.values()), sum(self.compared.values())
                print(f'{mode} {model} as {user}: {now - before} of {then - asked} differ', flush=True)
        except KeyboardInterrupt:
            pass
        self.report(time.time() - start)
        return 1 if self.groups else 0

    def put(self, mode, model, user, name, about, method, kwargs):
        kwargs = dict(kwargs)
        call = {'model': model, 'method': method, 'user': user, 'args': kwargs.pop('args', []), 'kwargs': kwargs}
        if method == 'name_search':
            call['args'], kwargs['args'] = [], kwargs.get('args', call['args'])
        kind = self.compare(call)[2]
        if kind is None:
            return
        where = kind[0] if mode != 'about' else f'{kind[0]} {name}'
        signature = f'{mode} [{self.kind(model, name)}] {about} {DIGITS.sub("", where)}'
        entry = self.groups.setdefault(signature, {'count': 0, 'examples': []})
        entry['count'] += 1
        if len(entry['examples']) < self.options.examples:
            shown = {k: v for k, v in kwargs.items()}
            entry['examples'].append(f'as {user}: {model}.{method} {name}: {short(call["args"])} {show(shown)[:300]}\n      {kind[1]}')


def short(args):
    return show(args)[:80]


def told(value):
    """a value by what it is, where many are alike"""
    if isinstance(value, (str, bool)) or value is None:
        return repr(value) if len(str(value)) < 6 else type(value).__name__
    if isinstance(value, list):
        return '[' + ', '.join(sorted({type(v).__name__ for v in value})) + ']'
    return type(value).__name__ + (' 0' if value == 0 else '')


def main():
    p = parser(__doc__)
    p.add_argument('--modes', default='domain,path,order,group,aggregate,read,web,about,panel,names,several,misc')
    p.add_argument('--models', help='comma-separated; default: all seven')
    p.add_argument('--fields', help='only these')
    p.add_argument('--users', default='admin', help=f'of admin,{",".join(USERS)}')
    p.add_argument('--few', type=int, default=3, help='values drawn for a field whose like has been asked everything')
    p.add_argument('--all', action='store_true', help='every value for every field')
    p.add_argument('--share', type=float, default=1, help='of the questions')
    p.set_defaults(calls=0, kinds='read')
    options = p.parse_args()
    return Sweep(options).run()


if __name__ == '__main__':
    sys.exit(main())
