"""The records both servers hold: what the installation made (by external id), four users, and a random world of a round."""
from draw import CORE, Draw
from side import Ref, Refused

# whose external ids become symbols
BASELINE = ['res.groups', 'res.country', 'res.country.state', 'res.currency', 'res.partner', 'res.users', 'res.company', 'res.lang',
            'mail.message.subtype', 'res.partner.title', 'res.partner.industry', 'mail.activity.type', 'project.task.type', 'project.project']
# records drawn from where the world holds none of the fuzzer's own
OPEN = {'res.country': ['base.be', 'base.fr', 'base.us', 'base.in'], 'res.country.state': ['base.state_us_1', 'base.state_us_2'],
        'res.users': ['base.user_admin'], 'res.partner': ['base.partner_admin'],
        'res.partner.title': ['base.res_partner_title_madam', 'base.res_partner_title_doctor'],
        'res.partner.industry': ['base.res_partner_industry_A', 'base.res_partner_industry_B']}
USERS = {'user': ['base.group_user', 'project.group_project_user'], 'manager': ['base.group_user', 'project.group_project_manager'],
         'portal': ['base.group_portal'], 'internal': ['base.group_user'], 'none': []}
SIZES = {'project.tags': 4, 'project.task.type': 4, 'res.partner': 7, 'res.users': 1, 'project.project': 5, 'project.milestone': 4, 'project.task': 14}


class World(dict):
    """model → Refs"""

    def __init__(self, sides, facts, seed, say):
        super().__init__()
        self.sides, self.facts, self.say = sides, facts, say
        self.stamp, self.count = f'w{seed}', 0
        for side in sides:
            self.baseline(side)
        for model, symbols in OPEN.items():
            for symbol in symbols:
                if all((model, symbol) in s.ids for s in sides):
                    self.setdefault(model, []).append(Ref(model, symbol))
        for model in CORE:
            self.setdefault(model, [])
            facts[model]
        self['res.partner.category'] = []

    def baseline(self, side):
        rows = side.call('ir.model.data', 'search_read', [[['model', 'in', BASELINE]], ['module', 'name', 'model', 'res_id']])
        for r in sorted(rows, key=lambda r: r['module'] != 'base'):
            if (r['model'], r['res_id']) not in side.symbols:
                side.learn(r['model'], f"{r['module']}.{r['name']}", r['res_id'])

    def add(self, model, ids):
        """the same record, made on each side"""
        self.count += 1
        ref = Ref(model, f'{model}#{self.count}')
        for side, record in zip(self.sides, ids):
            side.learn(model, ref.symbol, record)
        self.setdefault(model, []).append(ref)
        return ref

    def drop(self, ref):
        if ref in self.get(ref.model, []):
            self[ref.model].remove(ref)

    def users(self, stamp):
        for name, groups in USERS.items():
            ids, partners = [], []
            for side in self.sides:
                vals = {'name': f'Fuzz {name}', 'login': f'{stamp}-{name}', 'password': f'{stamp}-{name}', 'email': f'{stamp}-{name}@example.com',
                        'company_id': side.ids['res.company', 'base.main_company'], 'company_ids': [[6, 0, [side.ids['res.company', 'base.main_company']]]],
                        'groups_id': [[6, 0, [side.ids['res.groups', g] for g in groups]]]}
                ids.append(side.call('res.users', 'create', [vals], {'context': {'no_reset_password': True}}))
                partners.append(side.call('res.users', 'read', [[ids[-1]], ['partner_id']])[0]['partner_id'][0])
                side.login(name, vals['login'], vals['password'])
            self.add('res.users', ids)
            self.add('res.partner', partners)

    def settle(self, draw):
        """the world of a round; a record that only one side takes is reported by the caller as a call like any other"""
        for model in CORE:
            for _ in range(SIZES[model]):
                if model == 'res.users':
                    continue
                vals = draw.vals(model, 2, 6)
                if model == 'project.task.type':
                    vals['user_id'] = False
                if model == 'project.project':
                    vals['type_ids'] = [[6, 0, self['project.task.type'][:3]]]
                yield {'model': model, 'method': 'create', 'args': [vals], 'kwargs': {'context': draw.context()}, 'user': 'admin'}
        for name in ('res.partner.category',):
            for word in ('One', 'Two'):
                yield {'model': name, 'method': 'create', 'args': [{'name': word, 'color': 1}], 'kwargs': {}, 'user': 'admin'}
        partner = self['res.partner'][-1]
        for project in self['project.project'][::2]:
            yield {'model': 'project.project', 'method': 'message_subscribe', 'args': [[project], [r for r in self['res.partner'][2:7]]], 'kwargs': {}, 'user': 'admin'}
