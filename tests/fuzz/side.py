"""One server of the comparison: JSON-RPC calls, and the symbols that stand for its ids.

A symbol names the same record on both servers: the external id of what the installation made, `model#n` of what the
fuzzer made. Ids without a symbol become `?`, so that records which a server makes by itself only count."""
import http.client
import json
import re
import urllib.parse

MODEL_IDS = re.compile(r'\b([a-z_]+(?:\.[a-z_]+)+)\(([\d, ]*)\)')
DIGITS = re.compile(r'\d+')
OBJECT = re.compile(r'at 0x[0-9a-f]+')

# said in two ways by revisions of 18.0
REVISIONS = re.compile(r"(?:The method '|Private methods \(such as '?)(?:[a-z_]+\.)*(?P<method>\w+)'?(?:\) cannot be called remotely\.| does not exist(?: on the model '[a-z._]+')?)")


class Ref:
    """a record, whatever its id is on a server"""
    __slots__ = ('model', 'symbol')

    def __init__(self, model, symbol):
        self.model, self.symbol = model, symbol

    def __repr__(self):
        return f'<{self.symbol}>'

    def __eq__(self, other):
        return isinstance(other, Ref) and (self.model, self.symbol) == (other.model, other.symbol)

    def __hash__(self):
        return hash((self.model, self.symbol))


class Refused(Exception):
    """the error a server answered with"""

    def __init__(self, name, message):
        super().__init__(name, message)
        self.name, self.message = name, message


class Side:
    def __init__(self, url, db, user, password):
        parts = urllib.parse.urlsplit(url)
        self.host, self.db, self.conn = parts.netloc, db, None
        self.logins = {'admin': (None, user, password)}
        self.symbols, self.ids, self.calls = {}, {}, 0
        uid = self.service('common', 'login', [db, user, password])
        if not uid:
            raise SystemExit(f'{url}: cannot log in')
        self.logins['admin'] = (uid, user, password)

    def service(self, service, method, args):
        body = json.dumps({'jsonrpc': '2.0', 'method': 'call', 'id': 1,
                           'params': {'service': service, 'method': method, 'args': args}})
        self.calls += 1
        for again in (True, False):
            try:
                if self.conn is None:
                    self.conn = http.client.HTTPConnection(self.host, timeout=120)
                self.conn.request('POST', '/jsonrpc', body, {'Content-Type': 'application/json'})
                answer = self.conn.getresponse()
                data = answer.read()
                break
            except (http.client.HTTPException, ConnectionError, TimeoutError):
                self.conn = None
                if not again:
                    raise
        try:
            answer = json.loads(data)
        except ValueError:
            raise Refused('HTTP', f'{answer.status} {data[:200]!r}') from None
        if 'error' in answer:
            data = answer['error'].get('data') or {}
            raise Refused(data.get('name') or 'error', data.get('message') or answer['error'].get('message') or '')
        return answer.get('result')

    def call(self, model, method, args=(), kwargs=None, user='admin'):
        uid, _, password = self.logins[user]
        return self.service('object', 'execute_kw', [self.db, uid, password, model, method, list(args), kwargs or {}])

    def login(self, name, login, password):
        uid = self.service('common', 'login', [self.db, login, password])
        self.logins[name] = (uid, login, password)

    # ------------------------------------------------------------ symbols

    def learn(self, model, symbol, record):
        self.symbols[model, record] = symbol
        self.ids[model, symbol] = record

    def forget(self, ref):
        record = self.ids.pop((ref.model, ref.symbol), None)
        self.symbols.pop((ref.model, record), None)

    def symbol(self, model, record):
        if type(record) is not int:
            return record
        return self.symbols.get((model, record), f'?{model}')

    def render(self, value):
        """value with each Ref replaced by the id it has here"""
        if isinstance(value, Ref):
            return self.ids.get((value.model, value.symbol), 0)
        if isinstance(value, (list, tuple)):
            return [self.render(v) for v in value]
        if isinstance(value, dict):
            return {k: self.render(v) for k, v in value.items()}
        return value

    def message(self, text):
        """an error text without what differs by nature"""
        def known(match):
            model = match.group(1)
            ids = [self.symbol(model, int(i)) for i in DIGITS.findall(match.group(2))]
            return f'{model}({", ".join(ids)})'
        if text.startswith('You cannot write on the following fields'):      # a set of Python's, in no order
            text = ' '.join(sorted(re.findall(r'\w+', text)))
        text = REVISIONS.sub(lambda m: f"{m.group('method')} is not to be called", text)
        lines = MODEL_IDS.sub(known, OBJECT.sub('at 0x', text)).split('\n')
        return '\n'.join(line for i, line in enumerate(lines) if i == 0 or line != lines[i - 1] or not line.startswith('\t-'))
