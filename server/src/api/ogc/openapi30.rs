//! What is under `/ogc` in OpenAPI 3.0, one path for each collection, so that a client reads there what each can be asked.
//!
//! The whole API is described by [`crate::api::openapi`] in 3.1; OGC API Features names 3.0 (17-069r4 §9, `oas30`).

use super::question::SELECTING;
use cordon_data::crs::Crs;
use cordon_data::feature::Collection;
use cordon_data::feature::schema::{Kind, Property};
use serde_json::{Map, Value, json};

/// The document, for a server at this address.
pub fn document(base: &str) -> Value {
    let mut paths = Map::new();
    let page = |summary: &str| json!({"get": operation(summary, vec![parameter("f")], json_responses("any"))});
    paths.insert("/ogc".to_owned(), page("首页 Landing page"));
    paths.insert("/ogc/conformance".to_owned(), page("符合性 Conformance classes"));
    let described = responses("any", super::landing::OPENAPI_30);
    let own = json!({"get": operation("接口说明 This description", vec![parameter("f")], described)});
    paths.insert("/ogc/api".to_owned(), own);
    paths.insert("/ogc/collections".to_owned(), page("数据集 Collections"));
    for collection in Collection::ALL {
        add(&mut paths, *collection);
    }
    json!({
        "openapi": "3.0.3",
        "info": {
            "title": "Cordon OGC API Features",
            "version": env!("CARGO_PKG_VERSION"),
            "description": "化工园区风险一张图的要素接口 The features of the one-map: OGC API Features parts 1 to 4 and CQL2. Bearer token or \
                session cookie.",
        },
        "servers": [{"url": if base.is_empty() { "/" } else { base }}],
        "security": [{"token": []}, {"session": []}],
        "paths": paths,
        "components": components(),
    })
}

fn add(paths: &mut Map<String, Value>, collection: Collection) {
    let (zh, en) = collection.titles();
    let path = format!("/ogc/collections/{collection}");
    let get = |summary: String, parameters, responses| json!({"get": operation(&summary, parameters, responses)});
    paths.insert(
        path.clone(),
        get(format!("{zh}：说明 {en}: description"), vec![parameter("f")], json_responses("any")),
    );
    for (name, words) in [("queryables", "可查询属性 queryables"), ("schema", "属性 schema")] {
        let summary = format!("{zh}：{words} of {en}");
        paths.insert(
            format!("{path}/{name}"),
            get(summary, vec![parameter("f")], responses("any", "application/schema+json")),
        );
    }
    let mut asked: Vec<Value> = SELECTING.iter().map(|name| parameter(name)).collect();
    asked.extend(["crs", "limit", "after", "before", "f"].map(parameter));
    asked.extend(collection.schema().iter().filter(|property| property.is_single()).map(by_property));
    let written = |summary: &str, statuses: &[&str], needs: &[&str]| {
        let mut operation = operation(
            &format!("{zh} {en}: {summary}"),
            needs.iter().map(|name| parameter(name)).collect(),
            written_responses(statuses),
        );
        if summary != "delete" {
            let kind = if summary == "change" { "application/merge-patch+json" } else { "application/geo+json" };
            operation["requestBody"] = json!({"required": true, "content": {kind: {"schema": {"type": "object"}}}});
        }
        operation
    };
    paths.insert(
        format!("{path}/items"),
        json!({
            "get": operation(&format!("{zh}：要素 {en}: features"), asked, geojson_responses("features")),
            "post": written("create", &["201"], &["content-crs"]),
        }),
    );
    let one = vec![parameter("id"), parameter("crs"), parameter("f")];
    paths.insert(
        format!("{path}/items/{{featureId}}"),
        json!({
            "get": operation(&format!("{zh}：一个要素 {en}: one feature"), one, geojson_responses("feature")),
            "put": written("replace", &["200", "201"], &["id", "if-match", "content-crs"]),
            "patch": written("change", &["200"], &["id", "if-match", "content-crs"]),
            "delete": written("delete", &["204"], &["id", "if-match"]),
        }),
    );
}

fn operation(summary: &str, parameters: Vec<Value>, responses: Value) -> Value {
    json!({"summary": summary, "tags": ["features"], "parameters": parameters, "responses": responses})
}

fn parameter(name: &str) -> Value {
    json!({"$ref": format!("#/components/parameters/{name}")})
}

fn by_property(property: &Property) -> Value {
    // The value is compared as a text where it is none of its kind: every text may be asked for.
    let schema = match property.kind {
        Kind::OneOf(names) => json!({"type": "string", "example": names[0]}),
        _ => json!({"type": "string"}),
    };
    json!({"name": property.name, "in": "query", "required": false, "schema": schema,
        "description": format!("{} {}", property.zh, property.en)})
}

fn problem(description: &str) -> Value {
    let schema = json!({"$ref": "#/components/schemas/problem"});
    json!({"description": description, "content": {"application/problem+json": {"schema": schema}}})
}

fn responses(schema: &str, kind: &str) -> Value {
    json!({
        "200": {"description": "成功 OK", "content": {
            kind: {"schema": {"$ref": format!("#/components/schemas/{schema}")}},
            "text/html": {"schema": {"type": "string"}},
        }},
        "400": problem("参数有误 A parameter is wrong"),
        "401": problem("未登录 Not signed in"),
        "403": problem("无权限 Not allowed"),
        "404": problem("不存在 Not found"),
        "503": problem("暂不可用 Not available at the moment"),
    })
}

fn json_responses(schema: &str) -> Value {
    responses(schema, "application/json")
}

fn geojson_responses(schema: &str) -> Value {
    responses(schema, "application/geo+json")
}

fn written_responses(statuses: &[&str]) -> Value {
    let mut all = geojson_responses("feature");
    let done = all["200"].clone();
    if let Some(members) = all.as_object_mut() {
        members.remove("200");
        for status in statuses {
            let answer = if *status == "204" { json!({"description": "已删除 Deleted"}) } else { done.clone() };
            members.insert((*status).to_owned(), answer);
        }
        for (status, words) in [
            ("409", "标识已使用 The id is taken"),
            ("412", "已被修改 Changed meanwhile"),
            ("413", "过大 Too large"),
            ("415", "类型不支持 Not this media type"),
            ("422", "要素有误 The feature is wrong"),
        ] {
            members.insert(status.to_owned(), problem(words));
        }
    }
    all
}

fn components() -> Value {
    let uris = Crs::ALL.map(Crs::uri);
    let query = |name: &str, schema: Value, words: &str| json!({"name": name, "in": "query", "required": false, "schema": schema, "description": words});
    let numbers = json!({"type": "array", "minItems": 4, "maxItems": 6, "items": {"type": "number"}});
    let mut bbox = query("bbox", numbers, "范围：最小角在前 The least corner first");
    (bbox["style"], bbox["explode"]) = ("form".into(), false.into());
    let key = || json!({"type": "integer", "minimum": 0, "maximum": u32::MAX});
    json!({
        "parameters": {
            "f": query("f", json!({"type": "string", "enum": ["json", "html"]}), "格式 Form of the answer"),
            "bbox": bbox,
            "bbox-crs": query("bbox-crs", json!({"type": "string", "enum": uris}), "范围的坐标系 System of bbox"),
            "crs": query("crs", json!({"type": "string", "enum": uris}), "坐标系 System of the answer"),
            "datetime": query("datetime", json!({"type": "string"}), "时间 An instant, a date or from/to"),
            "filter": query("filter", json!({"type": "string"}), "CQL2"),
            "filter-lang": query("filter-lang", json!({"type": "string", "enum": ["cql2-text", "cql2-json"]}), "CQL2"),
            "filter-crs": query("filter-crs", json!({"type": "string", "enum": uris}), "条件的坐标系 System of filter"),
            "limit": query("limit", json!({"type": "integer", "minimum": 1, "maximum": 10_000, "default": 1_000}), "条数 Page size"),
            "after": query("after", key(), "来自 next 链接 From the next link"),
            "before": query("before", key(), "来自 prev 链接 From the prev link"),
            "id": {"name": "featureId", "in": "path", "required": true, "schema": {"type": "string"}, "description": "标识 Id"},
            "if-match": {"name": "If-Match", "in": "header", "required": false, "schema": {"type": "string"},
                "description": "所见版本 The revision that was seen"},
            "content-crs": {"name": "Content-Crs", "in": "header", "required": false, "schema": {"type": "string"},
                "description": "所发坐标系 System of what is sent"},
        },
        "schemas": {
            "any": {"type": "object"},
            "problem": {"type": "object", "required": ["type", "title", "status", "code", "detail"], "properties": {
                "type": {"type": "string"}, "title": {"type": "string"}, "status": {"type": "integer"},
                "code": {"type": "string"}, "detail": {"type": "string"}, "field": {"type": "string"},
                "limit": {"type": "string"}, "trace_id": {"type": "string"}}},
            "feature": {"type": "object", "required": ["type", "geometry", "properties"], "properties": {
                "type": {"type": "string", "enum": ["Feature"]}, "id": {"type": "string"},
                "geometry": {"type": "object", "nullable": true}, "properties": {"type": "object", "nullable": true}}},
            "features": {"type": "object", "required": ["type", "features", "numberReturned", "timeStamp", "links"], "properties": {
                "type": {"type": "string", "enum": ["FeatureCollection"]},
                "features": {"type": "array", "items": {"$ref": "#/components/schemas/feature"}},
                "numberMatched": {"type": "integer", "minimum": 0}, "numberReturned": {"type": "integer", "minimum": 0},
                "timeStamp": {"type": "string", "format": "date-time"},
                "links": {"type": "array", "items": {"type": "object"}}}},
        },
        "securitySchemes": {
            "token": {"type": "http", "scheme": "bearer"},
            "session": {"type": "apiKey", "in": "cookie", "name": crate::auth::sessions::COOKIE},
        },
    })
}
