"""/org-units"""

from fastapi.testclient import TestClient

from tests.server.build import COMMUNITY


def test_the_tree_is_entered_and_read(admin: TestClient) -> None:
    for code, name in (("330100000000", "杭州市"), ("330105000000", "拱墅区")):
        answer = admin.put(f"/org-units/{code}", json={"code": code, "name_zh": name, "name_en": ""})
        assert answer.status_code == 200
    tree = admin.get("/org-units").json()["items"]
    assert [unit["code"] for unit in tree] == ["330100000000", "330105000000", COMMUNITY]
    assert tree[1]["parent"] == "330100000000"


def test_a_code_that_is_none_is_refused(admin: TestClient) -> None:
    body = {"code": "330100009000", "name_zh": "x"}
    assert admin.put("/org-units/330100009000", json=body).status_code == 422
    assert admin.put("/org-units/330100000000", json={"code": COMMUNITY, "name_zh": "x"}).status_code == 422
