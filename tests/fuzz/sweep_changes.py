#!/usr/bin/env python3
"""Goes through all fields of the models, systematically where fuzz.py goes by chance, and prints where two servers differ.

  sweep_changes.py --one http://127.0.0.1:8018 --two http://127.0.0.1:8069 --db odoo18 [--what values,commands,onchange,load,chatter,copy]
           [--models project.task] [--fields user_ids] [--as admin,portal] [--sample 0.2]

README.md says how it works. Standard library only."""
import random
import sys
import time

from answers import VOLATILE
from draw import CORE
from fuzz import Fuzzer, parser
from side import Ref, Refused
from world import World
from draw import Draw

# writing these at random would lock somebody out, or asks for what no two servers share
SKIP = ('password', 'new_password', 'login', 'groups_id', 'company_ids', 'image_', 'avatar_', 'signup_', 'api_key', 'totp', 'oauth', 'sel_groups',
        'in_group', 'parent_path', 'res_users_settings', 'website_message_ids', 'analytic', 'account_id', 'device_ids', 'log_ids', 'access_', 'tz_offset',
        'create_', 'write_', 'html_field_history', 'share', 'commercial_partner_id', 'self', 'user_livechat', 'bank_ids', 'channel_ids')
TEXT = ['x', '', ' spaced ', False, None, 7, 1.5, True, 'x' * 300, 'Été', '<b>bold</b>', ['a'], {'a': 1}]
ODD = {
    'char': TEXT, 'text': TEXT,
    'html': ['<p>rich <b>text</b></p>', 'plain', '<script>x()</script>safe', '&amp; &lt;', '', False, None, 7, 'two\nlines', '<p>a</p><p>b</p>'],
    'boolean': [True, False, 0, 1, 'yes', '', None, 'False', []],
    'integer': [0, 5, -5, '7', 'x', '', 3.7, False, None, True, 2147483647, 2147483648, 99999999999, []],
    'float': [0, 2.5, -1.005, '4.2', 'x', '', False, None, True, 1e300, []],
    'date': ['2024-02-29', '2024-02-30', '2024-01-01 10:00:00', '2024-01-01T10:00:00', '2024-1-5', '01/02/2024', 'x', '', False, None, True, 5],
    'datetime': ['2024-02-29 10:00:00', '2024-02-29', '2024-02-29T10:00:00', '2024-02-29T10:00:00Z', '2024-02-29 10:00:00.123', '2024-02-29 25:00:00',
                 '2024-02-29 10:00', 'x', '', False, None, True, 5],
    'binary': ['aGVsbG8=', 'not base64!', '', False], 'json': [{'a': 1}, False], 'reference': ['res.partner,1', 'x', 'res.partner,', False, 5],
    'many2one_reference': [1, 0, False], 'properties': [{}, False, []], 'properties_definition': [[], False],
}
ODD['monetary'] = ODD['float']
GOOD = {'char': ['x'], 'text': ['x'], 'html': ['<p>x</p>'], 'boolean': [True, False], 'integer': [5], 'float': [2.5], 'date': ['2024-02-29'],
        'datetime': ['2024-02-29 10:00:00'], 'monetary': [2.5]}
WORDS = {'boolean': ['true', 'no', '1', 'x', 'TRUE', 'False', '0', 'yes'], 'integer': ['5', '-3', '2.0', '1 000', 'x', '99999999999'], 'float': ['2.5', '1e3', '1,5', 'x', 'nan', 'inf'],
         'date': ['2024-02-29', '2024-02-30', '2024-01-01 10:00:00', '01/02/2024', 'x'],
         'datetime': ['2024-02-29 10:00:00', '2024-02-29', '2024-02-29 25:00:00', '2024-02-29T10:00:00', 'x'],
         'char': ['x', ' y ', '<b>'], 'text': ['x\ny'], 'html': ['<p>x</p>', 'y'], 'binary': ['aGVsbG8=', 'é'], 'json': ['{"a": 1}', 'x'],
         'many2one': ['nope', 'Administrator', 'Fuzz user', '12', ''], 'many2many': ['nope', 'One', 'One,Two', 'One, Two', 'One,nope', ''], 'one2many': ['x', ''],
         'reference': ['res.partner,1', 'x'], 'properties': ['{}', 'x'], 'many2one_reference': ['1', 'x']}
WORDS['monetary'] = WORDS['float']


def left(name):
    return VOLATILE.match(name) or any(name == s or s.endswith('_') and name.startswith(s) or s in ('totp', 'oauth', 'analytic', 'sel_groups', 'in_group') and s in name for s in SKIP)


class Sweep(Fuzzer):
    def start(self):
        self.rng = random.Random(self.options.seed)
        self.seed, self.number, self.wrong, self.recent = self.options.seed, 0, {}, []
        self.world = World(self.sides, self.facts, f'{self.stamp}s', None)
        self.world.users(f'{self.stamp}-s')
        for call in self.world.settle(Draw(self.facts, self.world, self.rng, gentle=True)):
            self.mutate(call, 'world')
        if not self.options.unmuted:
            self.mute()
        self.models = self.options.models.split(',') if self.options.models else CORE
        self.users = (self.options.who or 'admin').split(',')

    def fields(self, model):
        names = self.options.fields.split(',') if self.options.fields else [n for n in self.facts[model] if not left(n) and n != 'id']
        return [n for n in names if n in self.facts[model]]

    def basics(self, model, **more):
        self.number += 1
        vals = {'name': f'S{self.number} {self.stamp}'}
        if model in ('project.task', 'project.milestone'):
            vals['project_id'] = self.world['project.project'][0]
        if model == 'res.users':
            vals['login'] = f's{self.number}-{self.stamp}@example.com'
        return {**vals, **more}

    def chosen(self):
        return self.rng.random() < self.options.sample

    def do(self, model, method, args, kwargs=None, touched=None, user=None):
        """one changing call, and what it leaves; answers the made record"""
        self.number += 1
        call = {'model': model, 'method': method, 'args': args, 'kwargs': dict(kwargs or {}), 'user': user or self.rng.choice(self.users), 'touched': touched}
        if model == 'res.users' and method in ('create', 'copy'):
            call['kwargs']['context'] = {'no_reset_password': True}
        before = len(self.world[model])
        self.mutate(call, self.number)
        return self.world[model][-1] if len(self.world[model]) > before else None

    def gone(self, ref):
        if ref:
            self.world.drop(ref)
            for side in self.sides:
                try:
                    side.call(ref.model, 'unlink', [[side.render(ref)]])
                except Refused:
                    pass

    def fresh(self, model):
        """a record of either side's that differs in nothing yet"""
        vals = self.basics(model)
        ids = [side.call(model, 'create', [side.render(vals)], {'context': {'no_reset_password': True}}) for side in self.sides]
        return self.world.add(model, ids)

    def values(self, field, odd=True):
        kind, target = field['type'], field.get('relation')
        if kind == 'selection':
            keys = [s[0] for s in field.get('selection') or []]
            return keys[:8] + (['nonsense', '', False, None, 7, True] if odd else [])
        if kind == 'many2one':
            known = self.world.get(target) or []
            return known[:3] + [False] + ([None, 0, 999999, 'x', '', known[:1], {}, True, 1.5, [0, 0, {}]] if odd else [])
        if kind in ('one2many', 'many2many'):
            return self.commands(field, odd)
        return (ODD if odd else GOOD).get(kind, [])

    def commands(self, field, odd=True):
        target = field['relation']
        known = (self.world.get(target) or [])[:4]
        made = [[[0, 0, self.basics(target)]], [[0, 'virtual_1', self.basics(target)], [0, 0, self.basics(target)]]] if target in CORE and target != 'res.users' else []
        if not known:
            return made + ([[[5]], [[6, 0, []]], False, 'x', [[4, 999999]]] if odd else [])
        one, two = known[0], known[-1]
        out = made + [[[6, 0, [one, two]]], [[4, one]], [[4, two, 0], [3, one]], [[5]], [one]]
        if not odd:
            return out[:len(made) + 2]
        out += [[[3, two]], [[6, 0, [two]], [4, one, 0]], [[5, 0, 0], [4, two]], [[6, 0, []]], [], False, None, 'x', 5, {'a': 1}, [[6, 0, False]], [[6, 0]], [[4]], [[0, 0]],
                [[4, 'x']], [[4, 999999]], [[6, 0, [999999]]], [[7, 1]], [['x']], [False], [[0, 0, False]], [[1, one, {'nope': 1}]], [[4, False]], [[6, 0, [one, one]]], [None]]
        if target in CORE and target != 'res.users':
            out += [[[1, one, {'name': f'renamed {self.number} {self.stamp}'}]], [[1, 999999, {'name': 'x'}]], [[0, 0, {}]], [[0, 0, {'nope': 1}]], [[2, 999999]]]
        return out

    # ------------------------------------------------------------ the sweeps

    def sweep_values(self, x2many=False):
        for model in self.models:
            for name in self.fields(model):
                field = self.facts[model][name]
                if (field['type'] in ('one2many', 'many2many')) is not x2many:
                    continue
                ref = None
                for value in self.values(field):
                    if not self.chosen():
                        continue
                    self.gone(self.do(model, 'create', [self.basics(model, **{name: value})]))
                    if ref is None or ref not in self.world[model]:
                        ref = self.fresh(model)
                    self.do(model, 'write', [[ref], {name: value}], touched=[ref])
                if ref:
                    self.gone(ref)

    def sweep_commands(self):
        self.sweep_values(x2many=True)

    def spec(self, model, depth=1):
        out = {}
        for n, f in self.facts[model].items():
            if left(n) or n not in self.facts.compared(model) or f['type'] in ('json', 'binary', 'properties', 'properties_definition'):
                continue
            if f['type'] == 'many2one':
                out[n] = {'fields': {'display_name': {}}}
            elif f.get('relation'):
                if f['relation'] in CORE and not n.startswith(('message_', 'activity_')):
                    out[n] = {'fields': {'display_name': {}, 'name': {}}} if depth else {}
            else:
                out[n] = {}
        return out

    def sweep_onchange(self):
        for model in self.models:
            spec = self.spec(model)
            for user in self.users:
                for record in [[]]:
                    self.ask({'model': model, 'method': 'onchange', 'args': [record, {}, [], spec], 'kwargs': {}, 'user': user}, self.number)
            for name in self.fields(model):
                field = self.facts[model][name]
                for value in self.values(field, odd=self.options.odd):
                    if not self.chosen():
                        continue
                    self.number += 1
                    user = self.rng.choice(self.users)
                    narrow = {n: s for n, s in spec.items() if n != name}
                    narrow[name] = spec.get(name, {})
                    for record in ([], [self.rng.choice(self.world[model])] if self.world[model] else []):
                        values = {name: value} if record else {**self.basics(model), name: value}
                        self.ask({'model': model, 'method': 'onchange', 'args': [record, values, [name], narrow], 'kwargs': {}, 'user': user}, self.number)

    def sweep_load(self):
        for model in self.models:
            for name in self.fields(model):
                field = self.facts[model][name]
                words = [(name, w) for w in (WORDS.get(field['type']) or [])]
                if field['type'] == 'selection':
                    words = [(name, w) for s in field.get('selection') or [] for w in s[:2]][:6] + [(name, w) for w in ('nonsense', (field.get('selection') or [['x', 'X']])[0][1].upper())]
                if field.get('relation'):
                    words += [(f'{name}/id', w) for w in ('base.nope', 'nope') + (() if field['type'] == 'one2many' else ('base.main_partner', 'base.user_admin,base.nope'))]
                    words += [(f'{name}/.id', w) for w in ('1', '999999', 'x', '1,999999')]
                    words += [(f'{name}/name', w) for w in ('y', '')]
                for column, word in words:
                    if self.chosen():
                        rows = [[f'L{self.number} {self.stamp}', word]]
                        base = self.basics(model)
                        columns = ['name', column]
                        if 'login' in base:
                            columns.append('login')
                            rows[0].append(base['login'])
                        if name != 'project_id' and 'project_id' in base:
                            columns.append('project_id/.id')
                            rows[0].append(base['project_id'])
                        self.do(model, 'load', [columns, rows], {'context': {'no_reset_password': True}})

    def sweep_copy(self):
        for model in self.models:
            for ref in list(self.world[model]):
                if '#' not in ref.symbol:
                    continue
                for user in self.users:
                    self.ask({'model': model, 'method': 'copy_data', 'args': [[ref]], 'kwargs': {}, 'user': user}, self.number)
                    for args in ([[ref]], [[ref], {'name': f'Copy {self.number} {self.stamp}'}]):
                        if model == 'res.users':
                            args = [[ref], {'name': 'c', 'login': f'c{self.number}-{self.stamp}'}]
                        self.gone(self.do(model, 'copy', args, user=user))

    def sweep_chatter(self):
        partners = self.world['res.partner'][2:5]
        users = [r for r in self.world['res.users'] if '#' in r.symbol]
        for model in self.models:
            if 'message_ids' not in self.facts[model] or model == 'res.users':
                continue
            subtypes = [Ref('mail.message.subtype', s) for s in ('mail.mt_comment', 'mail.mt_note')]
            calls = [('message_post', [[0]], k) for k in (
                {}, {'body': 'plain <b>x</b>'}, {'body': 'c', 'message_type': 'comment', 'subtype_xmlid': 'mail.mt_comment'}, {'body': 'n', 'subtype_xmlid': 'mail.mt_note'},
                {'body': 'e', 'message_type': 'email', 'email_from': '"Some One" <some@example.com>'}, {'body': 'p', 'partner_ids': partners},
                {'body': 's', 'subject': 'Subject', 'subtype_id': subtypes[0]}, {'body': 'x', 'subtype_xmlid': 'mail.nope'}, {'body': 'x', 'message_type': 'nope'},
                {'body': 'x', 'message_type': 'user_notification'}, {'body': 'x', 'partner_ids': [999999]}, {'body': 'x', 'partner_ids': 'x'}, {'body': 'x', 'nope': 1},
                {'body': 'a', 'attachments': [['a.txt', 'hello']]}, {'body': 'a', 'author_id': partners[0]}, {'body': False}, {'body': 7}, {'body': 'x', 'parent_id': 999999},
                {'body': 'x', 'attachment_ids': [999999]}, {'body': 'x', 'subject': False, 'subtype_xmlid': False}, {'body': 'x', 'record_name': 'other'}, {'body': '<p>h</p>', 'body_is_html': True},
            )]
            calls += [('message_subscribe', [[0]] + a, k) for a, k in (
                ([partners], {}), ([partners[:1], subtypes[:1]], {}), ([], {}), ([[]], {}), ([[999999]], {}), (['x'], {}), ([partners[:1]], {'subtype_ids': []}), ([partners], {'subtype_ids': subtypes}), ([[False]], {}))]
            calls += [('message_unsubscribe', [[0]] + a, {}) for a in ([partners[:1]], [], [[]], [[999999]], [partners])]
            calls += [('activity_schedule', [[0]] + a, k) for a, k in (
                (['mail.mail_activity_data_todo'], {}), (['mail.mail_activity_data_call'], {'summary': 'Call', 'note': '<p>now</p>', 'date_deadline': '2024-03-01'}),
                (['mail.mail_activity_data_todo'], {'user_id': users[0], 'date_deadline': '2099-01-01'}), ([], {}), (['mail.nope'], {}), ([''], {'activity_type_id': 999999}),
                (['mail.mail_activity_data_todo', 'x'], {}), (['mail.mail_activity_data_todo'], {'nope': 1}), (['mail.mail_activity_data_todo'], {'user_id': False}))]
            calls += [(m, [[0]] + a, k) for m, a, k in (
                ('activity_reschedule', [['mail.mail_activity_data_todo'], users[0], '2098-01-01'], {}), ('activity_feedback', [['mail.mail_activity_data_todo']], {'feedback': 'Done <b>x</b>'}),
                ('activity_unlink', [['mail.mail_activity_data_call']], {}), ('activity_feedback', [['mail.nope']], {}), ('activity_search', [['mail.mail_activity_data_todo']], {}),
                ('message_notify', [], {'partner_ids': partners[:1], 'body': 'hey'}), ('message_get_followers', [], {}), ('message_track_post_template', [{}], {}), ('message_mail_with_source', ['x'], {}),
                ('_message_log', [], {'body': 'x'}), ('toggle_active', [], {}), ('write', [{'name': f'after {self.stamp}'}], {}), ('unlink', [], {}))]
            for user in self.users:
                ref = self.fresh(model)
                for method, args, kwargs in calls:
                    if self.chosen():
                        if ref not in self.world[model]:
                            ref = self.fresh(model)
                        self.do(model, method, [[ref]] + args[1:], kwargs, touched=[ref], user=user)

    def run(self):
        begin = time.time()
        try:
            self.start()
            for what in self.options.what.split(','):
                print(f'{what} …', flush=True)
                getattr(self, f'sweep_{what}')()
        except KeyboardInterrupt:
            pass
        self.report(time.time() - begin)
        return 1 if self.groups else 0


def main():
    p = parser(__doc__)
    p.add_argument('--what', default='values,commands,onchange,load,chatter,copy')
    p.add_argument('--models', help='comma-separated')
    p.add_argument('--fields', help='comma-separated')
    p.add_argument('--as', dest='who', help='users, comma-separated: admin, user, manager, portal, internal, none')
    p.add_argument('--sample', type=float, default=1, help='the part of the calls to send')
    p.add_argument('--odd', action='store_true', help='onchange of values that do not fit, too')
    p.add_argument('--unmuted', action='store_true', help='tell fields that differ on many records every time')
    return Sweep(p.parse_args()).run()


if __name__ == '__main__':
    sys.exit(main())
