use jiff::Timestamp;

use super::{KeptDays, RecordedCall};

fn day(day: i64) -> Timestamp {
    Timestamp::from_second(1_795_000_000 + day * 86_400).unwrap()
}

#[test]
fn each_kind_has_its_own_age_or_none() {
    let cutoffs = KeptDays { audio: Some(30), transcript: Some(90), metadata: None }.cutoffs(day(400));
    assert_eq!((cutoffs.audio, cutoffs.transcript, cutoffs.metadata), (Some(day(370)), Some(day(310)), None));
    let ancient = KeptDays { audio: Some(u32::MAX), transcript: None, metadata: None }.cutoffs(day(0));
    assert_eq!(ancient.audio, Some(Timestamp::MIN));
}

#[test]
fn a_recording_goes_by_the_age_of_its_call_and_never_while_the_call_lasts() {
    let cutoffs = KeptDays { audio: Some(30), transcript: None, metadata: None }.cutoffs(day(100));
    let kept = KeptDays { audio: None, transcript: None, metadata: None }.cutoffs(day(100));
    for (call, written_at, is_due, is_due_when_kept) in [
        (RecordedCall::Ended(day(69)), day(69), true, false),
        (RecordedCall::Ended(day(70)), day(70), false, false),
        (RecordedCall::InProgress, day(0), false, false),
        (RecordedCall::Unknown, day(98), true, true),
        (RecordedCall::Unknown, day(99), false, false),
    ] {
        assert_eq!(cutoffs.is_recording_due(call, written_at), is_due, "{call:?}");
        assert_eq!(kept.is_recording_due(call, written_at), is_due_when_kept, "{call:?}");
    }
}
