//! Rows of a CSV file, turned into the object a JSON line would be.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::ROW_BYTES_MAX;
use super::field::RowRefused;

/// Columns at most.
const COLUMNS_MAX: usize = 500;

/// The names in the first row of a CSV file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CsvHeader {
    delimiter: u8,
    columns: Vec<Vec<Step>>,
}

/// One step of a dotted name.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Step {
    Index(u8),
    Name(String),
}

/// What cells add up to before the lists in it are known.
enum Node {
    Cell(String),
    Branch(BTreeMap<Step, Node>),
}

impl CsvHeader {
    /// Reads the first row, whose names are of `known`. Cells are parted by commas, semicolons or tabs, whichever it has
    /// most of.
    ///
    /// Errors: a name that is not known, or one twice. The name is not repeated: without a header, it is a customer's.
    pub(super) fn parse(row: &str, known: &[&str]) -> Result<Self, RowRefused> {
        let delimiter = [b',', b';', b'\t']
            .into_iter()
            .max_by_key(|&sign| (row.bytes().filter(|&byte| byte == sign).count(), sign == b','))
            .unwrap_or(b',');
        let names = read_cells(row, delimiter)?;
        if names.len() > COLUMNS_MAX {
            return Err(RowRefused::whole_row(format!("the header has more than {COLUMNS_MAX} columns")));
        }
        let mut columns: Vec<Vec<Step>> = Vec::with_capacity(names.len());
        for (index, name) in names.iter().enumerate() {
            let steps = parse_name(name.trim(), known).ok_or_else(|| {
                RowRefused::whole_row(format!(
                    "column {} has an unknown name; the first row must hold names such as {}",
                    index + 1,
                    known[..2.min(known.len())].join(" or ")
                ))
            })?;
            if columns.contains(&steps) {
                return Err(RowRefused::whole_row(format!("column {} repeats an earlier name", index + 1)));
            }
            columns.push(steps);
        }
        Ok(Self { delimiter, columns })
    }

    /// A row below the header, as the object that a JSON line would be.
    ///
    /// Errors: [`RowRefused`] names what to write instead.
    pub(super) fn value_of(&self, row: &str) -> Result<Value, RowRefused> {
        if row.len() > ROW_BYTES_MAX {
            return Err(RowRefused::whole_row("the row is too long; look for a quote that is not closed"));
        }
        let cells = read_cells(row, self.delimiter)?;
        if cells.len() != self.columns.len() {
            return Err(RowRefused::whole_row(format!(
                "the row has {} cells and the header {}; quote cells that hold a separator",
                cells.len(),
                self.columns.len()
            )));
        }
        let mut root = BTreeMap::new();
        for (steps, cell) in self.columns.iter().zip(cells) {
            if !cell.trim().is_empty() {
                insert(&mut root, steps, cell);
            }
        }
        Ok(into_value(Node::Branch(root)))
    }
}

fn read_cells(row: &str, delimiter: u8) -> Result<Vec<String>, RowRefused> {
    let mut record = csv::StringRecord::new();
    let was_read = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(delimiter)
        .from_reader(row.as_bytes())
        .read_record(&mut record);
    match was_read {
        Ok(true) => Ok(record.iter().map(str::to_owned).collect()),
        Ok(false) | Err(_) => Err(RowRefused::whole_row("not a row of CSV")),
    }
}

fn parse_name(name: &str, known: &[&str]) -> Option<Vec<Step>> {
    if name.contains('#') {
        return None;
    }
    let steps: Vec<Step> = name
        .split('.')
        .map(|step| match step.parse::<u8>() {
            Ok(index) if index < 100 => Step::Index(index),
            Ok(_) | Err(_) => Step::Name(step.to_owned()),
        })
        .collect();
    let pattern: Vec<&str> = steps
        .iter()
        .map(|step| match step {
            Step::Index(_) => "#",
            Step::Name(name) => name.as_str(),
        })
        .collect();
    known.contains(&pattern.join(".").as_str()).then_some(steps)
}

fn insert(branch: &mut BTreeMap<Step, Node>, steps: &[Step], cell: String) {
    let Some((step, rest)) = steps.split_first() else { return };
    if rest.is_empty() {
        branch.insert(step.clone(), Node::Cell(cell));
        return;
    }
    let below = branch.entry(step.clone()).or_insert_with(|| Node::Branch(BTreeMap::new()));
    if let Node::Branch(below) = below {
        insert(below, rest, cell);
    }
}

/// A branch of numbers is a list: its empty places close up.
fn into_value(node: Node) -> Value {
    match node {
        Node::Cell(text) => Value::String(text),
        Node::Branch(branch) if matches!(branch.first_key_value(), Some((Step::Index(_), _))) => {
            Value::Array(branch.into_values().map(into_value).collect())
        }
        Node::Branch(branch) => {
            let named = branch.into_iter().filter_map(|(step, node)| match step {
                Step::Name(name) => Some((name, into_value(node))),
                Step::Index(_) => None,
            });
            Value::Object(Map::from_iter(named))
        }
    }
}
