"""Python's own xmlrpc.client: no library between it and the wire, so fault codes and None show as they are."""
import os
import xmlrpc.client

URL, DB, LOGIN, PASSWORD = (os.environ[k] for k in ("URL", "DB", "LOGIN", "PASSWORD"))
common = xmlrpc.client.ServerProxy(URL + "/xmlrpc/2/common")
objects = xmlrpc.client.ServerProxy(URL + "/xmlrpc/2/object")


def fault(call, *args):
    try:
        call(*args)
    except xmlrpc.client.Fault as e:
        return e
    raise AssertionError("no fault")


assert common.version()["server_version_info"][:2] == [18, 0]
assert common.authenticate(DB, LOGIN, "wrong", {}) is False
uid = common.authenticate(DB, LOGIN, PASSWORD, {})


def call(model, method, *args, **kwargs):
    return objects.execute_kw(DB, uid, PASSWORD, model, method, list(args), kwargs)


project = call("project.project", "create", {"name": "Wire"})
tasks = call("project.task", "create", [{"name": "A & <b>", "project_id": project}, {"name": "é\x01z", "project_id": project}])
rows = call("project.task", "search_read", [["project_id", "=", project]], fields=["name", "project_id", "parent_id"], order="id")
assert [r["name"] for r in rows] == ["A & <b>", "éz"], rows
assert rows[0]["project_id"] == [project, "Wire"] and rows[0]["parent_id"] is False
assert call("project.task", "fields_get", ["state"], attributes=["type"])["state"]["type"] == "selection"

# None cannot be told in XML-RPC, yet what was done stays done
assert "cannot marshal None" in fault(call, "project.task", "action_archive", tasks[:1]).faultString
assert call("project.task", "search", [["project_id", "=", project]]) == tasks[1:]

assert fault(call, "project.task", "write", [2000000000], {"name": "x"}).faultCode == 2
assert fault(call, "project.task", "_write", tasks, {}).faultCode == 4
assert fault(objects.execute_kw, DB, uid, "wrong", "project.task", "search", [[]]).faultCode == 3
assert fault(call, "project.task", "search", [["nope", "=", 1]]).faultCode == 1

loaded = call("project.tags", "load", ["id", "name"], [["wire.tag", "Loaded"]])
assert loaded["ids"], loaded
assert call("project.tags", "export_data", loaded["ids"], ["id", "name"])["datas"] == [["wire.tag", "Loaded"]]
views = call("project.task", "get_views", [[False, "list"], [False, "search"]])
assert set(views["views"]) == {"list", "search"} and "name" in views["models"]["project.task"]["fields"]

assert call("project.tags", "unlink", loaded["ids"]) is True
assert call("project.task", "unlink", tasks) is True and call("project.project", "unlink", [project]) is True
