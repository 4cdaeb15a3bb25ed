use super::*;

fn field(number: u8, bytes: &[u8]) -> Vec<u8> {
    [&[number << 3 | 2, u8::try_from(bytes.len()).unwrap()], bytes].concat()
}

/// A model with one constant `w` of two floats.
fn model() -> Vec<u8> {
    let raw = [1.5_f32.to_le_bytes(), (-2.0_f32).to_le_bytes()].concat();
    let tensor = [vec![1 << 3, 2, 2 << 3, 1], field(9, &raw)].concat();
    let node = [field(2, b"w"), field(5, &field(5, &tensor))].concat();
    field(7, &field(1, &node))
}

#[test]
fn constants_are_found_by_name() {
    let found = constants(&model()).unwrap();
    assert_eq!(found["w"], Weights { shape: vec![2], values: vec![1.5, -2.0] });
}

#[test]
fn a_file_cut_anywhere_or_altered_anywhere_is_survived() {
    let whole = model();
    for length in 1..whole.len() {
        assert!(constants(&whole[..length]).is_none(), "cut at {length}");
    }
    for at in 0..whole.len() {
        for value in [0, 1, 0x7f, 0x80, 0xff] {
            let mut altered = whole.clone();
            altered[at] = value;
            let count = constants(&altered).map_or(0, |found| found.len());
            assert!(count <= 1, "byte {at} as {value}");
        }
    }
}

#[test]
fn graphs_nested_without_end_are_refused() {
    let mut graph = Vec::new();
    for _ in 0..GRAPH_DEPTH_MAX + 1 {
        graph = field(1, &field(5, &field(6, &graph)));
    }
    assert!(constants(&field(7, &graph)).is_none());
    assert!(constants(&field(7, &field(1, &field(5, &field(6, &[]))))).is_some());
}
