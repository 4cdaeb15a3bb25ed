use super::{FaultCounts, FaultyLine, NetworkFaults};

/// Sends frames 0–999, one every 20 ms; gives them in order of arrival with the time each was taken.
fn deliver(faults: NetworkFaults, seed: u64) -> (Vec<(u64, u64)>, FaultCounts) {
    let mut line = FaultyLine::new(faults, seed);
    let mut arrived = Vec::new();
    for tick in 0..1_100_u64 {
        if tick < 1_000 {
            line.send_frame(tick * 20, tick.to_string());
        }
        while let Some(message) = line.next_due(tick * 20) {
            arrived.push((message.parse().unwrap(), tick * 20));
        }
    }
    (arrived, line.counts())
}

#[test]
fn a_perfect_network_changes_nothing() {
    let (arrived, counts) = deliver(NetworkFaults::default(), 1);
    assert!(arrived.iter().copied().eq((0..1_000).map(|frame| (frame, frame * 20))));
    assert_eq!(counts, FaultCounts::default());
}

#[test]
fn jitter_delays_and_never_reorders() {
    let (arrived, _) = deliver(NetworkFaults { jitter_ms_max: 80, ..NetworkFaults::default() }, 1);
    assert!(arrived.iter().map(|(frame, _)| *frame).eq(0..1_000));
    assert!(arrived.iter().any(|(frame, at)| at - frame * 20 >= 60));
    assert!(arrived.iter().all(|(frame, at)| at - frame * 20 <= 80));
}

#[test]
fn losses_repeats_and_late_frames_come_as_often_as_asked() {
    let faults = NetworkFaults { loss: 0.1, repeat: 0.1, late: 0.1, late_by_ms: 60, ..NetworkFaults::default() };
    let (arrived, counts) = deliver(faults, 1);
    assert_eq!(arrived.len() as u64, 1_000 - counts.lost + counts.repeated);
    for count in [counts.lost, counts.repeated, counts.late] {
        assert!((60..140).contains(&count), "{counts:?}");
    }
    let overtaken = arrived.windows(2).filter(|pair| pair[1].0 < pair[0].0).count();
    assert!(overtaken > 50, "{overtaken}");
}

#[test]
fn the_same_seed_is_the_same_network() {
    let faults = NetworkFaults { loss: 0.2, jitter_ms_max: 40, ..NetworkFaults::default() };
    assert_eq!(deliver(faults, 5), deliver(faults, 5));
    assert_ne!(deliver(faults, 5), deliver(faults, 6));
}

#[test]
fn control_messages_stay_behind_the_frames_sent_before_them() {
    let mut line = FaultyLine::new(NetworkFaults { jitter_ms_max: 500, ..NetworkFaults::default() }, 3);
    line.send_frame(0, "frame".to_owned());
    line.send_control(0, "stop".to_owned());
    let mut arrived = (0..=500).flat_map(|now| std::iter::from_fn(|| line.next_due(now)).collect::<Vec<_>>());
    assert!(arrived.by_ref().eq(["frame", "stop"]));
}
