use std::time::Duration;

use super::FrameWatch;

#[tokio::test(start_paused = true)]
async fn late_frames_count_while_they_are_recent() {
    let watch = FrameWatch::default();
    assert_eq!(watch.late_permille(), 0, "nothing was sent");
    for frame in 0..100 {
        watch.record(Duration::from_millis(if frame % 4 == 0 { 21 } else { 20 }));
    }
    assert_eq!(watch.late_permille(), 250);
    tokio::time::advance(Duration::from_secs(2)).await;
    for _ in 0..100 {
        watch.record(Duration::ZERO);
    }
    assert_eq!(watch.late_permille(), 125, "two seconds ago is recent");
    tokio::time::advance(Duration::from_secs(1)).await;
    assert_eq!(watch.late_permille(), 0, "three seconds ago is not");
    tokio::time::advance(Duration::from_secs(1)).await;
    watch.record(Duration::from_secs(1));
    assert_eq!(watch.late_permille(), 9, "the slot of four seconds ago was begun anew");
}
