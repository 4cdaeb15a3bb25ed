//! What the carrier does with an answer document: finds the first verb it can act on.

/// What the server's answer document asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum CallPlan {
    Stream {
        url: String,
        parameters: Vec<(String, String)>,
    },
    /// The caller hears words or nothing, and the call ends.
    NoStream,
}

/// Reads a document.
///
/// Errors: what the carrier would refuse in it.
pub(super) fn decode_twiml(document: &str) -> Result<CallPlan, String> {
    let body = document.trim();
    if !body.starts_with("<?xml") && !body.starts_with("<Response") {
        return Err("answer is not TwiML".to_owned());
    }
    let response = between(body, "<Response", "</Response>").ok_or("answer has no <Response>")?;
    let Some(connect) = between(response, "<Connect", "</Connect>") else { return Ok(CallPlan::NoStream) };
    let stream = connect.split_once("<Stream").map(|(_, rest)| rest).ok_or("<Connect> without <Stream>")?;
    let url = attribute(stream, "url").ok_or("<Stream> without url")?;
    if url.contains('?') {
        return Err("stream url with a query string, which the carrier drops".to_owned());
    }
    if !url.starts_with("wss://") && !url.starts_with("ws://") {
        return Err("stream url is not ws or wss".to_owned());
    }
    let parameters = stream
        .split("<Parameter")
        .skip(1)
        .filter_map(|tag| Some((attribute(tag, "name")?, attribute(tag, "value")?)))
        .collect();
    Ok(CallPlan::Stream { url, parameters })
}

/// What stands between two marks.
pub(super) fn between<'t>(text: &'t str, open: &str, close: &str) -> Option<&'t str> {
    let (_, rest) = text.split_once(open)?;
    rest.split_once(close).map(|(inside, _)| inside)
}

/// The value of an attribute of the tag that `text` is the rest of.
pub(super) fn attribute(text: &str, name: &str) -> Option<String> {
    let tag = text.split('>').next()?;
    let (_, rest) = tag.split_once(&format!(" {name}=\""))?;
    rest.split_once('"').map(|(value, _)| unescaped(value))
}

/// The words between the tags of a verb that `text` is the rest of.
pub(super) fn content(text: &str) -> String {
    unescaped(text.split_once('>').map_or("", |(_, content)| content))
}

fn unescaped(text: &str) -> String {
    let entities = [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&apos;", "'"), ("&amp;", "&")];
    entities.iter().fold(text.to_owned(), |text, (entity, character)| text.replace(entity, character))
}

#[cfg(test)]
mod tests;
