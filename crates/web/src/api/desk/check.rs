//! Checks a body by the schema that the document has of it, so that everything wrong is said at once and the document is what holds.
//! Knows what our schemas use of JSON Schema (2020-12) and no more.

use serde_json::Value;

use crate::problem::FieldFault;

/// Deepest nesting that is followed; our schemas have a handful.
const DEPTH_MAX: usize = 32;
/// Faults told of one body.
const FAULTS_MAX: usize = 50;

/// What is wrong with a body of this name.
pub(super) fn body(document: &Value, name: &str, value: &Value) -> Vec<FieldFault> {
    let mut check = Check {
        document,
        faults: Vec::new(),
    };
    let pointer = format!("/components/schemas/{name}");
    if let Some(schema) = document.pointer(&pointer) {
        check.look(schema, value, "", 0);
    }
    check.faults
}

struct Check<'d> {
    document: &'d Value,
    faults: Vec<FieldFault>,
}

fn list<'v>(schema: &'v Value, name: &str) -> impl Iterator<Item = &'v Value> {
    let list = schema.get(name).and_then(Value::as_array);
    list.into_iter().flatten()
}

/// Names of types, one or several.
fn types(schema: &Value) -> Vec<&str> {
    match schema.get("type") {
        Some(Value::String(one)) => vec![one],
        Some(Value::Array(all)) => all.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    }
}

fn is(value: &Value, kind: &str) -> bool {
    match kind {
        "null" => value.is_null(),
        "boolean" => value.is_boolean(),
        "integer" => value.is_i64() || value.is_u64(),
        "number" => value.is_number(),
        "string" => value.is_string(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        _ => true,
    }
}

impl<'d> Check<'d> {
    fn fault(&mut self, at: &str, detail: String) {
        if self.faults.len() < FAULTS_MAX {
            let pointer = at.to_owned();
            self.faults.push(FieldFault { pointer, detail });
        }
    }

    fn look(&mut self, schema: &'d Value, value: &Value, at: &str, depth: usize) {
        if depth > DEPTH_MAX {
            return self.fault(at, "nested too deeply".to_owned());
        }
        if let Some(named) = schema.get("$ref").and_then(Value::as_str) {
            let found = self.document.pointer(named.trim_start_matches('#'));
            if let Some(schema) = found {
                self.look(schema, value, at, depth + 1);
            }
            return;
        }
        let branches: Vec<&Value> = list(schema, "oneOf").chain(list(schema, "anyOf")).collect();
        if !branches.is_empty() {
            return self.one_of(&branches, value, at, depth);
        }
        let kinds = types(schema);
        if !kinds.is_empty() && !kinds.iter().any(|kind| is(value, kind)) {
            let kinds: Vec<&str> = kinds.into_iter().filter(|kind| *kind != "null").collect();
            return self.fault(at, format!("must be of type {}", kinds.join(" or ")));
        }
        let mut codes = list(schema, "enum").filter_map(Value::as_str).peekable();
        if let (Some(_), Some(text)) = (codes.peek(), value.as_str()) {
            let codes: Vec<&str> = codes.collect();
            if !codes.contains(&text) {
                self.fault(at, format!("must be one of: {}", codes.join(", ")));
            }
        }
        match value {
            Value::Object(_) => self.object(schema, value, at, depth),
            Value::Array(items) => self.array(schema, items, at, depth),
            Value::String(text) => self.text(schema, text, at),
            Value::Number(number) => self.number(schema, number, at),
            _ => {}
        }
    }

    fn object(&mut self, schema: &'d Value, value: &Value, at: &str, depth: usize) {
        let properties = schema.get("properties").and_then(Value::as_object);
        let more = schema.get("additionalProperties");
        for name in list(schema, "required").filter_map(Value::as_str) {
            if value.get(name).is_none() {
                self.fault(&format!("{at}/{name}"), "is missing".to_owned());
            }
        }
        for (name, one) in value.as_object().into_iter().flatten() {
            let place = format!("{at}/{}", name.replace('~', "~0").replace('/', "~1"));
            match (properties.and_then(|all| all.get(name)), more) {
                (Some(schema), _) => self.look(schema, one, &place, depth + 1),
                (None, Some(schema @ Value::Object(_))) => {
                    self.look(schema, one, &place, depth + 1);
                }
                // An object without properties is any object.
                (None, _) if properties.is_none() => {}
                (None, _) => self.fault(&place, "there is no such field".to_owned()),
            }
        }
    }

    fn array(&mut self, schema: &'d Value, items: &[Value], at: &str, depth: usize) {
        let most = schema.get("maxItems").and_then(Value::as_u64);
        if let Some(most) = most.filter(|most| items.len() as u64 > *most) {
            self.fault(at, format!("has more than {most}"));
        }
        if let Some(schema) = schema.get("items") {
            for (n, one) in items.iter().enumerate() {
                self.look(schema, one, &format!("{at}/{n}"), depth + 1);
            }
        }
    }

    fn text(&mut self, schema: &Value, text: &str, at: &str) {
        let most = schema.get("maxLength").and_then(Value::as_u64);
        if let Some(most) = most.filter(|most| text.chars().count() as u64 > *most) {
            self.fault(at, format!("has more than {most} characters"));
        }
    }

    fn number(&mut self, schema: &Value, number: &serde_json::Number, at: &str) {
        let (least, most) = (schema.get("minimum"), schema.get("maximum"));
        let number = number.as_f64().unwrap_or_default();
        let bound = |bound: Option<&Value>| bound.and_then(Value::as_f64);
        if bound(least).is_some_and(|least| number < least) {
            self.fault(
                at,
                format!("is less than {}", bound(least).unwrap_or_default()),
            );
        }
        if bound(most).is_some_and(|most| number > most) {
            self.fault(
                at,
                format!("is more than {}", bound(most).unwrap_or_default()),
            );
        }
    }

    /// The branch that the value means: by `do`, the field that says which deed it is; or the only one that is not `null`.
    fn one_of(&mut self, branches: &[&'d Value], value: &Value, at: &str, depth: usize) {
        let null = |one: &&Value| types(one) == ["null"];
        if value.is_null() && branches.iter().any(null) {
            return;
        }
        let rest: Vec<&'d Value> = branches.iter().copied().filter(|one| !null(one)).collect();
        if let [one] = rest.as_slice() {
            return self.look(one, value, at, depth + 1);
        }
        let said = |one: &&'d Value| one.pointer("/properties/do/enum/0").and_then(Value::as_str);
        let deed = value.get("do").and_then(Value::as_str);
        match rest.iter().find(|one| deed.is_some() && said(one) == deed) {
            Some(one) => self.look(one, value, at, depth + 1),
            None => {
                let deeds: Vec<&str> = rest.iter().filter_map(said).collect();
                self.fault(
                    &format!("{at}/do"),
                    format!("must be one of: {}", deeds.join(", ")),
                );
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn wrong(value: &Value) -> Vec<String> {
        let document = json!({ "components": { "schemas": {
            "Sent": {
                "type": "object", "required": ["version", "act"],
                "properties": {
                    "version": { "type": "integer", "minimum": 1 },
                    "act": { "$ref": "#/components/schemas/Act" },
                    "words": { "type": ["string", "null"], "maxLength": 3 },
                    "names": { "type": "array", "maxItems": 1, "items": { "type": "string" } },
                },
            },
            "Act": { "oneOf": [
                { "type": "object", "required": ["do", "to"], "properties": {
                    "do": { "type": "string", "enum": ["give"] }, "to": { "type": "string" } } },
                { "type": "object", "required": ["do"], "properties": {
                    "do": { "type": "string", "enum": ["take"] } } },
            ] },
        } } });
        let faults = body(&document, "Sent", value).into_iter();
        faults
            .map(|fault| format!("{} {}", fault.pointer, fault.detail))
            .collect()
    }

    #[test]
    fn everything_wrong_is_said_at_once() {
        let good = json!({ "version": 2, "act": { "do": "give", "to": "x" }, "words": null });
        assert_eq!(wrong(&good), Vec::<String>::new());
        let bad = json!({ "version": 0, "act": { "do": "give" }, "words": "long", "names": [1, "b"], "more": 1 });
        let mut said = wrong(&bad);
        said.sort();
        assert_eq!(
            said,
            [
                "/act/to is missing",
                "/more there is no such field",
                "/names has more than 1",
                "/names/0 must be of type string",
                "/version is less than 1",
                "/words has more than 3 characters",
            ]
        );
        let other = json!({ "version": "1", "act": { "do": "keep" } });
        let mut said = wrong(&other);
        said.sort();
        assert_eq!(
            said,
            [
                "/act/do must be one of: give, take",
                "/version must be of type integer"
            ]
        );
        assert_eq!(wrong(&json!([])), [" must be of type object"]);
    }
}
