//! Scores the reading of carriers' documents: files of bodies as the vendors send them, in one folder a vendor.
//!
//! What a body has to come to is told by a label file, or by the vendor's own word for the whole parcel: whatever its
//! scans are read as, they must not add up to something that contradicts that word.

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde_json::Value;

use super::reading::Json;
use super::{aftership, easypost, nothing, shippo};
use crate::domain::orders::incoming::CommerceEvent;
use crate::domain::orders::{DeliveryStatus, Settled, TrackingEvent, settle};
use crate::ports::commerce::Notice;

/// Beside the bodies, or above them: `{"file": "...", "status": "...", "reason": "..."}` a line. `status` is null for a
/// body that tells of no parcel.
const LABELS: &str = "expected.jsonl";

/// A body that was read wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Miss {
    pub file: String,
    pub expected: String,
    pub read: String,
    /// It says less than is true. An unsafe one says something else.
    pub is_safe: bool,
}

#[derive(Clone, Debug, Default, PartialEq)]
pub struct EventScore {
    pub n: usize,
    pub correct: usize,
    /// Bodies without a parcel in them, which were read as that.
    pub without_parcel: usize,
    /// Scans and states in all bodies, and those of them whose code no table has.
    pub events: usize,
    pub unknown_codes: usize,
    pub confusions: BTreeMap<String, usize>,
    pub misses: Vec<Miss>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Vendor {
    AfterShip,
    EasyPost,
    Shippo,
}

/// What a body must come to.
struct Expected {
    word: String,
    statuses: Vec<Option<DeliveryStatus>>,
    reason: Option<String>,
}

/// Scores a body, or every body of a folder and the folders in it.
///
/// Errors: a file that cannot be read, or is no JSON.
pub fn evaluate_events(path: &Path) -> Result<EventScore, String> {
    let mut score = EventScore::default();
    let labels = labels_of(path)?;
    for file in bodies(path)? {
        let text = std::fs::read_to_string(&file).map_err(|error| format!("{}: {error}", file.display()))?;
        let body: Value = serde_json::from_str(&text).map_err(|error| format!("{}: {error}", file.display()))?;
        score.add(&file, &body, &labels);
    }
    Ok(score)
}

/// In the order of their names.
fn bodies(path: &Path) -> Result<Vec<PathBuf>, String> {
    if !path.is_dir() {
        return Ok(vec![path.to_owned()]);
    }
    let unusable = |error: std::io::Error| format!("{}: {error}", path.display());
    let mut files = Vec::new();
    for entry in std::fs::read_dir(path).map_err(unusable)? {
        let entry = entry.map_err(unusable)?.path();
        if entry.is_dir() {
            files.extend(bodies(&entry)?);
        } else if entry.extension().is_some_and(|extension| extension == "json") {
            files.push(entry);
        }
    }
    files.sort();
    Ok(files)
}

fn labels_of(path: &Path) -> Result<BTreeMap<String, Value>, String> {
    let file = path.join(LABELS);
    if !file.is_file() {
        return Ok(BTreeMap::new());
    }
    let text = std::fs::read_to_string(&file).map_err(|error| format!("{}: {error}", file.display()))?;
    let mut labels = BTreeMap::new();
    for line in text.lines().filter(|line| !line.trim().is_empty()) {
        let label: Value = serde_json::from_str(line).map_err(|error| format!("{}: {error}", file.display()))?;
        let name = label["file"].as_str().ok_or_else(|| format!("{}: a line without `file`", file.display()))?;
        labels.insert(name.to_owned(), label.clone());
    }
    Ok(labels)
}

impl EventScore {
    /// The share of bodies that were read right.
    pub fn rate(&self) -> f64 {
        if self.n == 0 { 0.0 } else { self.correct as f64 / self.n as f64 }
    }

    fn add(&mut self, file: &Path, body: &Value, labels: &BTreeMap<String, Value>) {
        let name = file.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let (vendor, parcel) = parcel_of(Json(body));
        let notice = read(vendor, parcel);
        let events: Vec<TrackingEvent> = notice.events.into_iter().filter_map(tracking).collect();
        let settled = settle(&events);
        self.n += 1;
        self.events += events.len();
        self.unknown_codes += notice.unknown_codes.len();
        let expected = labels.get(&name).map_or_else(|| told_by_vendor(vendor, parcel, &name), labelled);
        let status = settled.as_ref().map(|settled| settled.status);
        let is_right = expected.statuses.contains(&status)
            && notice.unknown_codes.is_empty()
            && has_right_reason(&expected, settled.as_ref());
        if is_right {
            self.correct += 1;
            self.without_parcel += usize::from(status.is_none());
            return;
        }
        let read = describe(settled.as_ref(), &notice.unknown_codes);
        let is_safe = matches!(status, None | Some(DeliveryStatus::Unknown)) || expected.statuses.contains(&status);
        *self.confusions.entry(format!("{} read as {read}", expected.word)).or_default() += 1;
        self.misses.push(Miss { file: name, expected: expected.word, read, is_safe });
    }
}

fn tracking(event: CommerceEvent) -> Option<TrackingEvent> {
    match event {
        CommerceEvent::Tracking { event, .. } => Some(*event),
        CommerceEvent::OrderUpserted { .. }
        | CommerceEvent::OrderCancelled { .. }
        | CommerceEvent::ShipmentUpserted { .. } => None,
    }
}

/// A parcel that could not be handed over has a reason, if only the one that nobody knows it.
fn has_right_reason(expected: &Expected, settled: Option<&Settled>) -> bool {
    let read = settled.and_then(|settled| settled.reason.as_deref());
    match &expected.reason {
        Some(reason) => read == Some(reason.as_str()),
        None => settled.is_none_or(|settled| settled.status != DeliveryStatus::AttemptFailed) || read.is_some(),
    }
}

fn describe(settled: Option<&Settled>, unknown_codes: &[String]) -> String {
    let read = settled.map_or("no parcel", |settled| settled.status.as_str()).to_owned();
    let reason =
        settled.and_then(|settled| settled.reason.as_ref()).map_or(String::new(), |reason| format!(" {reason}"));
    let unknown = if unknown_codes.is_empty() {
        String::new()
    } else {
        format!(" with unknown codes {}", unknown_codes.join(", "))
    };
    format!("{read}{reason}{unknown}")
}

/// Where in a body the parcel stands, and whose words it is told in.
fn parcel_of(body: Json<'_>) -> (Vendor, Json<'_>) {
    let (data, result) = (body.get("data"), body.get("result"));
    if body.text_of("object").is_some_and(|object| object == "Tracker") {
        return (Vendor::EasyPost, body);
    }
    if result.text_of("object").is_some_and(|object| object == "Tracker") {
        return (Vendor::EasyPost, result);
    }
    if body.get("tracking_status").is_present() {
        return (Vendor::Shippo, body);
    }
    if data.get("tracking_status").is_present() {
        return (Vendor::Shippo, data);
    }
    if body.get("msg").is_present() {
        return (Vendor::AfterShip, body.get("msg"));
    }
    let tracking = data.get("tracking");
    (Vendor::AfterShip, if tracking.is_present() { tracking } else { data })
}

fn read(vendor: Vendor, parcel: Json<'_>) -> Notice {
    let mut notice = nothing("evaluated".to_owned());
    match vendor {
        Vendor::AfterShip => aftership::read_tracking("evaluated", parcel, None, &mut notice),
        Vendor::EasyPost => easypost::read_tracker("evaluated", parcel, None, &mut notice),
        Vendor::Shippo => shippo::read_track("evaluated", parcel, &mut notice),
    }
    notice
}

fn labelled(label: &Value) -> Expected {
    let label = Json(label);
    let word = label.text_of("status").unwrap_or_else(|| "no parcel".to_owned());
    let status = DeliveryStatus::ALL.into_iter().find(|status| status.as_str() == word);
    Expected { statuses: vec![status], reason: label.text_of("reason"), word }
}

/// What the vendor's own word for the whole parcel allows.
fn told_by_vendor(vendor: Vendor, parcel: Json<'_>, file_name: &str) -> Expected {
    let word = match vendor {
        Vendor::AfterShip => parcel.text_of("tag"),
        // The recordings bear the status in their names.
        Vendor::EasyPost => named_status(file_name).or_else(|| parcel.text_of("status")),
        Vendor::Shippo => parcel.get("tracking_status").text_of("status"),
    };
    let word = word.unwrap_or_default();
    let statuses =
        families().into_iter().find(|(words, _)| words.contains(&word.as_str())).map(|(_, statuses)| statuses);
    let statuses = match statuses {
        Some(statuses) => statuses.into_iter().map(Some).collect(),
        // A word that is none of the vendor's: nothing may be made of it.
        None => vec![None, Some(DeliveryStatus::Unknown)],
    };
    let word = if word.is_empty() { "no parcel".to_owned() } else { word };
    Expected { word, statuses, reason: None }
}

/// `tracker_9400_out_for_delivery.json`: the part after the number.
fn named_status(file_name: &str) -> Option<String> {
    let (_, status) = file_name.strip_prefix("tracker_")?.strip_suffix(".json")?.split_once('_')?;
    Some(status.to_owned())
}

fn families() -> Vec<(&'static [&'static str], Vec<DeliveryStatus>)> {
    use DeliveryStatus::{
        AtLocalDepot, AttemptFailed, Cancelled, Created, Customs, Damaged, Delayed, Delivered, Exception, InTransit,
        Lost, OutForDelivery, ReadyForPickup, ReturnedToSender, ReturningToSender, Unknown,
    };
    vec![
        (&["delivered", "Delivered", "DELIVERED"], vec![Delivered]),
        (&["out_for_delivery", "OutForDelivery"], vec![OutForDelivery]),
        (
            &["in_transit", "InTransit", "TRANSIT"],
            vec![InTransit, AtLocalDepot, Delayed, OutForDelivery, AttemptFailed],
        ),
        (&["pre_transit", "InfoReceived", "PRE_TRANSIT"], vec![Created]),
        (&["available_for_pickup", "AvailableForPickup"], vec![ReadyForPickup]),
        (&["AttemptFail"], vec![AttemptFailed]),
        (&["return_to_sender", "RETURNED"], vec![ReturningToSender, ReturnedToSender]),
        (&["cancelled"], vec![Cancelled]),
        (&["failure", "FAILURE"], vec![AttemptFailed, Exception, Damaged, Lost, ReturningToSender]),
        (
            &["Exception"],
            vec![AttemptFailed, Exception, Customs, Delayed, Damaged, Lost, ReturningToSender, ReturnedToSender],
        ),
        (&["unknown", "error", "Pending", "Expired", "UNKNOWN"], vec![Unknown]),
    ]
}
