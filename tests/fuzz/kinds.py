"""The kinds of calls: (method, weight, maker). A maker answers args, kwargs (domain apart, as kwargs['domain']) and, of a
changing call, `touched`: the records to look at afterwards; or None where the world has nothing to call it on."""
from draw import CORE, ODD, WORDS


def search(d, model):
    return {'kwargs': {'domain': d.domain(model), **d.page(model)}}


def search_count(d, model):
    return {'kwargs': {'domain': d.domain(model), **({'limit': 3} if d.chance(0.1) else {})}}


def search_read(d, model):
    return {'kwargs': {'domain': d.domain(model), 'fields': d.some(d.fields(model), 1, 6), **d.page(model), **({'load': d.pick([None, '', '_classic_read'])} if d.chance(0.1) else {})}}


def ids(d, model, low=1, high=4):
    known = d.some(d.world[model], low, high)
    if d.chance(0.03):
        known.append(d.pick([999999, 0, False, 'x']))
    return known


def read(d, model):
    fields = d.some(d.fields(model), 1, 10) if d.chance(0.9) else d.pick([[], ['nope'], ['id'], ['name', 'nope']])
    return {'args': [ids(d, model)], 'kwargs': {'fields': fields, **({'load': d.pick([None, ''])} if d.chance(0.1) else {})}}


def read_group(d, model):
    groupby = d.groupby(model)
    kwargs = {'domain': d.domain(model, 1), 'fields': d.aggregates(model), 'groupby': groupby}
    if d.chance(0.5):
        kwargs['lazy'] = False
    if d.chance(0.15):
        kwargs['limit'] = d.pick([1, 2, 3])
        kwargs['offset'] = d.pick([0, 1])
    if d.chance(0.15) and groupby:
        kwargs['orderby'] = ', '.join(g + d.pick(['', ' desc', ' asc']) for g in groupby)
    return {'kwargs': kwargs}


def web_read_group(d, model):
    made = read_group(d, model)['kwargs']
    made.pop('lazy', None)
    if d.chance(0.5):
        made['lazy'] = False
    return {'kwargs': made}


def name_search(d, model):
    kwargs = {'name': d.pick(WORDS + ['', 'a', 'nope', 'e', False, 'w'])}
    kwargs['args'] = [['id', 'in', list(d.world[model])]] + (d.domain(model, 0) if d.chance(0.2) else [])
    if d.chance(0.3):
        kwargs['operator'] = d.pick(['ilike', 'like', '=', 'not ilike', '!=', '=ilike', 'in'])
    if d.chance(0.2):
        kwargs['limit'] = d.pick([1, 3, None])
    return {'kwargs': kwargs}


def web_search_read(d, model):
    page = d.page(model)
    return {'kwargs': {'domain': d.domain(model), 'specification': d.specification(model), **page, **({'count_limit': 3} if d.chance(0.1) else {})}}


def web_read(d, model):
    return {'args': [ids(d, model)], 'kwargs': {'specification': d.specification(model)}}


def export_data(d, model):
    def path(model, depth):
        name = d.pick(d.fields(model) + ['.id'])
        if name == '.id':
            return 'name'
        field = d.facts[model][name]
        if field.get('relation') in CORE and depth and d.chance(0.5):
            return f'{name}/{path(field["relation"], depth - 1)}'
        return name
    paths = [path(model, 2) for _ in range(d.rng.randint(1, 4))]
    return {'args': [d.some(d.world[model], 1, 3), [p for p in paths if 'html_field_history' not in p and not p.endswith('/id') and p != 'id'] or ['name']]}


def default_get(d, model):
    return {'args': [d.some(d.fields(model), 1, 12)], 'kwargs': {'context': d.defaults(model) if d.chance(0.4) else {}}}


def onchange(d, model):
    names = d.some(d.writable(model), 1, 3)
    shown = {n: {} for n in dict.fromkeys(names + d.some([f for f in d.fields(model) if d.facts[model][f]['type'] not in ('one2many', 'many2many', 'json', 'binary', 'properties')], 3, 12))}
    if d.chance(0.4):
        return {'args': [[], {}, [], shown], 'kwargs': {'context': d.defaults(model) if d.chance(0.3) else {}}}
    simple = [n for n in names if d.facts[model][n]['type'] not in ('one2many', 'many2many')]
    if not simple:
        return None
    values = {n: d.value(model, n) for n in simple}
    one = [d.pick(d.world[model])] if d.chance(0.6) else []
    return {'args': [one, values, simple[:1] if d.chance(0.7) else simple, shown]}


def read_progress_bar(d, model):
    return None


def plain_call(*args):
    def make(d, model):
        return {'args': [ids(d, model)] + list(args)}
    return make


def has_access(d, model):
    return {'args': [d.some(d.world[model], 0, 2), d.pick(['read', 'write', 'create', 'unlink', 'nope'])]}


def check_access_rights(d, model):
    return {'args': [d.pick(['read', 'write', 'create', 'unlink'])], 'kwargs': {'raise_exception': d.chance(0.5)}}


def copy_data(d, model):
    return {'args': [[d.pick(d.world[model])]]} if model not in ('res.users',) else None


# ---------------------------------------------------------------- changing

def target(d, model):
    """records a change may touch: the fuzzer's own, users left alone"""
    own = [r for r in d.world[model] if '#' in r.symbol]
    return own if model != 'res.users' else []


def create(d, model):
    if model == 'res.users':
        return None
    return {'args': [d.vals(model, 0, 5)], 'kwargs': {'context': d.defaults(model) if d.chance(0.15) else {}}}


def write(d, model):
    own = target(d, model)
    if not own:
        return None
    touched = d.some(own, 1, 2)
    return {'args': [touched, d.vals(model, 1, 3, name=False)], 'touched': touched}


def web_save(d, model):
    own = target(d, model)
    if not own:
        return None
    one = d.pick(own)
    return {'args': [[one], d.vals(model, 1, 3, name=False)], 'kwargs': {'specification': d.specification(model, 1)}, 'touched': [one]}


def copy(d, model):
    own = target(d, model)
    if not own:
        return None
    return {'args': [[d.pick(own)]] + ([d.vals(model, 0, 2, name=False)] if d.chance(0.3) else [])}


def name_create(d, model):
    return {'args': [d.pick(WORDS) + f' {d.world.stamp}{d.rng.randint(0, 10**6)}']} if model != 'res.users' else None


def unlink(d, model):
    own = target(d, model)
    if len(own) < 4 or model in ('project.project', 'res.partner') and not d.chance(0.3):
        return None
    return {'args': [[d.pick(own)]]}


def archive(d, model):
    own = target(d, model)
    if not own or 'active' not in d.facts[model]:
        return None
    touched = d.some(own, 1, 2)
    return {'args': [touched], 'touched': touched}


def load(d, model):
    if model == 'res.users':
        return None
    fields = [n for n in d.some([w for w in d.writable(model) if d.facts[model][w]['type'] not in ('one2many', 'html')], 1, 3) if n != 'name']
    rows = []
    for _ in range(d.rng.randint(1, 3)):
        line = [d.pick(WORDS) + f' {d.world.stamp}{d.rng.randint(0, 10**6)}']
        for n in fields:
            v = d.value(model, n)
            kind = d.facts[model][n]['type']
            if kind in ('many2one', 'many2many'):
                v = d.pick(WORDS + ['', 'Fuzz user', 'Administrator', 'One,Two'])
            line.append('' if v is False or v is None else str(v))
        rows.append(line)
    return {'args': [['name'] + fields, rows]}


KINDS = [
    ('search', 22, search), ('search_count', 3, search_count), ('search_read', 10, search_read), ('read', 10, read),
    ('read_group', 16, read_group), ('web_read_group', 3, web_read_group), ('name_search', 6, name_search),
    ('web_search_read', 6, web_search_read), ('web_read', 6, web_read), ('export_data', 5, export_data),
    ('default_get', 4, default_get), ('onchange', 6, onchange), ('exists', 1, plain_call()), ('has_access', 2, has_access),
    ('check_access_rights', 1, check_access_rights), ('copy_data', 2, copy_data),
    ('create', 10, create), ('write', 20, write), ('web_save', 6, web_save), ('copy', 5, copy), ('name_create', 3, name_create),
    ('unlink', 3, unlink), ('action_archive', 2, archive), ('action_unarchive', 2, archive), ('toggle_active', 1, archive), ('load', 5, load),
]
MUTATING = ('create', 'write', 'web_save', 'copy', 'name_create', 'unlink', 'action_archive', 'action_unarchive', 'toggle_active', 'load')
# what `--kinds change` asks: besides the changes, what tells of one before it is made
CHANGE = MUTATING + ('onchange', 'copy_data')
