//! From a vendor's tracking document to neutral events.

use jiff::Timestamp;

use super::reading::one_line;
use crate::domain::orders::incoming::{CommerceEvent, ParcelKey};
use crate::domain::orders::{CarrierReport, CodeBook, CodeMeaning, RawStatus, TrackingEvent};
use crate::domain::values::Personal;
use crate::ports::commerce::Notice;

/// After whatever else happened at the same time: what a document says of the parcel as a whole.
pub(super) const LAST: u64 = i64::MAX.unsigned_abs();

/// One status as a vendor tells it.
#[derive(Clone, Debug, Default)]
pub(super) struct ToldStatus {
    pub(super) at: Option<Timestamp>,
    pub(super) status: String,
    pub(super) detail: String,
    pub(super) text: Option<String>,
    pub(super) place: Option<String>,
    pub(super) sequence: Option<u64>,
    pub(super) eta: Option<(Timestamp, Timestamp)>,
    /// When the window was told, where that is not when the rest happened.
    pub(super) eta_told_at: Option<Timestamp>,
}

/// Writes statuses of one parcel into a notice.
pub(super) struct Tracker<'a> {
    pub(super) book: CodeBook,
    /// The configured name of the source.
    pub(super) source: &'a str,
    pub(super) parcel: ParcelKey,
}

impl Tracker<'_> {
    /// Adds a status, unless it bears no time: then nobody could tell whether it is news.
    pub(super) fn add(&self, told: ToldStatus, notice: &mut Notice) {
        let Some(at) = told.at else { return };
        let meaning = self.meaning(&told);
        let code =
            if told.detail.is_empty() { told.status.clone() } else { format!("{}:{}", told.status, told.detail) };
        let code = one_line(&code);
        if !meaning.is_known && !notice.unknown_codes.contains(&code) {
            notice.unknown_codes.push(code.clone());
        }
        let report = CarrierReport {
            eta_told_at: told.eta.and(told.eta_told_at).filter(|told_at| *told_at != at),
            source: self.source.to_owned(),
            code,
            sequence: told.sequence,
            eta_from: told.eta.map(|(from, _)| from),
            eta_to: told.eta.map(|(_, to)| to),
            text: told.text.map(Personal::new),
        };
        let event = TrackingEvent {
            at,
            status: meaning.status,
            place: told.place,
            reason: meaning.reason.map(str::to_owned),
            note: None,
            report: Some(report),
        };
        notice.events.push(CommerceEvent::Tracking { parcel: self.parcel.clone(), event: Box::new(event) });
    }

    /// Adds the parcel's history and, where it says something else than the newest of it, its state as a whole.
    ///
    /// Shape: a whole that does not say itself since when it is so is known since the newest of the history, or, where
    /// there is none, since `told_at`.
    pub(super) fn add_document(
        &self,
        mut history: Vec<ToldStatus>,
        mut whole: ToldStatus,
        told_at: Option<Timestamp>,
        notice: &mut Notice,
    ) {
        let newest_at = history.iter().filter_map(|status| status.at).max();
        whole.at = whole.at.or(newest_at).or(told_at);
        let state = self.meaning(&whole).status;
        let same = history.iter_mut().filter(|status| status.at == whole.at && whole.at.is_some());
        let says_so = same.filter(|status| self.meaning(status).status == state).last();
        match says_so {
            Some(status) => (status.eta, status.eta_told_at) = (whole.eta, whole.eta_told_at),
            None if !whole.status.is_empty() => history.push(whole),
            None => {}
        }
        history.into_iter().for_each(|status| self.add(status, notice));
    }

    fn meaning(&self, told: &ToldStatus) -> CodeMeaning {
        let text = told.text.as_deref().unwrap_or_default();
        self.book.meaning_of(RawStatus { status: &told.status, detail: &told.detail, text })
    }

    /// Says that the parcel exists.
    pub(super) fn announce(&self, at: Timestamp, notice: &mut Notice) {
        notice.events.push(CommerceEvent::ShipmentUpserted { parcel: self.parcel.clone(), at });
    }
}
