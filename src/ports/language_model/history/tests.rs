use super::*;

fn call(id: &str) -> ToolCall {
    ToolCall { id: id.to_owned(), name: "get_eta".to_owned(), arguments: "{}".to_owned().into() }
}

fn kinds(history: &History) -> Vec<String> {
    let kind = |message: &Message| match message {
        Message::Caller(text) => format!("caller {}", text.reveal()),
        Message::Agent { heard, calls } => format!("agent {} {}", heard.reveal(), calls.len()),
        Message::ToolAnswer { id, content, .. } => format!("tool {id} {}", content.reveal()),
    };
    history.messages().map(kind).collect()
}

#[test]
fn tools_left_open_are_cancelled_before_the_next_turn() {
    let mut history = History::default();
    history.caller_said("where is it");
    history.agent_said("One moment.", vec![call("a"), call("b")]);
    history.tool_answered("b", "{}", false);
    history.caller_said("hello?");
    let expected =
        ["caller where is it", "agent One moment. 2", "tool b {}", "tool a {\"cancelled\":true}", "caller hello?"];
    assert_eq!(kinds(&history), expected);
}

#[test]
fn an_answer_nobody_waits_for_is_left_out() {
    let mut history = History::default();
    history.caller_said("where is it");
    history.tool_answered("a", "{}", false);
    history.agent_said("", vec![call("a")]);
    history.tool_answered("a", "{}", false);
    history.tool_answered("a", "{}", false);
    assert_eq!(kinds(&history), ["caller where is it", "agent  1", "tool a {}"]);
}

#[test]
fn turns_of_one_speaker_in_a_row_are_one() {
    let mut history = History::default();
    history.caller_said("where");
    history.agent_said("", Vec::new());
    history.caller_said("is it");
    assert_eq!(kinds(&history), ["caller where is it"]);
}

#[test]
fn it_is_bounded_and_begins_with_the_caller() {
    let mut history = History::default();
    for turn in 0..100 {
        history.caller_said(&format!("turn {turn}"));
        history.agent_said("Yes.", vec![call("a")]);
        history.tool_answered("a", "{}", false);
        assert!(history.messages().count() <= MESSAGES_MAX);
        assert!(matches!(history.messages().next(), Some(Message::Caller(_))));
    }
    history.caller_said(&"é".repeat(MESSAGE_BYTES_MAX));
    let Some(Message::Caller(last)) = history.messages().last() else { panic!("the caller spoke last") };
    assert!(last.reveal().len() <= MESSAGE_BYTES_MAX);
}
