"""Answers made comparable: ids to symbols by the kind of the field, the time of the run to `<now>`."""
import datetime
import re

X2MANY = ('one2many', 'many2many')
# what is random, or drawn from ids and the clock
VOLATILE = re.compile(r'(access_token|signup_|avatar_|image_|password|login_date|oauth|last_seen|google_|api_key|parent_path|tz_offset|signature|html_field_history|message_has_error|rules_count|rating_request_deadline|accesses_count|access_instruction_message)')
NUMBER_IN_PATH = re.compile(r'(/|model=|id=)\d+')

BARE = re.compile(r'<span>[^<]*</span>$')                      # bare text in HTML: <p> in 18.0, <span> with other versions of lxml


class Facts:
    """fields of the models, as both servers know them"""

    def __init__(self, sides):
        self.sides, self.models, self.muted = sides, {}, set()

    def __getitem__(self, model):
        if model not in self.models:
            try:
                one, two = (s.call(model, 'fields_get') for s in self.sides)
            except Exception:
                self.models[model] = {}
            else:
                self.models[model] = {n: f for n, f in one.items() if n in two and f['type'] == two[n]['type']}
        return self.models[model]

    def compared(self, model):
        return [n for n in self[model] if not VOLATILE.match(n) and not tagged(model, n) and (model, n) not in self.muted]

    def field(self, model, path):
        """the field a dotted path ends at (granularities and aggregates cut off), with the model of it"""
        field = None
        for name in path.split(':')[0].split('.'):
            if model is None:
                return None
            field = self[model].get(name)
            if field is None:
                return None
            model = field.get('relation')
        return field


def clock(text):
    """the moment of the run has no name"""
    for form, width in (('%Y-%m-%d %H:%M:%S', 26400), ('%Y-%m-%d', 90000)):
        try:
            at = datetime.datetime.strptime(text, form)
        except ValueError:
            continue
        away = abs((at - datetime.datetime.utcnow()).total_seconds())
        return '<now>' if away < 7200 or (form == '%Y-%m-%d' and away < width) else text
    return text


def plain(value):
    if isinstance(value, str):
        if BARE.match(value):
            value = f'<p>{value[6:-7]}</p>'
        elif value == 'safe':                                  # bare text after a script that was taken out
            value = '<p>safe</p>'
        value = value.replace('OdooBot', 'System')             # what the first user is called
        return NUMBER_IN_PATH.sub(r'\1N', clock(value))
    if isinstance(value, float):
        return float(f'{value:.9g}')
    if isinstance(value, list):
        return [plain(v) for v in value]
    if isinstance(value, dict):
        return {k: plain(v) for k, v in value.items()}
    return value


def field_value(side, facts, field, value):
    if field is None:
        return plain(value)
    if field.get('name') in ('old_value_integer', 'new_value_integer'):       # an id, where the field was a many2one
        return bool(value)
    kind, relation = field['type'], field.get('relation')
    if kind == 'many2one':
        if isinstance(value, list) and len(value) == 2:
            return [side.symbol(relation, value[0]), plain(value[1])]
        if isinstance(value, dict):
            return row(side, facts, relation, value)
        return side.symbol(relation, value)
    if kind in X2MANY and isinstance(value, list):
        if field.get('name', '').startswith('message_') and not any(isinstance(v, dict) for v in value):       # followers come in no order
            return sorted(str(side.symbol(relation, v)) for v in value)
        return [row(side, facts, relation, v) if isinstance(v, dict) else command(side, facts, relation, v) for v in value]
    if kind == 'many2one_reference' or kind == 'binary':
        return f'<{kind}>' if value else value
    if kind == 'reference' and isinstance(value, str) and ',' in value:
        model, _, record = value.partition(',')
        return f'{model},{side.symbol(model, int(record))}' if record.isdigit() else value
    if kind in ('properties', 'json') and isinstance(value, (dict, list)):
        return plain(value) if kind == 'properties' else '<json>'
    if field.get('name') in ('alias_defaults', 'alias_parent_thread_id', 'alias_force_thread_id', 'res_id'):
        return bool(value)
    return plain(value)


def command(side, facts, model, value):
    """an id, or a command as onchange answers it"""
    if isinstance(value, list) and len(value) >= 2 and value[0] in (0, 1, 2, 3, 4, 5, 6):
        code, record, rest = value[0], value[1], value[2:]
        out = [code, side.symbol(model, record) if code in (1, 2, 3, 4) else ('<virtual>' if code == 0 else record)]
        for part in rest:
            out.append(row(side, facts, model, part) if isinstance(part, dict)
                       else sorted(str(side.symbol(model, p)) for p in part) if isinstance(part, list) else part)
        return out
    return side.symbol(model, value)


def tagged(model, name):
    return name == 'color' and model in ('project.tags', 'res.partner.category')      # drawn by chance


def row(side, facts, model, values):
    out = {}
    known = facts[model]
    for name, value in values.items():
        if VOLATILE.match(name) or tagged(model, name) or (known and name not in known):
            continue
        if name == 'id':
            out[name] = side.symbol(model, value)
        else:
            out[name] = field_value(side, facts, facts[model].get(name), value)
    return out


def domain(side, facts, model, value):
    if not isinstance(value, list):
        return value
    out = []
    for leaf in value:
        if isinstance(leaf, list) and len(leaf) == 3 and isinstance(leaf[0], str):
            path, op, right = leaf
            field = facts.field(model, path)
            target = field.get('relation') if field else None
            if path == 'id' or path.endswith('.id'):
                target = model
            if op == 'any' and target:
                right = domain(side, facts, target, right)
            elif op in ('not in', 'not any') and field and field['type'] in X2MANY:
                op, right = 'not any', []          # the empty group, said in two ways by revisions of 18.0
            elif path == 'id' and isinstance(right, list):
                right = ['known']
            elif target and isinstance(right, list):
                right = [side.symbol(target, r) for r in right]
            elif target:
                right = side.symbol(target, right)
            else:
                right = plain(right)
            out.append([path, op, right])
        else:
            out.append(leaf)
    return out


def group(side, facts, model, values):
    out = {}
    for key, value in values.items():
        if key == '__domain':
            value = domain(side, facts, model, value)
        elif key in ('__range', '__context', '__fold', '__count'):
            value = plain(value)
        else:
            field = {'type': 'many2one', 'relation': model} if key == 'id' else facts.field(model, key)
            if field and field['type'] in X2MANY + ('many2one',) and isinstance(value, list) and len(value) == 2 and isinstance(value[1], str):
                value = [side.symbol(field['relation'], value[0]), plain(value[1])]
            elif field and field.get('relation') and isinstance(value, list):
                value = sorted(str(side.symbol(field['relation'], v)) for v in value)
            elif isinstance(value, list) and field:
                value = sorted(map(str, plain(value)))
            else:
                value = plain(value)
        out[key] = value
    return out


def answer(side, facts, call, value):
    """the answer of a call, comparable"""
    model, method = call['model'], call['method']
    if method in ('search', 'create', 'copy', 'exists', 'message_post', 'message_notify') or (method == 'load' and isinstance(value, list)):
        target = 'mail.message' if method.startswith('message') else model
        return [side.symbol(target, v) for v in value] if isinstance(value, list) else side.symbol(target, value)
    if method in ('read', 'search_read', 'web_read', 'web_save') and isinstance(value, list):
        return [row(side, facts, model, v) for v in value]
    if method == 'web_search_read' and isinstance(value, dict):
        return {'length': value.get('length'), 'records': [row(side, facts, model, v) for v in value.get('records', [])]}
    if method == 'read_group' and isinstance(value, list):
        return [group(side, facts, model, v) for v in value]
    if method == 'web_read_group' and isinstance(value, dict):
        return {'length': value.get('length'), 'groups': [group(side, facts, model, v) for v in value.get('groups', [])]}
    if method == 'name_search' and isinstance(value, list):
        return [[side.symbol(model, v[0]), plain(v[1])] for v in value]
    if method == 'fields_get' and isinstance(value, dict):     # texts for people are not ours to copy
        return {n: {k: v for k, v in f.items() if k != 'help'} for n, f in value.items() if n in facts[model]}
    if method.startswith('search_panel') and isinstance(value, dict):
        relation = facts[model].get(call['args'][0], {}).get('relation')
        values = [{k: side.symbol(relation, v) if k in ('id', 'parent_id') and relation else plain(v) for k, v in r.items()} for r in value.get('values', [])]
        return {**value, 'values': values}
    if method == 'get_metadata' and isinstance(value, list):
        return [{'id': side.symbol(model, v['id']), **{k: plain(v[k][1:] if isinstance(v[k], list) and k.endswith('uid') else v[k]) for k in v if k != 'id'}} for v in value]
    if method == 'get_external_id' and isinstance(value, dict):
        return {side.symbol(model, int(k)): v for k, v in value.items()}
    if method == 'name_get' and isinstance(value, list):
        return [[side.symbol(model, v[0]), plain(v[1])] for v in value]
    if method in ('get_formview_action', 'get_access_action') and isinstance(value, dict):
        return {**plain({k: v for k, v in value.items() if k != 'context'}), 'res_id': side.symbol(value.get('res_model'), value.get('res_id'))}
    if method == 'name_create' and isinstance(value, list):
        return ['<new>', value[1]]
    if method == 'default_get' and isinstance(value, dict):
        return row(side, facts, model, value)
    if method == 'copy_data' and isinstance(value, list):
        return [row(side, facts, model, v) for v in value]
    if method == 'onchange' and isinstance(value, dict):
        return {**plain({k: v for k, v in value.items() if k != 'value'}), 'value': row(side, facts, model, value.get('value') or {})}
    if method == 'load' and isinstance(value, dict):
        if isinstance(value.get('ids'), list):
            value = {**value, 'ids': len(value['ids'])}
        for m in value.get('messages') or []:
            m.pop('moreinfo', None)
        return plain(value)
    if method == 'export_data' and isinstance(value, dict):
        return [[plain(c) for c in line] for line in value.get('datas', [])]
    if method == 'activity_schedule':                        # a recordset's name, or its ids
        return bool(value)
    if method.startswith(('action_', 'open_')) and isinstance(value, dict):      # views are each side's own
        return {k: numberless(value.get(k)) for k in ('type', 'res_model', 'target')}
    if method.startswith(('action_', 'get_', 'project_update', 'open_', 'unlink_wizard', 'create_company', 'toggle_', 'address_get', 'activity_', 'message_', 'rating_')):
        return numberless(plain(value))                      # actions and sums of a record: ids stand anywhere in them
    return plain(value)


def numberless(value):
    if type(value) is int:
        return 0
    if isinstance(value, str):
        return re.sub(r'\d+', '#', value)
    if isinstance(value, list):
        return [numberless(v) for v in value]
    if isinstance(value, dict):
        return {re.sub(r'\d+', '#', k): numberless(v) for k, v in value.items()}
    return value


def differences(one, two, path=''):
    """lines saying where two comparable answers differ: (path, one, two)"""
    if type(one) is not type(two) and not (one is None and two is None):
        return [(path, one, two)]
    if isinstance(one, dict):
        out = []
        for key in list(one) + [k for k in two if k not in one]:
            if key not in two:
                out.append((f'{path}.{key}', one[key], '<absent>'))
            elif key not in one:
                out.append((f'{path}.{key}', '<absent>', two[key]))
            else:
                out += differences(one[key], two[key], f'{path}.{key}')
        return out
    if isinstance(one, list):
        if len(one) != len(two):
            return [(path, one, two)]
        return [d for i, (a, b) in enumerate(zip(one, two)) for d in differences(a, b, f'{path}[{i}]')]
    return [] if one == two else [(path, one, two)]
