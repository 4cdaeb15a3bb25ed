//! The carriers' edge cases seen in the wild, each with the test that fails when its handling is gone.

use std::collections::BTreeSet;

use super::source::rust_files;

/// What happens, and the test of it.
const EDGES: &[(&str, &str)] = &[
    (
        "query string dropped from the stream's URL",
        "a_stream_is_opened_with_its_token_as_a_parameter_and_never_in_a_query",
    ),
    ("`clear` echoes marks", "marks_echoed_by_a_clear_do_not_count_as_heard"),
    ("unknown and repeated marks", "a_sentence_is_heard_when_it_was_played_and_its_mark_has_come_not_when_it_was_sent"),
    ("a mark that never comes back", "a_mark_that_never_comes_holds_nobody_up_for_long"),
    ("order clear, then mark", "the_mark_of_what_follows_comes_after_the_clear_and_is_told_from_the_cancelled_one"),
    ("no `clear` for what is no interruption of anything", "a_clear_is_sent_only_when_the_carrier_holds_something"),
    ("local buffers survive `clear`", "a_clear_leaves_no_tail_of_cancelled_speech"),
    ("late audio of stopped speech", "nothing_is_sent_while_paused_and_late_audio_of_what_was_stopped_is_dropped"),
    ("barge-in without `clear`", "a_clear_is_sent_only_when_the_carrier_holds_something"),
    ("heard is not sent", "a_sentence_is_heard_when_it_was_played_and_its_mark_has_come_not_when_it_was_sent"),
    ("too many marks", "one_mark_follows_each_sentence"),
    ("redirect is a `stop`", "a_redirect_closes_the_stream_and_says_no_more_than_that"),
    ("hang-up race, 20404", "hanging_up_a_call_that_is_over_is_no_error"),
    ("sends after the line is gone", "whoever_hangs_up_while_we_speak_has_hung_up_and_was_not_cut_off"),
    ("messages after `stop`", "what_comes_after_stop_is_dropped_in_silence"),
    ("goodbye cut off", "the_line_is_hung_up_when_the_goodbye_was_heard"),
    ("goodbye whose end is never reported", "a_goodbye_without_an_end_is_cut"),
    (
        "caller left on a silent line",
        "nothing_but_a_hangup_follows_the_stream_so_that_no_caller_is_left_on_a_silent_line",
    ),
    ("WAV header in the payload", "agent_audio_is_whole_frames_of_padded_base64_without_any_header"),
    ("sleeping between frames", "audio_goes_ahead_by_the_lead_and_no_further"),
    ("`mark` without `mark.name`", "a_mark_without_a_name_is_refused_and_never_sent"),
    (
        "socket without a token, with a wrong one, with another call's, used twice",
        "a_stream_comes_in_by_its_own_token_once",
    ),
    ("socket that cannot be let in", "a_socket_that_cannot_be_let_in_is_refused_at_the_upgrade"),
    ("messages over 64 KiB", "a_message_of_any_size_is_survived"),
    ("signature behind proxies", "behind_a_proxy_only_the_public_url_counts"),
    ("JSON body without its hash", "a_json_body_without_its_hash_is_refused_not_a_crash"),
    ("signature with and without port", "the_port_may_be_written_or_left_out"),
    ("upgrade signed as `wss`, with and without a trailing slash", "worked_example_3_the_socket_upgrade"),
    ("repeated and empty form values", "worked_example_4_repeated_keys_are_sorted_and_distinct"),
    ("callbacks out of order", "callbacks_out_of_order_can_be_put_in_order_by_their_sequence"),
    ("callbacks repeated, late, or of nobody's call", "a_caller_who_gives_up_before_the_stream_opens_is_on_file"),
    ("asynchronous machine detection comes late", "a_late_answering_machine_report_stands_alone"),
    ("no reconnect", "the_caller_hangs_up_while_the_agent_speaks"),
    ("the same webhook again", "a_stream_comes_in_by_its_own_token_once"),
    ("a provider's call id used twice", "a_provider_call_id_used_twice_keeps_both_outcomes"),
    ("callers that are words, not numbers", "callers_without_a_number_are_callers_all_the_same"),
    ("ids that are no SIDs", "a_start_tells_who_claims_the_stream_and_binds_nothing_itself"),
    ("start twice, connected twice", "what_cannot_be_used_is_named_and_the_stream_goes_on"),
    ("media before `start`", "media_before_start_is_not_believed"),
    ("stream that never starts", "a_stream_that_never_starts_is_closed"),
    ("stream without media", "a_line_that_falls_silent_is_closed"),
    ("media without any sound", "a_line_that_carries_nothing_to_us_is_a_fault_and_not_a_silent_customer"),
    ("binary frames, bad JSON, bad base64", "every_kind_of_junk_ends_its_own_stream_with_a_policy_code_and_an_outcome"),
    ("chunks repeated, late, out of order", "repeated_and_reordered_frames_are_put_right"),
    ("chunks lost", "losses_are_reported_once_waiting_is_over"),
    ("counters that start anew, or say absurd things", "a_counter_that_starts_anew_is_followed"),
    ("payloads of any size, unpadded, cut in the middle of a frame", "payloads_are_read_leniently"),
    ("frames out of payloads of any size", "pieces_of_any_length_give_the_same_frames"),
    ("our own track coming back", "our_own_voice_coming_back_is_dropped"),
    ("keys `A` to `D`", "a_key_that_is_none_is_ignored"),
    ("numbers as strings", "numbers_may_be_numbers_and_places_may_be_missing"),
    ("too many REST requests, 20429", "what_becomes_of_a_creation"),
    ("sudden death of the line", "a_line_that_breaks_in_mid_sentence_is_a_dropped_call_with_heard_facts_only"),
];

#[test]
fn every_edge_case_has_its_test() {
    let files = rust_files();
    let tests: BTreeSet<&str> = files
        .iter()
        .filter(|file| file.is_test() || file.text.contains("#[cfg(test)]"))
        .flat_map(|file| file.text.lines())
        .filter_map(|line| line.trim_start().trim_start_matches("async ").strip_prefix("fn "))
        .filter_map(|line| line.split('(').next())
        .collect();
    let missing: Vec<_> = EDGES.iter().filter(|(_, test)| !tests.contains(test)).collect();
    assert!(missing.is_empty(), "without a test: {missing:#?}");
}
