//! Reads the constant tensors out of an ONNX file, and nothing else of it.

use std::collections::BTreeMap;

/// A tensor of 32-bit floats.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Weights {
    pub(super) shape: Vec<usize>,
    pub(super) values: Vec<f32>,
}

/// Graphs within graphs are read down to this depth; a file that goes deeper is hostile.
const GRAPH_DEPTH_MAX: usize = 8;

const FLOAT: u64 = 1;

/// All `Constant` nodes of floats in a model, also those inside its branches, by the name of their output.
///
/// Errors: nothing when the file is cut short or malformed.
/// Source: `onnx.proto3` of the ONNX specification, whose field numbers appear below.
pub(super) fn constants(model: &[u8]) -> Option<BTreeMap<String, Weights>> {
    let mut found = BTreeMap::new();
    for field in Fields(model) {
        if let (7, Value::Bytes(graph)) = field? {
            read_graph(graph, 0, &mut found)?;
        }
    }
    Some(found)
}

fn read_graph(graph: &[u8], depth: usize, found: &mut BTreeMap<String, Weights>) -> Option<()> {
    if GRAPH_DEPTH_MAX <= depth {
        return None;
    }
    for field in Fields(graph) {
        if let (1, Value::Bytes(node)) = field? {
            read_node(node, depth, found)?;
        }
    }
    Some(())
}

fn read_node(node: &[u8], depth: usize, found: &mut BTreeMap<String, Weights>) -> Option<()> {
    let mut output = None;
    let mut tensor = None;
    for field in Fields(node) {
        match field? {
            (2, Value::Bytes(name)) => output = std::str::from_utf8(name).ok(),
            (5, Value::Bytes(attribute)) => {
                for field in Fields(attribute) {
                    match field? {
                        (5, Value::Bytes(value)) => tensor = read_tensor(value)?,
                        (6, Value::Bytes(branch)) => read_graph(branch, depth + 1, found)?,
                        _ => (),
                    }
                }
            }
            _ => (),
        }
    }
    if let (Some(output), Some(tensor)) = (output, tensor) {
        found.insert(output.to_owned(), tensor);
    }
    Some(())
}

/// Nothing inside when the tensor is not of floats in raw form; nothing at all when it is malformed.
fn read_tensor(tensor: &[u8]) -> Option<Option<Weights>> {
    let (mut shape, mut kind, mut raw) = (Vec::new(), 0, None);
    for field in Fields(tensor) {
        match field? {
            (1, Value::Number(length)) => shape.push(usize::try_from(length).ok()?),
            (1, Value::Bytes(mut packed)) => {
                while !packed.is_empty() {
                    shape.push(usize::try_from(read_varint(&mut packed)?).ok()?);
                }
            }
            (2, Value::Number(number)) => kind = number,
            (9, Value::Bytes(bytes)) => raw = Some(bytes),
            _ => (),
        }
    }
    let Some(raw) = raw.filter(|_| kind == FLOAT) else { return Some(None) };
    let (floats, rest) = raw.as_chunks::<4>();
    let count = shape.iter().try_fold(1_usize, |product, length| product.checked_mul(*length))?;
    if !rest.is_empty() || floats.len() != count {
        return None;
    }
    Some(Some(Weights { shape, values: floats.iter().map(|bytes| f32::from_le_bytes(*bytes)).collect() }))
}

enum Value<'a> {
    Number(u64),
    Bytes(&'a [u8]),
    /// A fixed-width number, which no field read here has.
    Other,
}

/// The fields of one protobuf message; an item of nothing when it is malformed, and none after it.
struct Fields<'a>(&'a [u8]);

impl<'a> Iterator for Fields<'a> {
    type Item = Option<(u64, Value<'a>)>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.0.is_empty() {
            return None;
        }
        let field = self.read();
        if field.is_none() {
            self.0 = &[];
        }
        Some(field)
    }
}

impl<'a> Fields<'a> {
    fn read(&mut self) -> Option<(u64, Value<'a>)> {
        let key = read_varint(&mut self.0)?;
        let value = match key & 7 {
            0 => Value::Number(read_varint(&mut self.0)?),
            1 => self.take(8).map(|_| Value::Other)?,
            2 => {
                let length = usize::try_from(read_varint(&mut self.0)?).ok()?;
                Value::Bytes(self.take(length)?)
            }
            5 => self.take(4).map(|_| Value::Other)?,
            _ => return None,
        };
        Some((key >> 3, value))
    }

    fn take(&mut self, length: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(taken)
    }
}

fn read_varint(bytes: &mut &[u8]) -> Option<u64> {
    let mut number = 0_u64;
    for shift in (0..64).step_by(7) {
        let (&byte, rest) = bytes.split_first()?;
        *bytes = rest;
        number |= u64::from(byte & 0x7f) << shift;
        if byte < 0x80 {
            return Some(number);
        }
    }
    None
}

#[cfg(test)]
mod tests;
