"""The kinds of calls: (method, weight, maker). A maker answers args, kwargs (domain apart, as kwargs['domain']) and, of a
changing call, `touched`: the records to look at afterwards; or None where the world has nothing to call it on."""
from draw import CORE, ODD, TEXTS, WORDS
from side import Ref


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


def onchange_lines(d, model):
    """a form as a browser has it: a nested specification, lines that are new or changed, several fields named"""
    spec = d.specification(model, 2)
    names = [n for n in d.some(d.writable(model), 1, 3)]
    for n in names:
        target = d.facts[model][n].get('relation')
        lines = d.facts[model][n]['type'] in ('one2many', 'many2many')
        spec[n] = {'fields': {'display_name': {}, 'name': {}} if target in CORE else {'display_name': {}}} if lines or target else {}
    one = [d.pick(d.world[model])] if d.chance(0.6) else []
    return {'args': [one, {n: d.value(model, n) for n in names}, names if d.chance(0.7) else names[:1], spec]}


def onchange(d, model):
    if d.chance(0.3):
        return onchange_lines(d, model)
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
    groups = [n for n in d.fields(model, lambda f: f.get('groupable') and f['type'] in ('many2one', 'selection', 'boolean', 'char'))]
    bars = [n for n in groups if d.facts[model][n]['type'] == 'selection']
    if not bars:
        return None
    bar = d.pick(bars)
    colors = {s[0]: c for s, c in zip(d.facts[model][bar].get('selection') or [], ('success', 'danger', 'warning', 'info'))}
    known = [['id', 'in', list(d.world[model])]]
    return {'kwargs': {'domain_': known + d.domain(model, 0), 'group_by': d.pick(groups), 'progress_bar': {'field': bar, 'colors': colors}}}


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


def new_user(d):
    login = f'{d.world.stamp}-{d.rng.randint(0, 10**9)}'
    groups = ['base.group_user', 'base.group_portal', 'project.group_project_user', 'project.group_project_manager', 'base.group_partner_manager', 'base.group_system', 'base.group_erp_manager']
    vals = {'name': d.pick(WORDS), 'login': login}
    if d.chance(0.7):
        vals['groups_id'] = [[6, 0, [Ref('res.groups', g) for g in d.some(groups, 0, 2)]]]
    if d.chance(0.1):
        vals['login'] = d.pick(['admin', '', False, ' ' + login + ' ', login.upper()])
    if d.chance(0.4):
        vals['email'] = d.pick([f'{login}@example.com', 'x', False, '"A" <a@b.example>'])
    if d.chance(0.3):
        vals['password'] = d.pick(['secret', '', False])
    if d.chance(0.2):
        vals['partner_id'] = d.record('res.partner')
    if d.chance(0.2):
        vals['company_ids'] = [[6, 0, [Ref('res.company', 'base.main_company')] if d.chance(0.5) else []]]
    if d.chance(0.2):
        vals['company_id'] = d.pick([Ref('res.company', 'base.main_company'), False])
    for n in d.some(d.writable('res.users'), 0, 2):
        vals.setdefault(n, d.value('res.users', n))
    return vals


def write_user(d):
    """users made by `create`, not those who call"""
    own = [r for r in d.world['res.users'] if '#' in r.symbol][5:]
    if not own:
        return None
    one = d.pick(own)
    made = new_user(d)
    vals = {n: made[n] for n in d.some(made, 1, 2) if n != 'partner_id'}
    return {'args': [[one], vals], 'touched': [one]}


def create(d, model):
    if model == 'res.users':
        return {'args': [new_user(d)], 'kwargs': {'context': {'no_reset_password': True}}}
    if d.chance(0.1):
        return {'args': [[d.vals(model, 0, 3) for _ in range(2)]]}
    return {'args': [d.vals(model, 0, 5)], 'kwargs': {'context': d.defaults(model) if d.chance(0.15) else {}}}


def write(d, model):
    if model == 'res.users':
        return write_user(d)
    own = target(d, model)
    if not own:
        return None
    touched = d.some(own, 1, 2)
    return {'args': [touched, d.vals(model, 1, 3, name=False)], 'touched': touched}


def web_save(d, model):
    own = target(d, model)
    if model != 'res.users' and d.chance(0.35):
        return {'args': [[], d.vals(model, 1, 4)], 'kwargs': {'specification': d.specification(model, 1)}}
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


# ---------------------------------------------------------------- chatter and buttons

def threaded(d, model):
    """one record with messages, or two"""
    own = target(d, model)
    return d.some(own, 1, 2 if d.chance(0.2) else 1) if own and 'message_ids' in d.facts[model] else []


def message_post(d, model):
    one = threaded(d, model)[:1]
    if not one:
        return None
    kwargs = {'body': d.pick(TEXTS + [False, 7])}
    if d.chance(0.5):
        kwargs['message_type'] = d.pick(['comment', 'comment', 'notification', 'email', 'user_notification', 'nope'])
    if d.chance(0.6):
        kwargs['subtype_xmlid'] = d.pick(['mail.mt_comment', 'mail.mt_comment', 'mail.mt_note', 'mail.nope', False])
    if d.chance(0.3):
        kwargs['partner_ids'] = d.some(d.world['res.partner'], 0, 2)
    if d.chance(0.2):
        kwargs['subject'] = d.pick(WORDS + [False])
    if d.chance(0.1):
        kwargs['author_id'] = d.record('res.partner')
    if d.chance(0.1):
        kwargs['email_from'] = d.pick(['"A" <a@b.example>', 'x', False])
    if d.chance(0.1):
        kwargs['attachments'] = [['a.txt', 'hello']]
    return {'args': [one], 'kwargs': kwargs, 'touched': one}


def message_subscribe(d, model):
    some = threaded(d, model)
    if not some:
        return None
    args = [some, d.some(d.world['res.partner'], 0, 2) if d.chance(0.95) else d.pick([False, 'x', [999999]])]
    if d.chance(0.3):
        args.append([Ref('mail.message.subtype', s) for s in d.some(['mail.mt_comment', 'mail.mt_note'], 0, 2)])
    return {'args': args, 'touched': some}


def message_unsubscribe(d, model):
    some = threaded(d, model)
    return {'args': [some, d.some(d.world['res.partner'], 0, 3)], 'touched': some} if some else None


ACTIVITIES = ['mail.mail_activity_data_todo', 'mail.mail_activity_data_call', 'mail.mail_activity_data_todo', 'mail.nope', '']


def activity_schedule(d, model):
    some = threaded(d, model)
    if not some or 'activity_ids' not in d.facts[model]:
        return None
    kwargs = {}
    if d.chance(0.8):
        kwargs['act_type_xmlid'] = d.pick(ACTIVITIES)
    if d.chance(0.5):
        kwargs['summary'] = d.pick(TEXTS)
    if d.chance(0.5):
        kwargs['date_deadline'] = d.pick(['2024-01-01', '2099-05-05', False, 'x'])
    if d.chance(0.5):
        kwargs['user_id'] = d.record('res.users')
    if d.chance(0.3):
        kwargs['note'] = d.pick(TEXTS)
    return {'args': [some], 'kwargs': kwargs, 'touched': some}


def activity_feedback(d, model):
    some = threaded(d, model)
    if not some or 'activity_ids' not in d.facts[model]:
        return None
    return {'args': [some, [d.pick(ACTIVITIES[:3])]], 'kwargs': {'feedback': d.pick(TEXTS)} if d.chance(0.5) else {}, 'touched': some}


def activity_unlink(d, model):
    some = threaded(d, model)
    return {'args': [some, [d.pick(ACTIVITIES[:3])]], 'touched': some} if some and 'activity_ids' in d.facts[model] else None


def button(only):
    def make(d, model):
        own = target(d, model)
        if model != only or not own:
            return None
        one = [d.pick(own)]
        return {'args': [one], 'touched': one}
    return make


BUTTONS = {'project.task': ['action_assign_to_me', 'action_unassign_me', 'action_convert_to_subtask', 'action_open_parent_task', 'action_dependent_tasks', 'action_recurring_tasks',
                            'action_unlink_recurrence', 'action_redirect_to_project_task_form', 'action_open_task', 'action_project_sharing_open_subtasks', 'action_project_sharing_view_parent_task',
                            'get_access_action', 'rating_get_partner_id', 'message_get_suggested_recipients'],
           'project.project': ['toggle_favorite', 'action_view_tasks', 'action_view_all_rating', 'action_open_share_project_wizard', 'action_project_task_burndown_chart_report', 'action_get_list_view',
                               'project_update_all_action', 'get_last_update_or_default', 'get_panel_data', 'get_milestones', 'action_profitability_items', 'action_open_analytic_items'],
           'project.milestone': ['toggle_is_reached', 'action_view_tasks', 'unlink'],
           'res.partner': ['address_get', 'create_company', 'open_commercial_entity', 'message_get_suggested_recipients', 'get_formview_action', 'get_formview_id', 'view_header_get'],
           'project.task.type': ['unlink_wizard', 'action_unarchive', 'copy_data'], 'project.tags': ['copy_data', 'get_external_id', 'get_metadata']}

KINDS = [
    ('search', 22, search), ('search_count', 3, search_count), ('search_read', 10, search_read), ('read', 10, read),
    ('read_group', 16, read_group), ('web_read_group', 3, web_read_group), ('name_search', 6, name_search),
    ('web_search_read', 6, web_search_read), ('web_read', 6, web_read), ('export_data', 5, export_data),
    ('default_get', 4, default_get), ('onchange', 6, onchange), ('exists', 1, plain_call()), ('has_access', 2, has_access),
    ('check_access_rights', 1, check_access_rights), ('copy_data', 2, copy_data),
    ('create', 10, create), ('write', 20, write), ('web_save', 6, web_save), ('copy', 5, copy), ('name_create', 3, name_create),
    ('unlink', 3, unlink), ('action_archive', 2, archive), ('action_unarchive', 2, archive), ('toggle_active', 1, archive), ('load', 5, load),
    ('read_progress_bar', 2, read_progress_bar), ('message_post', 5, message_post), ('message_subscribe', 3, message_subscribe), ('message_unsubscribe', 2, message_unsubscribe),
    ('activity_schedule', 3, activity_schedule), ('activity_feedback', 2, activity_feedback), ('activity_unlink', 1, activity_unlink),
] + [(name, 0.6, button(model)) for model, names in BUTTONS.items() for name in names]
MUTATING = tuple(dict.fromkeys(name for names in BUTTONS.values() for name in names if name not in ('copy_data', 'get_external_id', 'get_metadata'))) + (
    'message_post', 'message_subscribe', 'message_unsubscribe', 'activity_schedule', 'activity_feedback', 'activity_unlink', 'create', 'write', 'web_save', 'copy', 'name_create', 'unlink', 'action_archive', 'action_unarchive', 'toggle_active', 'load')
# what `--kinds change` asks: besides the changes, what tells of one before it is made
CHANGE = MUTATING + ('onchange', 'copy_data')
