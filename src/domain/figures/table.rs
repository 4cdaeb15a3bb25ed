//! Figures as a table, for programs that read no JSON.

use super::{FigureFilter, Group, Report};

const HEADINGS: [&str; 12] = [
    "name",
    "unit",
    "value",
    "numerator",
    "denominator",
    "from",
    "to",
    "shop",
    "scenario",
    "group",
    "formula",
    "unknown",
];

/// The figures as CSV with a row of headings. What is not known is an empty cell.
pub fn csv(report: &Report, filter: &FigureFilter) -> String {
    let mut writer = csv::Writer::from_writer(Vec::new());
    let mut rows = vec![HEADINGS.map(str::to_owned)];
    let number = |value: Option<f64>| value.map(|value| value.to_string()).unwrap_or_default();
    let group = match filter.group {
        Some(Group::Treated) => "treated",
        Some(Group::Control) => "control",
        None => "",
    };
    rows.extend(report.figures.iter().map(|figure| {
        [
            figure.name.to_owned(),
            figure.unit.as_str().to_owned(),
            number(figure.value),
            number(figure.numerator),
            figure.denominator.map(|of| of.to_string()).unwrap_or_default(),
            filter.from.to_string(),
            filter.to.to_string(),
            filter.shop_id.clone().unwrap_or_default(),
            filter.scenario.clone().unwrap_or_default(),
            group.to_owned(),
            figure.formula.to_owned(),
            figure.unknown.unwrap_or_default().to_owned(),
        ]
    }));
    for row in rows {
        // Writing to memory cannot fail, and every row has as many cells as the first.
        drop(writer.write_record(row));
    }
    String::from_utf8(writer.into_inner().unwrap_or_default()).unwrap_or_default()
}
