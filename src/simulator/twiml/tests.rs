use super::{CallPlan, decode_twiml};

#[test]
fn a_stream_and_its_parameters_are_found() {
    let document = r#"<?xml version="1.0" encoding="UTF-8"?>
        <Response><Connect><Stream url="wss://a.example/m" name="x"><Parameter name="token" value="a&quot;&amp;lt;b"/>
        <Parameter name="k" value=""/></Stream></Connect><Hangup/></Response>"#;
    let parameters = vec![("token".to_owned(), "a\"&lt;b".to_owned()), ("k".to_owned(), String::new())];
    assert_eq!(decode_twiml(document), Ok(CallPlan::Stream { url: "wss://a.example/m".to_owned(), parameters }));
}

#[test]
fn other_documents_open_no_stream() {
    for verbs in ["<Reject/>", "<Say>Sorry.</Say><Hangup/>", ""] {
        assert_eq!(decode_twiml(&format!("<Response>{verbs}</Response>")), Ok(CallPlan::NoStream), "{verbs}");
    }
}

#[test]
fn what_the_carrier_would_refuse_is_refused() {
    let stream = |url: &str| format!(r#"<Response><Connect><Stream url="{url}"/></Connect></Response>"#);
    let documents = [
        String::new(),
        "{}".to_owned(),
        "<html/>".to_owned(),
        "<Response/>".to_owned(),
        stream("wss://a/m?token=x"),
        stream("https://a/m"),
        "<Response><Connect></Connect></Response>".to_owned(),
        "<Response><Connect><Stream/></Connect></Response>".to_owned(),
    ];
    for document in documents {
        assert!(decode_twiml(&document).is_err(), "{document}");
    }
}
