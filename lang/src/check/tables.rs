//! `table name: list<T> from "file.csv"`: data that is compiled in.

use super::params::value_from_json;
use super::ty::Ty;
use crate::ir::Const;

/// Reads a table's text by its file's extension.
///
/// # Errors
///
/// A sentence that says which row does not fit.
pub(super) fn read(name: &str, text: &str, ty: &Ty) -> Result<Const, String> {
    match name.rsplit_once('.').map(|(_, extension)| extension) {
        Some("csv") => read_csv(text, ty),
        Some("json") => {
            let json = serde_json::from_str(text).map_err(|error| format!("`{name}` is not JSON: {error}"))?;
            value_from_json(ty, &json)
        }
        _ => Err(format!("`{name}` is neither a .csv nor a .json file")),
    }
}

fn read_csv(text: &str, ty: &Ty) -> Result<Const, String> {
    let Ty::List(element, _) = ty else { return Err("a table is a list of records".to_owned()) };
    let Ty::Record(fields) = &**element else { return Err("the rows of a csv table are records".to_owned()) };
    let mut rows = csv_rows(text)?.into_iter();
    let header = rows.next().unwrap_or_default();
    for name in &header {
        if !fields.iter().any(|(field, _)| field == name) {
            return Err(format!("the column `{name}` is no field of the table's type"));
        }
    }
    let mut values = Vec::new();
    for (number, row) in rows.enumerate() {
        if row.len() != header.len() {
            return Err(format!("row {} has {} cells, and the header {}", number + 2, row.len(), header.len()));
        }
        let mut record = Vec::with_capacity(fields.len());
        for (field, ty) in fields {
            let cell = header.iter().position(|name| name == field).map_or("", |at| row[at].as_str());
            if cell.is_empty() && ty.is_optional() {
                continue;
            }
            let value =
                cell_value(cell, ty.inner()).map_err(|error| format!("row {}, `{field}`: {error}", number + 2))?;
            record.push((field.clone(), value));
        }
        values.push(Const::Record(record));
    }
    Ok(Const::List(values))
}

fn cell_value(cell: &str, ty: &Ty) -> Result<Const, String> {
    let json = match ty {
        Ty::Bool | Ty::Number => serde_json::from_str(cell).map_err(|_| format!("`{cell}` is no {ty}"))?,
        _ => serde_json::Value::String(cell.to_owned()),
    };
    value_from_json(ty, &json)
}

/// Comma-separated values as RFC 4180 has them; lines that are empty or start with `#` are left out.
fn csv_rows(text: &str) -> Result<Vec<Vec<String>>, String> {
    let mut rows = Vec::new();
    let mut row = Vec::new();
    let mut cell = String::new();
    let mut quoted = false;
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        match (quoted, character) {
            (true, '"') if characters.peek() == Some(&'"') => {
                characters.next();
                cell.push('"');
            }
            (_, '"') => quoted = !quoted,
            (false, ',') => row.push(std::mem::take(&mut cell)),
            (false, '\r') => {}
            (false, '\n') => end_row(&mut rows, &mut row, &mut cell),
            (false, '#') if row.is_empty() && cell.is_empty() => {
                while characters.peek().is_some_and(|next| *next != '\n') {
                    characters.next();
                }
            }
            (_, other) => cell.push(other),
        }
    }
    if quoted {
        return Err("a quoted cell is not closed".to_owned());
    }
    end_row(&mut rows, &mut row, &mut cell);
    Ok(rows)
}

fn end_row(rows: &mut Vec<Vec<String>>, row: &mut Vec<String>, cell: &mut String) {
    if row.is_empty() && cell.is_empty() {
        return;
    }
    row.push(std::mem::take(cell));
    rows.push(std::mem::take(row));
}

#[cfg(test)]
mod tests {
    use super::{csv_rows, read};
    use crate::check::Ty;

    #[test]
    fn rows_follow_rfc_4180() {
        assert_eq!(
            csv_rows("a,b\r\n# note\n\n\"x,\"\"y\"\"\",2\n"),
            Ok(vec![vec!["a".to_owned(), "b".to_owned()], vec!["x,\"y\"".to_owned(), "2".to_owned()]])
        );
        assert!(csv_rows("\"open").is_err());
    }

    #[test]
    fn a_bad_cell_is_named_by_row_and_column() {
        let ty = Ty::Record(vec![("since".to_owned(), Ty::Semver)]).list();
        assert!(read("t.csv", "since\n1.2\n", &ty).is_ok());
        let error = read("t.csv", "since\n1.2\nx\n", &ty).unwrap_err();
        assert!(error.starts_with("row 3, `since`:"), "{error}");
    }
}
