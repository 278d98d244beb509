"""What the fuzzer draws: values of fields, domains, orders, specifications. Records appear as Ref.

Every function takes the random generator, so that a seed and a number give the same call again."""
from side import Ref

CORE = ['project.tags', 'project.task.type', 'res.partner', 'res.users', 'project.project', 'project.milestone', 'project.task']
WORDS = ['alpha', 'Beta', 'gamma ray', 'Été', 'straße', '100%', 'under_score', 'back\\slash', "quo'te", 'ALPHA', 'z"dq', ' spaced ', 'a', '日本']
TEXTS = WORDS + ['line one\nline two', '<p>rich <b>text</b></p>', '<script>x()</script>safe', '&amp; &lt;', '']
DATES = ['2024-01-01', '2024-02-29', '2024-03-31', '2024-12-31', '2023-12-31', '2025-06-15', '1999-05-05']
TIMES = ['2024-01-01 00:00:00', '2024-03-31 00:30:00', '2024-03-31 23:59:59', '2024-10-27 01:30:00', '2024-12-31 23:30:00',
         '2023-06-15 12:00:00', '2025-06-15 08:15:30']
ODD = [False, True, None, 0, 1, -1, '', 'x', '0', 1.5, [], [False], [None], [1, 2], ['x'], [False, 'x'], {}, '%', '_', 999999]
COMPARE = ['=', '!=', '<', '>', '<=', '>=', 'in', 'not in']
LIKE = ['like', 'ilike', 'not like', 'not ilike', '=like', '=ilike']
OPERATORS = COMPARE + LIKE + ['=?', '<>', '==', 'child_of', 'parent_of', 'any', 'not any']
GRANULARITIES = ['day', 'week', 'month', 'quarter', 'year', 'hour', 'year_number', 'quarter_number', 'month_number',
                 'iso_week_number', 'day_of_year', 'day_of_month', 'day_of_week', 'hour_number', 'minute_number', 'second_number']
AGGREGATES = ['sum', 'avg', 'min', 'max', 'count', 'count_distinct', 'bool_and', 'bool_or', 'array_agg']
NUMBERS = ('integer', 'float', 'monetary')
# written or searched at random these change who may do what, speak to the outside, or hold what no two servers share
LEFT_ALONE = ('stage_id@project.project', 'password', 'new_password', 'login', 'groups_id', 'company_id', 'company_ids', 'image', 'avatar',
              'message_', 'activity_', 'rating_', 'website_message_ids', 'access_', 'alias_', 'signup', 'api_key', 'totp', 'oauth',
              'parent_path', 'analytic', 'account_id', 'auto_account_id', 'res_users_settings', 'share', 'tz_offset', 'action_id', 'device_ids', 'log_ids',
              'bank_ids', 'sel_groups', 'in_group', 'notification_type', 'display_name', 'id', 'create_', 'write_', 'employee', 'ref_company',
              'resource_', 'personal_stage', 'favorite_user', 'is_favorite', 'user_livechat', 'partner_id@res.users', 'user_ids@res.partner',
              'user_id@project.task.type', 'type_ids@project.project', 'collaborator', 'doc_count', 'image_', 'barcode')


def left_alone(model, name):
    return any(f'{name}@{model}' == n if '@' in n else (name == n or (n.endswith('_') or n in ('image', 'avatar', 'analytic', 'signup', 'totp', 'oauth', 'collaborator')) and name.startswith(n))
               for n in LEFT_ALONE)


class Draw:
    def __init__(self, facts, world, rng, gentle=False):
        self.facts, self.world, self.rng, self.gentle = facts, world, rng, gentle

    def chance(self, p):
        return self.rng.random() < p

    def pick(self, items):
        return self.rng.choice(items)

    def some(self, items, low, high):
        items = list(items)
        return self.rng.sample(items, min(len(items), self.rng.randint(low, high)))

    def record(self, model):
        known = self.world.get(model) or []
        return self.pick(known) if known else False

    def fields(self, model, usable=None):
        return [n for n in self.facts.compared(model) if usable is None or usable(self.facts[model][n])]

    # ------------------------------------------------------------ values to write

    def value(self, model, name):
        field = self.facts[model][name]
        kind, target = field['type'], field.get('relation')
        if self.chance(0.03) and not self.gentle:
            return self.pick(ODD)
        if kind == 'char':
            return self.pick(WORDS) if self.gentle or self.chance(0.9) else self.pick(['', False, 'x' * 300, 7, None])
        if kind in ('text', 'html'):
            return self.pick(TEXTS + [False])
        if kind == 'boolean':
            return self.pick([True, False, True, False, 1, 0, 'yes', None, ''])
        if kind == 'integer':
            return self.pick([0, 1, 2, 3, 10, -5, '7', 3.7, False, 2147483647])
        if kind in ('float', 'monetary'):
            return self.pick([0, 1, 2.5, 3.14159, -1.005, '4.2', 1e6, 0.125, False])
        if kind == 'date':
            return self.pick(DATES + TIMES[:2] + [False, ''])
        if kind == 'datetime':
            return self.pick(TIMES + DATES[:2] + [False, ''])
        if kind == 'selection':
            keys = [s[0] for s in field.get('selection') or []]
            return self.pick(keys + [False]) if keys and (self.gentle or self.chance(0.92)) else 'nonsense'
        if kind == 'many2one':
            if self.chance(0.15):
                return False
            return self.record(target) if self.world.get(target) else False
        if kind in ('one2many', 'many2many'):
            return self.commands(target, field)
        return False

    def commands(self, target, field):
        known = self.world.get(target) or []
        if not known or self.gentle:
            return [[6, 0, self.some(known, 0, 3)]] if known else []
        out = []
        for _ in range(self.rng.randint(1, 2)):
            code = self.pick([6, 6, 4, 4, 3, 5, 0, 1, 2, 7])
            one = self.pick(known) if self.chance(0.98) else self.pick([0, 999999, 'x'])
            if code == 6:
                out.append([6, 0, self.some(known, 0, 3)])
            elif code in (3, 4):
                out.append([code, one] + ([0] if self.chance(0.5) else []))
            elif code == 5:
                out.append([5] if self.chance(0.5) else [5, 0, 0])
            elif code == 0 and field['type'] == 'one2many' and target in CORE and target != 'res.users':
                out.append([0, 0, {'name': self.pick(WORDS)}])
            elif code == 1 and target in ('project.task', 'project.milestone', 'project.tags'):
                out.append([1, one, {self.pick(['sequence', 'color']): self.rng.randint(0, 5)} if target == 'project.task' else {'name': self.pick(WORDS) + str(self.rng.random())[2:6]}])
            elif code == 7 and self.chance(0.2):
                return self.some(known, 0, 3)
        return out

    def writable(self, model):
        def usable(field):
            if field['type'] in ('one2many', 'many2many') and field.get('relation') not in self.world:
                return False
            return not field.get('readonly') and field['type'] not in ('binary', 'json', 'properties', 'properties_definition', 'reference', 'many2one_reference')
        return [n for n in self.fields(model, usable) if not left_alone(model, n)]

    def vals(self, model, low=1, high=5, name=True):
        vals = {n: self.value(model, n) for n in self.some(self.writable(model), low, high)}
        if name and self.chance(0.97):
            vals['name'] = self.pick(WORDS) + (f' {self.world.stamp}{self.rng.randint(0, 10**6)}' if model in ('project.tags',) else '')
        if model == 'project.project' and self.chance(0.5):
            vals['privacy_visibility'] = self.pick(['portal', 'employees', 'followers'])
        if model == 'project.milestone' and name:
            vals.setdefault('project_id', self.record('project.project'))
        if model == 'project.task' and self.chance(0.6) and name:
            vals['project_id'] = self.record('project.project')
        return vals

    # ------------------------------------------------------------ domains

    def path(self, model, depth=2):
        names = self.fields(model)
        if not names:
            return 'id', None
        name = self.pick(names)
        field = self.facts[model][name]
        if field.get('relation') in self.facts.models and depth and self.chance(0.35) and self.facts[field['relation']]:
            rest, last = self.path(field['relation'], depth - 1)
            return f'{name}.{rest}', last
        if field['type'] in ('date', 'datetime') and self.chance(0.1):
            return f'{name}.{self.pick(GRANULARITIES[6:] + ["nope"])}', {'type': 'integer'}
        return name, field

    def operand(self, field, op):
        if field is None:
            return self.record(self.pick(CORE))
        if op in ('any', 'not any'):
            target = field.get('relation')
            return self.domain(target, 2) if target and self.facts[target] else [['id', '=', 1]]
        if self.chance(0.07):
            return self.pick([o for o in ODD if o not in (1, True, [1, 2], 1.5)] if field.get('relation') or field.get('name') == 'id' else ODD)
        one = self.operand_one(field, op)
        if op in ('in', 'not in'):
            many = [self.operand_one(field, op) for _ in range(self.rng.randint(0, 3))]
            return many + ([False] if self.chance(0.25) else []) if self.chance(0.95) else one
        return one

    def operand_one(self, field, op):
        kind = field['type']
        if kind in ('char', 'text', 'html') or op in LIKE:
            word = self.pick(WORDS)
            return self.pick([word, word.lower(), word[:2], word.strip() + '%', '%' + word[-2:], False, '', 'a_p%', '\\'])
        if field.get('name') == 'id':
            return self.pick([self.record(self.model), self.record(self.model), 999999, 0, -1, False])
        if kind in NUMBERS:
            return self.pick([0, 1, 2, 3, 2.5, -5, 10, False, '3', 7])
        if kind == 'boolean':
            return self.pick([True, False, True, False, 0, 1, None])
        if kind == 'date':
            return self.pick(DATES + TIMES[:2] + [False])
        if kind == 'datetime':
            return self.pick(TIMES + DATES[:3] + [False])
        if kind == 'selection':
            return self.pick([s[0] for s in field.get('selection') or [['x']]] + [False, 'nonsense'])
        if field.get('relation'):
            return self.pick([self.record(field['relation']), self.record(field['relation']), False, self.pick(WORDS)])
        return self.pick(ODD)

    def operator(self, field):
        kind = field['type'] if field else 'integer'
        if self.chance(0.06):
            return self.pick(OPERATORS)
        if kind in ('char', 'text', 'html'):
            return self.pick(COMPARE + LIKE + LIKE + ['=?'])
        if field and field.get('relation'):
            return self.pick(['=', '!=', 'in', 'not in', 'ilike', 'not ilike', 'like', '=like', 'any', 'not any', 'child_of', 'parent_of', '=?', '=ilike'])
        return self.pick(COMPARE + ['=', '!=', '=?', 'ilike'])

    def leaf(self, model):
        if self.chance(0.02):
            return self.pick([[1, '=', 1], [0, '=', 1], ['nope', '=', 1], ['name.x', '=', 1], ['name', 'nope', 1], ['id', '=', 'x'], ['name', '=']])
        self.model = model
        path, field = self.path(model)
        if '.' in path and field and field.get('name') == 'id':
            self.model = (self.facts.field(model, path[:-3]) or {}).get('relation') or model
        op = self.operator(field)
        return [path, op, self.operand(field, op)]

    def domain(self, model, leaves=3):
        count = self.pick([0, 1, 1, 1, 2, 2, 3][:4 + leaves])

        def tree(n):
            if n <= 1:
                inner = [self.leaf(model)]
                return ['!'] + inner if self.chance(0.15) else inner
            cut = self.rng.randint(1, n - 1)
            return [self.pick(['&', '|', '|'])] + tree(cut) + tree(n - cut)
        out = tree(count) if count else []
        if count > 1 and self.chance(0.3):
            out += [self.leaf(model)]
        if self.chance(0.01):
            out = self.pick([['&'] + out, out + ['|'], ['!'], 'x', [['a']]])
        return out

    # ------------------------------------------------------------ the rest of a call

    def order(self, model):
        def usable(field):
            return field.get('sortable') or self.chance(0.1)
        terms = [n + self.pick(['', ' asc', ' desc', ' DESC', ' desc nulls first', ' asc nulls last', ' nulls first'][:7 if self.chance(0.4) else 4]) for n in self.some(self.fields(model, usable), 1, 2)]
        if self.chance(0.02):
            terms.append(self.pick(['nope', 'name; drop', 'name up', 'partner_id.name']))
        return ', '.join(terms + ['id'])

    def page(self, model):
        out = {}
        if self.chance(0.4):
            out['order'] = self.order(model)
        if self.chance(0.3):
            out['limit'] = self.pick([1, 2, 5, 100, 0, False, None])
        if self.chance(0.2):
            out['offset'] = self.pick([0, 1, 3])
        return out

    def specification(self, model, depth=2):
        out = {}
        for name in self.some(self.fields(model), 1, 6):
            field = self.facts[model][name]
            target = field.get('relation')
            if target in self.facts.models and self.facts[target] and depth and self.chance(0.6):
                inner = {'fields': self.specification(target, depth - 1) if target in CORE and self.chance(0.7) else {'display_name': {}}}
                if field['type'] != 'many2one' and self.chance(0.3):
                    inner['limit'] = self.pick([1, 2, 5])
                if field['type'] != 'many2one' and self.chance(0.2):
                    inner['order'] = self.pick(['id desc', 'id'])
                if self.chance(0.1):
                    inner['context'] = {'active_test': False}
                out[name] = inner
            else:
                out[name] = {}
        return out

    def groupby(self, model):
        out = []
        for name in self.some(self.fields(model, lambda f: f.get('groupable') or self.chance(0.04)), 1, 3 if self.chance(0.4) else 1):
            kind = self.facts[model][name]['type']
            if kind in ('date', 'datetime') and self.chance(0.9):
                name += ':' + (self.pick(GRANULARITIES) if self.chance(0.97) else 'nope')
            out.append(name)
        return out

    def aggregates(self, model):
        out = []
        for name in self.some(self.fields(model, lambda f: f.get('store') or self.chance(0.05)), 0, 3):
            way = self.pick(AGGREGATES) if self.chance(0.95) else 'nope'
            roll = self.rng.random()
            out.append(name if roll < 0.3 else f'{name}:{way}' if roll < 0.8 else f'my_{name}:{way}({name})')
        return out

    def context(self):
        out = {}
        if self.chance(0.15):
            out['tz'] = self.pick(['Europe/Brussels', 'America/New_York', 'Asia/Kolkata', 'Pacific/Auckland', 'UTC', False])
        if self.chance(0.1):
            out['lang'] = self.pick(['en_US', 'en_US', False, 'fr_FR'])
        if self.chance(0.15):
            out['active_test'] = self.pick([False, False, True])
        return out

    def defaults(self, model):
        return {f'default_{n}': self.value(model, n) for n in self.some(self.writable(model), 1, 2)}
