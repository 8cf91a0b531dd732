//! The same answers as pages: Chinese first, English second, without script and without a request to another host.
//!
//! Everything that comes from data goes through [`escaped`]; nothing else is put into a page.

use cordon_data::feature::Collection;
use serde_json::Value;
use std::fmt::Write;

/// A text that means nothing to a browser.
fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            c => safe.push(c),
        }
    }
    safe
}

/// A whole page.
fn page(title: &str, links: &Value, body: &str) -> String {
    let href = |rel: &str, kind: &str| {
        let all = links.as_array().into_iter().flatten();
        let mut of_kind =
            all.filter(|link| link["rel"] == rel && link["type"].as_str().unwrap_or_default().contains(kind));
        of_kind.next().and_then(|link| link["href"].as_str()).map(escaped)
    };
    let json = href("alternate", "json").map(|href| format!("<a href=\"{href}\">JSON</a>")).unwrap_or_default();
    let title = escaped(title);
    format!(
        "<!DOCTYPE html>\n<html lang=\"zh-CN\"><head><meta charset=\"utf-8\"><title>{title}</title>\
         <meta name=\"viewport\" content=\"width=device-width\"><link rel=\"stylesheet\" href=\"/ogc/style.css\"></head><body>\
         <nav><a href=\"/ogc?f=html\">首页 Home</a><a href=\"/ogc/collections?f=html\">数据集 Collections</a>\
         <a href=\"/ogc/api?f=html\">接口 API</a>{json}</nav><h1>{title}</h1>\n{body}</body></html>\n"
    )
}

/// A value in a cell.
fn cell(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => escaped(text),
        other => escaped(&other.to_string()),
    }
}

/// The landing page.
pub fn landing(body: &Value) -> String {
    let mut list = String::from("<ul>");
    for link in body["links"].as_array().into_iter().flatten().filter(|link| link["rel"] != "self") {
        let kind = link["type"].as_str().unwrap_or_default();
        if !kind.contains("openapi") {
            let separator = if link["href"].as_str().unwrap_or_default().contains('?') { "" } else { "?f=html" };
            let _ =
                write!(list, "<li><a href=\"{}{separator}\">{}</a></li>", cell(&link["href"]), cell(&link["title"]));
        }
    }
    list.push_str("</ul>");
    page(body["title"].as_str().unwrap_or_default(), &body["links"], &list)
}

/// The conformance classes.
pub fn conformance(body: &Value) -> String {
    let classes = body["conformsTo"].as_array().into_iter().flatten();
    let list: String = classes.map(|class| format!("<li><code>{}</code></li>", cell(class))).collect();
    page("符合性 Conformance", &body["links"], &format!("<ul>{list}</ul>"))
}

/// The API: every path and what it does.
pub fn api(document: &Value) -> String {
    let mut rows = String::new();
    for (path, methods) in document["paths"].as_object().into_iter().flatten() {
        for (method, operation) in methods.as_object().into_iter().flatten() {
            let (method, path) = (escaped(&method.to_uppercase()), escaped(path));
            let _ = write!(
                rows,
                "<tr><td>{method}</td><td><code>{path}</code></td><td>{}</td></tr>",
                cell(&operation["summary"])
            );
        }
    }
    let body = format!(
        "<p>{}</p><div class=\"wide\"><table><tr><th>方法 Method</th><th>路径 Path</th><th>用途 Purpose</th></tr>{rows}</table></div>",
        cell(&document["info"]["description"])
    );
    page("接口说明 The API", &Value::Null, &body)
}

/// The list of collections.
pub fn collections(body: &Value) -> String {
    let mut rows = String::new();
    for collection in body["collections"].as_array().into_iter().flatten() {
        let (id, title) = (cell(&collection["id"]), cell(&collection["title"]));
        let count = cell(&collection["itemCount"]);
        let _ = write!(
            rows,
            "<tr><td><a href=\"/ogc/collections/{id}?f=html\">{title}</a></td><td><code>{id}</code></td><td>{count}</td></tr>"
        );
    }
    let table = format!("<table><tr><th>名称 Name</th><th>标识 Id</th><th>数量 Count</th></tr>{rows}</table>");
    page("数据集 Collections", &body["links"], &table)
}

/// One collection.
pub fn collection(body: &Value) -> String {
    let id = cell(&body["id"]);
    let rows: String = [
        ("数量 Count", cell(&body["itemCount"])),
        (
            "坐标系 Coordinate systems",
            body["crs"].as_array().into_iter().flatten().map(cell).collect::<Vec<_>>().join("<br>"),
        ),
    ]
    .map(|(name, value)| format!("<tr><th>{name}</th><td>{value}</td></tr>"))
    .concat();
    let more = format!(
        "<table>{rows}</table><p class=\"pages\"><a href=\"/ogc/collections/{id}/items?f=html\">要素 Features</a>\
         <a href=\"/ogc/collections/{id}/queryables?f=html\">可查询属性 Queryables</a></p>"
    );
    page(body["title"].as_str().unwrap_or_default(), &body["links"], &more)
}

/// What can be asked of a collection.
pub fn queryables(body: &Value, links: &Value) -> String {
    let mut rows = String::new();
    for (name, schema) in body["properties"].as_object().into_iter().flatten() {
        let name = escaped(name);
        let kind = if schema["type"].is_null() { cell(&schema["format"]) } else { cell(&schema["type"]) };
        let names = schema["enum"].as_array().into_iter().flatten().map(cell).collect::<Vec<_>>().join(", ");
        let _ = write!(
            rows,
            "<tr><td><code>{name}</code></td><td>{}</td><td>{kind}</td><td>{names}</td></tr>",
            cell(&schema["title"])
        );
    }
    let table = format!(
        "<table><tr><th>属性 Property</th><th>名称 Name</th><th>类型 Type</th><th>取值 Values</th></tr>{rows}</table>"
    );
    page(body["title"].as_str().unwrap_or_default(), links, &table)
}

/// A page of features.
pub fn items(collection: Collection, body: &Value) -> String {
    let columns: Vec<_> = collection.schema().iter().filter(|property| property.is_single()).collect();
    let mut rows = String::new();
    for feature in body["features"].as_array().into_iter().flatten() {
        let id = cell(&feature["id"]);
        let _ = write!(rows, "<tr><td><a href=\"/ogc/collections/{collection}/items/{id}?f=html\">{id}</a></td>");
        for property in &columns {
            let _ = write!(rows, "<td>{}</td>", cell(&feature["properties"][property.name]));
        }
        rows.push_str("</tr>");
    }
    let heads: String = columns
        .iter()
        .map(|property| format!("<th>{}<br><small>{}</small></th>", escaped(property.zh), escaped(property.en)))
        .collect();
    let mut pages = String::new();
    for (rel, words) in [("prev", "上一页 Previous"), ("next", "下一页 Next")] {
        let found = body["links"].as_array().into_iter().flatten().find(|link| link["rel"] == rel);
        if let Some(link) = found {
            let _ = write!(pages, "<a rel=\"{rel}\" href=\"{}\">{words}</a>", cell(&link["href"]));
        }
    }
    let (zh, en) = collection.titles();
    let matched = match body["numberMatched"].as_u64() {
        Some(matched) => format!("{} / {matched}", body["numberReturned"]),
        None => body["numberReturned"].to_string(),
    };
    let body_html = format!(
        "<p>数量 Count: {matched}</p><div class=\"wide\"><table><tr><th>标识<br><small>Id</small></th>{heads}</tr>{rows}</table></div>\
         <p class=\"pages\">{pages}</p>"
    );
    page(&format!("{zh} {en}"), &body["links"], &body_html)
}

/// One feature.
pub fn item(collection: Collection, body: &Value) -> String {
    let mut rows = String::new();
    for (name, value) in body["properties"].as_object().into_iter().flatten() {
        let title = match collection.property(name) {
            Some(property) => format!("{} {}", property.zh, property.en),
            None => name.clone(),
        };
        let _ = write!(rows, "<tr><th>{}</th><td>{}</td></tr>", escaped(&title), cell(value));
    }
    let geometry = cell(&body["geometry"]);
    let _ = write!(rows, "<tr><th>几何 Geometry</th><td><code>{geometry}</code></td></tr>");
    let (zh, en) = collection.titles();
    let id = body["id"].as_str().unwrap_or_default();
    page(&format!("{zh} {en}: {id}"), &body["links"], &format!("<table>{rows}</table>"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_comes_from_data_is_text() {
        let evil = "<script>alert('x')</script>\"&";
        let body = json!({"id": "a", "links": [{"rel": "alternate", "type": "application/json", "href": "/x\"><i>"}],
            "properties": {evil: evil, "kind": {"deep": evil}}, "geometry": null, "numberReturned": 1});
        let list = json!({"features": [body], "links": [{"rel": "next", "href": evil}], "numberReturned": 1});
        for text in [item(Collection::Gates, &body), items(Collection::Gates, &list)] {
            assert!(!text.contains("<script") && !text.contains("<i>"), "{text}");
            assert!(text.contains("&lt;script&gt;"), "{text}");
            assert!(!text.contains("http://") && !text.contains("https://"), "{text}");
        }
    }
}
