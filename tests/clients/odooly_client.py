"""Odooly: once over the web client's routes, once over JSON-RPC; domains as text, fields by dots, external ids."""
import os

import odooly

URL, DB, LOGIN, PASSWORD = (os.environ[k] for k in ("URL", "DB", "LOGIN", "PASSWORD"))


def error_name(call):
    try:
        call()
    except odooly.ServerError as e:
        return e.args[0]["data"]["name"]
    raise AssertionError("no error")


for path in ("", "/jsonrpc"):
    odooly.Env._cache.clear()
    client = odooly.Client(URL + path, DB)
    try:
        client.login(LOGIN, password="wrong", database=DB)
        raise AssertionError("logged in with a wrong password")
    except odooly.Error as e:
        assert "Invalid username or password" in str(e), e
    client.login(LOGIN, password=PASSWORD, database=DB)
    env = client.env
    assert env.user.login == LOGIN and "project.task" in env.models("project.")
    assert "project" in env.modules("project", installed=True)["installed"]
    Project, Task = env["project.project"], env["project.task"]

    project = Project.create({"name": "Odooly"})
    tasks = Task.create([{"name": f"t{i}", "project_id": project.id} for i in range(3)])
    assert Task.search([f"project_id = {project.id}", "name ilike T"], order="name desc").name == ["t2", "t1", "t0"]
    assert tasks[0].project_id.name == "Odooly" and tasks[0].create_uid.login == LOGIN
    assert Task.read([tasks.ids[1], 2000000000], "name", order=True) == ["t1", False]
    tasks[0].child_ids = tasks[1:]
    assert tasks[1:].mapped("parent_id").ids == [tasks.ids[0]]
    tasks[0].message_post(body="seen")
    tasks[2].action_archive()
    assert not Task.search([f"id = {tasks.ids[2]}"])
    project._external_id = "clients.odooly"
    assert env.ref("clients.odooly").id == project.id

    assert error_name(lambda: Task.browse(2000000000).write({"name": "x"})) == "odoo.exceptions.MissingError"
    assert error_name(lambda: tasks[0].write({"parent_id": tasks.ids[1]})) == "odoo.exceptions.ValidationError"
    assert error_name(lambda: Task.search_count([("nope", "=", 1)])) == "builtins.ValueError"

    env["ir.model.data"].search(["module = clients"]).unlink()
    Task.with_context(active_test=False).search([f"project_id = {project.id}"]).unlink()
    project.unlink()
