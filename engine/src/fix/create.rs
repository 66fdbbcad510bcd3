//! Documents that a fix adds to a file, from the templates that the language knows.

use super::changes::{Changes, Conflict};
use super::page::Page;
use crate::yaml::Kind;
use policyc_text::{Edit, Span};
use serde_json::{Value as Json, json};

/// Adds documents behind the last one.
pub(super) fn edit(changes: &Changes, page: &Page<'_>, out: &mut Vec<Edit>) -> Result<(), Conflict> {
    if changes.created.is_empty() {
        return Ok(());
    }
    let (tree, newline) = (page.tree, page.habits().newline);
    let last = tree.documents.last().and_then(|document| document.root).ok_or("the file has no document")?;
    let json = tree.is_flow(last) && super::flow::style_at(last, page).json;
    let source = page.text();
    let mut text = String::new();
    if !source.ends_with('\n') {
        text.push_str(newline);
    }
    for (template, name) in &changes.created {
        let object = document(template, name)?;
        if json {
            return Err("a JSON file takes no further document");
        }
        text.push_str("---");
        text.push_str(newline);
        let mut body = String::new();
        // The value of a key that stands one step to the left stands at the margin.
        super::emit::block_document(&object, page.habits(), &mut body);
        text.push_str(&body);
        text.push_str(newline);
    }
    if source.ends_with('\n') || tree.kind(last) == Kind::Mapping {
        out.push(Edit { span: Span::empty_at(source.len()), text });
        return Ok(());
    }
    Err("the last document is no object")
}

/// The documents that changes add, in the order in which they stand; `None` where there is no such template.
pub(crate) fn created(changes: &Changes) -> Option<Vec<Json>> {
    changes.created.iter().map(|(template, name)| document(template, name).ok()).collect()
}

/// The object that a template gives.
fn document(template: &str, name: &str) -> Result<Json, Conflict> {
    match template {
        // Source: the default policies of the Kubernetes documentation on network policies.
        "networkpolicy_default_deny" => {
            let mut metadata = json!({"name": "default-deny"});
            if let Some(metadata) = metadata.as_object_mut().filter(|_| !name.is_empty() && name != "(unset)") {
                metadata.insert("namespace".to_owned(), name.into());
            }
            Ok(json!({
                "apiVersion": "networking.k8s.io/v1",
                "kind": "NetworkPolicy",
                "metadata": metadata,
                "spec": {"podSelector": {}, "policyTypes": ["Ingress"]},
            }))
        }
        _ => Err("there is no such template"),
    }
}
