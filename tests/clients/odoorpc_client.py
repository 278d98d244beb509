"""OdooRPC: JSON-RPC and the web session's routes, records that write what is set on them."""
import os
import urllib.parse

import odoorpc

URL = urllib.parse.urlsplit(os.environ["URL"])
DB, LOGIN, PASSWORD = (os.environ[k] for k in ("DB", "LOGIN", "PASSWORD"))


def refused(call):
    try:
        call()
    except odoorpc.error.RPCError as e:
        return e
    raise AssertionError("no error")


odoo = odoorpc.ODOO(URL.hostname, port=URL.port)
assert odoo.version.startswith("18.0") and DB in odoo.db.list()
refused(lambda: odoo.login(DB, LOGIN, "wrong"))
odoo.login(DB, LOGIN, PASSWORD)
assert odoo.env.user.login == LOGIN and odoo.env.lang == "en_US"

Project, Task, Tags = (odoo.env[m] for m in ("project.project", "project.task", "project.tags"))
project = Project.browse(Project.create({"name": "By hand"}))
tags = [Tags.create({"name": f"hand {i}"}) for i in range(3)]
task = Task.browse(Task.create({"name": "First", "project_id": project.id, "tag_ids": [(6, 0, tags[:1])]}))
assert task.project_id == project and [t.id for t in task.tag_ids] == tags[:1]
assert task.parent_id.id is None or not task.parent_id

task.tag_ids += tags[1:]
assert sorted(Task.read(task.id, ["tag_ids"])[0]["tag_ids"]) == tags
task.name = "Renamed"
task.date_deadline = "2030-01-02 03:04:05"
assert Task.search([("name", "=", "Renamed"), ("id", "=", task.id)]) == [task.id]
assert Task.browse(task.id).date_deadline.hour == 3

copied = task.copy({"name": "Copy"})
assert Task.search_count([("project_id", "=", project.id)]) == 2
groups = Task.read_group([("project_id", "=", project.id)], ["id:count"], ["project_id"])
assert groups[0]["project_id_count"] == 2, groups
assert Task.with_context(active_test=False).search([("id", "=", task.id)]) == [task.id]
assert odoo.env.ref("project.group_project_user")._name == "res.groups"

error = refused(lambda: Task.write([2000000000], {"name": "x"}))
assert error.info["data"]["name"] == "odoo.exceptions.MissingError", error.info
error = refused(lambda: project.write({"date_start": "2030-02-01", "date": "2030-01-01"}))
assert error.info["data"]["name"] == "odoo.exceptions.ValidationError", error.info

Task.unlink(Task.search([("project_id", "=", project.id)]))
Tags.unlink(tags)
project.unlink()
assert odoo.logout()

# Databases, behind the master password.
MASTER, COPY = os.environ["MASTER"], f"ww_test_{os.getpid()}_copy"
refused(lambda: odoo.db.drop("wrong", DB))
odoo.db.duplicate(MASTER, DB, COPY)
try:
    assert COPY in odoo.db.list()
    other = odoorpc.ODOO(URL.hostname, port=URL.port)
    other.login(COPY, LOGIN, PASSWORD)
    assert other.env.user.login == LOGIN
    dump = odoo.db.dump(MASTER, COPY)
    assert odoo.db.drop(MASTER, COPY) is True and odoo.db.drop(MASTER, COPY) is False
    odoo.db.restore(MASTER, COPY, dump)
    other.login(COPY, LOGIN, PASSWORD)
finally:
    odoo.db.drop(MASTER, COPY)
